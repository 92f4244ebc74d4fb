"""The desk: cases, their history, and the payers' windows."""

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
        "cases",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("encounter_id", sa.Uuid, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("carc", sa.Text, nullable=False),
        sa.Column("denied", sa.Numeric(12, 2), nullable=False),
        sa.Column("respond_by", sa.Date, nullable=False),
        sa.Column("decision_due", sa.Date),
        sa.Column("appeals", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("denial", JSONB, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="cases_pkey"),
        sa.UniqueConstraint("practice_id", "claim_id", name="cases_practice_id_claim_id_key"),
    )
    op.create_index("cases_status_idx", "cases", ["practice_id", "status", "respond_by"])
    op.create_table(
        "case_history",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("facts", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="case_history_pkey"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="case_history_case_id_fkey"),
    )
    op.create_index("case_history_case_idx", "case_history", ["case_id", "at"])
    op.create_table(
        "payer_terms",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("correction_days", sa.Integer, nullable=False),
        sa.Column("appeal_days", sa.Integer, nullable=False),
        sa.Column("decision_days", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="payer_terms_pkey"),
        sa.UniqueConstraint("practice_id", "payer_id", name="payer_terms_practice_id_payer_id_key"),
    )
    secure_tables(op, ["cases", "case_history", "payer_terms"], append_only=["case_history"])


def downgrade() -> None:
    for table in ("payer_terms", "case_history", "cases"):
        op.drop_table(table)
    drop_platform_tables(op)
