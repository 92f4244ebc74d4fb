"""Authorizations and their history, what encounters did, rules, payers, and the provider who asks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("authorizations", "authorization_history", "encounters", "rules", "payers", "asking_providers")


def upgrade() -> None:
    platform_tables(op)
    _records()
    op.create_table(
        "encounters",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("word", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("rendering_npi", sa.Text),
        sa.Column("lines", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="encounters_pkey"),
    )
    op.create_index("encounters_patient_idx", "encounters", ["practice_id", "patient_id"])
    _registers()
    secure_tables(op, list(TABLES), append_only=["authorization_history"])


def _records() -> None:
    op.create_table(
        "authorizations",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("payer_id", sa.Text),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("wish", JSONB, nullable=False),
        sa.Column("request", JSONB),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
        sa.Column("decided", JSONB, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("used", JSONB, nullable=False),
        sa.Column("alerted", JSONB, nullable=False),
        sa.Column("attention", JSONB, nullable=False),
        sa.Column("response_due", sa.DateTime(timezone=True)),
        sa.Column("decision_due", sa.DateTime(timezone=True)),
        sa.Column("clock_rule", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("question", sa.LargeBinary),
        sa.Column("answer", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="authorizations_pkey"),
    )
    op.create_index("authorizations_patient_idx", "authorizations", ["practice_id", "patient_id"])
    op.create_index("authorizations_status_idx", "authorizations", ["practice_id", "status"])
    op.create_index("authorizations_trace_idx", "authorizations", ["practice_id", "trace"])
    looked_at = sa.text("attention <> '[]'::jsonb")
    op.create_index("authorizations_attention_idx", "authorizations", ["practice_id", "id"], postgresql_where=looked_at)
    op.create_table(
        "authorization_history",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("authorization_id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("codes", JSONB, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary),
        sa.Column("exchange_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="authorization_history_pkey"),
        sa.ForeignKeyConstraint(
            ["authorization_id"], ["authorizations.id"], name="authorization_history_authorization_id_fkey"
        ),
    )
    op.create_index("authorization_history_idx", "authorization_history", ["authorization_id", "at"])


def _registers() -> None:
    op.create_table(
        "rules",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("payer_id", sa.Text),
        sa.Column("rule", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="rules_pkey"),
        sa.UniqueConstraint("practice_id", "name", name="rules_practice_id_name_key"),
    )
    op.create_table(
        "payers",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("standard_days", sa.Integer),
        sa.Column("urgent_days", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="payers_pkey"),
        sa.UniqueConstraint("practice_id", "payer_id", name="payers_practice_id_payer_id_key"),
    )
    op.create_table(
        "asking_providers",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("npi", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="asking_providers_pkey"),
        sa.UniqueConstraint("practice_id", name="asking_providers_practice_id_key"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    drop_platform_tables(op)
