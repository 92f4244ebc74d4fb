"""The ledger, the remittances that move it, and the queue of what a person has to look at."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "claim_accounts",
    "submissions",
    "interchanges",
    "remittances",
    "claim_payments",
    "postings",
    "ledger_entries",
    "patient_payments",
    "queue_items",
)
APPEND_ONLY = ("postings", "ledger_entries", "patient_payments", "submissions")

# The second lock on the door: whatever writes entries, a statement whose postings do not sum to zero is refused.
BALANCED = """
CREATE FUNCTION postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    off record;
BEGIN
    SELECT posting_id, sum(amount) AS amount INTO off
    FROM added GROUP BY posting_id HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % is off by %', off.posting_id, off.amount USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
ON_ENTRIES = """
CREATE TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION postings_balance()
"""


def upgrade() -> None:
    platform_tables(op)
    op.create_table(
        "claim_accounts",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("first_billed", sa.Date(), nullable=False),
        sa.Column("heard_version", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("claim_accounts_pkey")),
    )
    op.create_table(
        "interchanges",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interchange_control", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("interchanges_pkey")),
    )
    op.create_table(
        "patient_payments",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_accounts.claim_id"], name=op.f("patient_payments_claim_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("patient_payments_pkey")),
    )
    op.create_index(
        "patient_payments_reference_key",
        "patient_payments",
        ["practice_id", "reference"],
        unique=True,
        postgresql_where=sa.text("method = 'external'"),
    )
    op.create_table(
        "remittances",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interchange_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(12, 2), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("adjudicated_on", sa.Date(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("provider_level", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["interchange_id"], ["interchanges.id"], name=op.f("remittances_interchange_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("remittances_pkey")),
        sa.UniqueConstraint(
            "practice_id",
            "interchange_id",
            "position",
            name=op.f("remittances_practice_id_interchange_id_position_key"),
        ),
    )
    op.create_index(
        "remittances_payment_key",
        "remittances",
        ["practice_id", "payer", "trace", "total", "paid_on"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_table(
        "submissions",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("charge", sa.Numeric(12, 2), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_accounts.claim_id"], name=op.f("submissions_claim_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("submissions_pkey")),
        sa.UniqueConstraint("practice_id", "control_number", name=op.f("submissions_practice_id_control_number_key")),
    )
    op.create_table(
        "claim_payments",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("charge", sa.Numeric(12, 2), nullable=False),
        sa.Column("paid", sa.Numeric(12, 2), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_accounts.claim_id"], name=op.f("claim_payments_claim_id_fkey")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("claim_payments_remittance_id_fkey")),
        sa.ForeignKeyConstraint(["reverses"], ["claim_payments.id"], name=op.f("claim_payments_reverses_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("claim_payments_pkey")),
        sa.UniqueConstraint("remittance_id", "position", name=op.f("claim_payments_remittance_id_position_key")),
    )
    op.create_index("claim_payments_claim_idx", "claim_payments", ["claim_id"], unique=False)
    op.create_index(
        "claim_payments_reverses_key",
        "claim_payments",
        ["reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_index(
        "claim_payments_unmatched_idx",
        "claim_payments",
        ["practice_id", "control_number"],
        unique=False,
        postgresql_where=sa.text("state = 'unmatched'"),
    )
    op.create_index(
        "claim_payments_waiting_idx",
        "claim_payments",
        ["remittance_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "postings",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("claim_payment_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_accounts.claim_id"], name=op.f("postings_claim_id_fkey")),
        sa.ForeignKeyConstraint(
            ["claim_payment_id"], ["claim_payments.id"], name=op.f("postings_claim_payment_id_fkey")
        ),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("postings_remittance_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("postings_pkey")),
        sa.UniqueConstraint("practice_id", "source", name=op.f("postings_practice_id_source_key")),
    )
    op.create_index("postings_claim_payment_idx", "postings", ["claim_payment_id"], unique=False)
    op.create_table(
        "queue_items",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("findings", JSONB(), nullable=False),
        sa.Column("interchange_id", sa.Uuid(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("claim_payment_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_payment_id"], ["claim_payments.id"], name=op.f("queue_items_claim_payment_id_fkey")
        ),
        sa.ForeignKeyConstraint(["interchange_id"], ["interchanges.id"], name=op.f("queue_items_interchange_id_fkey")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittances.id"], name=op.f("queue_items_remittance_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("queue_items_pkey")),
    )
    op.create_index(
        "queue_items_open_idx",
        "queue_items",
        ["practice_id", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "queue_items_payment_key",
        "queue_items",
        ["claim_payment_id", "kind"],
        unique=True,
        postgresql_where=sa.text("claim_payment_id IS NOT NULL AND closed_at IS NULL"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("practice_id", sa.Uuid(), nullable=False),
        sa.Column("posting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("ledger_entries_posting_id_fkey")),
        sa.PrimaryKeyConstraint("posting_id", "number", name=op.f("ledger_entries_pkey")),
    )
    op.create_index(
        "ledger_entries_account_idx", "ledger_entries", ["practice_id", "account", "posted_on"], unique=False
    )
    op.create_index("ledger_entries_claim_idx", "ledger_entries", ["claim_id", "account"], unique=False)
    op.execute(BALANCED)
    op.execute(ON_ENTRIES)
    secure_tables(op, TABLES, append_only=APPEND_ONLY)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION postings_balance()")
    drop_platform_tables(op)
