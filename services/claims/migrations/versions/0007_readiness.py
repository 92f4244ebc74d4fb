"""What was heard that decides whether a claim may go, what holds one and for how much, and what a practice asks for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("claim_readiness", "claim_holds", "gate_policies")


def upgrade() -> None:
    op.add_column("claims", sa.Column("authorized", JSONB))
    op.create_table(
        "claim_readiness",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("patient_id", sa.Uuid),
        sa.Column("npi", sa.Text),
        sa.Column("fact", JSONB, nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "kind", "id", name="claim_readiness_pkey"),
    )
    op.create_index("claim_readiness_patient_idx", "claim_readiness", ["practice_id", "patient_id"])
    op.create_index("claim_readiness_npi_idx", "claim_readiness", ["practice_id", "npi"])
    op.create_table(
        "claim_holds",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("hold", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "hold", "place", name="claim_holds_pkey"),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="claim_holds_claim_id_fkey"),
    )
    op.create_index("claim_holds_hold_idx", "claim_holds", ["practice_id", "hold"])
    op.create_table(
        "gate_policies",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("policy", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="gate_policies_pkey"),
        sa.UniqueConstraint("practice_id", name="gate_policies_practice_id_key"),
    )
    secure_tables(op, list(TABLES))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("claims", "authorized")
