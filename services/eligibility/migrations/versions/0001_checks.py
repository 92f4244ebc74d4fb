"""Coverage checks, their history, payers, and the provider who asks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    platform_tables(op)
    op.create_table(
        "checks",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("service_types", JSONB, nullable=False),
        sa.Column("wanted_coverage", sa.Uuid),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("coverage_id", sa.Uuid),
        sa.Column("payer_id", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("asked_for_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("same_as", sa.Uuid),
        sa.Column("standing", sa.Text),
        sa.Column("codes", JSONB, nullable=False),
        sa.Column("attention", JSONB, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary),
        sa.Column("question", sa.LargeBinary),
        sa.Column("answer", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="checks_pkey"),
    )
    op.create_index("checks_patient_idx", "checks", ["practice_id", "patient_id", "day"])
    op.create_index("checks_status_idx", "checks", ["practice_id", "status"])
    op.create_index("checks_fingerprint_idx", "checks", ["practice_id", "fingerprint"])
    looked_at = sa.text("attention <> '[]'::jsonb")
    op.create_index("checks_attention_idx", "checks", ["practice_id", "day"], postgresql_where=looked_at)
    op.create_table(
        "check_history",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("check_id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("codes", JSONB, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary),
        sa.Column("exchange_id", sa.Uuid),
        sa.Column("milliseconds", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="check_history_pkey"),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name="check_history_check_id_fkey"),
    )
    op.create_index("check_history_check_idx", "check_history", ["check_id", "at"])
    op.create_table(
        "payers",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("service_types", JSONB, nullable=False),
        sa.Column("fresh_hours", sa.Integer, nullable=False),
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
        sa.Column("days_before_visit", sa.Integer, nullable=False),
        sa.Column("claim_window_days", sa.Integer, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="asking_providers_pkey"),
        sa.UniqueConstraint("practice_id", name="asking_providers_practice_id_key"),
    )
    secure_tables(op, ["checks", "check_history", "payers", "asking_providers"], append_only=["check_history"])


def downgrade() -> None:
    for table in ("asking_providers", "payers", "check_history", "checks"):
        op.drop_table(table)
    drop_platform_tables(op)
