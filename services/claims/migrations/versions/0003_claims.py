"""The registers, the claim with its submissions and history, batches, acknowledgements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0003"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "acknowledgements",
    "batches",
    "charges",
    "claims",
    "not_billed",
    "payers",
    "practices",
    "rendering_providers",
    "claim_history",
    "follow_ups",
    "submissions",
)


def upgrade() -> None:
    platform_tables(op)
    op.execute(sa.schema.CreateSequence(sa.Sequence("claim_numbers")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("batch_numbers")))
    op.create_table(
        "acknowledgements",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("interchange_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("claim_id", sa.Uuid),
        sa.Column("control_number", sa.Text, nullable=False),
        sa.Column("said_by", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("categories", JSONB, nullable=False),
        sa.Column("statuses", JSONB, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payer_claim_number", sa.Text),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="acknowledgements_pkey"),
        sa.UniqueConstraint(
            "practice_id", "interchange_id", "position", "control_number", name="acknowledgements_place_key"
        ),
    )
    op.create_index(
        "acknowledgements_waiting_idx", "acknowledgements", ["claim_id"], postgresql_where=sa.text("applied_at IS NULL")
    )
    op.create_table(
        "batches",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("departs_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("claim_count", sa.Integer, nullable=False),
        sa.Column("charge", sa.Numeric(12, 2), nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True)),
        sa.Column("transmission_id", sa.Uuid),
        sa.Column("outcome", sa.Text),
        sa.PrimaryKeyConstraint("id", name="batches_pkey"),
        sa.UniqueConstraint("reference", name="batches_reference_key"),
    )
    op.create_index(
        "batches_gathering_idx",
        "batches",
        ["practice_id", "payer_id", "departs_at"],
        unique=True,
        postgresql_where=sa.text("status = 'gathering'"),
    )
    op.create_table(
        "charges",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("cpt", sa.Text, nullable=False),
        sa.Column("charge", sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="charges_pkey"),
        sa.UniqueConstraint("practice_id", "cpt", name="charges_practice_id_cpt_key"),
    )
    op.create_table(
        "claims",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("encounter_id", sa.Uuid, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text),
        sa.Column("date_of_service", sa.Date, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait", sa.Text),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("remind_at", sa.DateTime(timezone=True)),
        sa.Column("charge", sa.Numeric(12, 2), nullable=False),
        sa.Column("coded", JSONB, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("overrides", JSONB, nullable=False),
        sa.Column("payer_claim_number", sa.Text),
        sa.Column("adjudicated_on", sa.Date),
        sa.Column("decision_due", sa.Date),
        sa.Column("authorization_number", sa.Text),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="claims_pkey"),
        sa.UniqueConstraint("number", name="claims_number_key"),
        sa.UniqueConstraint("practice_id", "encounter_id", name="claims_practice_id_encounter_id_key"),
    )
    op.create_index("claims_patient_idx", "claims", ["practice_id", "patient_id", "date_of_service"])
    op.create_index("claims_payer_idx", "claims", ["practice_id", "payer_id", "status"])
    op.create_index("claims_status_idx", "claims", ["practice_id", "status", "id"])
    op.create_table(
        "not_billed",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("encounter_id", sa.Uuid, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("date_of_service", sa.Date, nullable=False),
        sa.Column("disposition", sa.Text, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="not_billed_pkey"),
        sa.UniqueConstraint(
            "practice_id", "encounter_id", "revision", name="not_billed_practice_id_encounter_id_revision_key"
        ),
    )
    op.create_table(
        "payers",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filing_indicator", sa.Text, nullable=False),
        sa.Column("filing_limit_days", sa.Integer, nullable=False),
        sa.Column("denial_window_days", sa.Integer, nullable=False),
        sa.Column("takes_frequency_codes", sa.Boolean, nullable=False),
        sa.Column("x_modifiers", sa.Boolean, nullable=False),
        sa.Column("batch_size", sa.Integer, nullable=False),
        sa.Column("batch_seconds", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="payers_pkey"),
        sa.UniqueConstraint("practice_id", "payer_id", name="payers_practice_id_payer_id_key"),
    )
    op.create_table(
        "practices",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("tax_id", sa.Text, nullable=False),
        sa.Column("tax_id_kind", sa.Text, nullable=False),
        sa.Column("taxonomy", sa.Text, nullable=False),
        sa.Column("address", JSONB, nullable=False),
        sa.Column("contact_name", sa.Text, nullable=False),
        sa.Column("contact_phone", sa.Text, nullable=False),
        sa.Column("clia_number", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="practices_pkey"),
        sa.UniqueConstraint("practice_id", name="practices_practice_id_key"),
    )
    op.create_table(
        "rendering_providers",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("last_name", sa.Text, nullable=False),
        sa.Column("first_name", sa.Text, nullable=False),
        sa.Column("taxonomy", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="rendering_providers_pkey"),
        sa.UniqueConstraint("practice_id", "npi", name="rendering_providers_practice_id_npi_key"),
    )
    op.create_table(
        "claim_history",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="claim_history_pkey"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="claim_history_claim_id_fkey"),
    )
    op.create_index("claim_history_claim_idx", "claim_history", ["claim_id", "id"])
    op.create_table(
        "follow_ups",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Text),
        sa.Column("settled_reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="follow_ups_pkey"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="follow_ups_claim_id_fkey"),
    )
    op.create_index(
        "follow_ups_open_idx",
        "follow_ups",
        ["claim_id", "reason"],
        unique=True,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index("follow_ups_practice_idx", "follow_ups", ["practice_id", "id"])
    op.create_table(
        "submissions",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("control_number", sa.Text, nullable=False),
        sa.Column("frequency", sa.Text, nullable=False),
        sa.Column("charge", sa.Numeric(12, 2), nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("batched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("original_reference", sa.Text),
        sa.Column("transmission_id", sa.Uuid),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("said_at", sa.DateTime(timezone=True)),
        sa.Column("set_number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "attempt", name="submissions_pkey"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="submissions_claim_id_fkey"),
        sa.UniqueConstraint("control_number", name="submissions_control_number_key"),
    )
    op.create_index("submissions_batch_idx", "submissions", ["batch_id"])
    secure_tables(op, TABLES, append_only=("claim_history", "not_billed"))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("batch_numbers")))
    op.execute(sa.schema.DropSequence(sa.Sequence("claim_numbers")))
    drop_platform_tables(op)
