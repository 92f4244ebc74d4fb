"""What the rules say of each coded visit, and what they are asked of: place, diagnoses, the payer's kind of plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("encounters", sa.Column("place", sa.Text))
    op.add_column("encounters", sa.Column("services", JSONB))
    op.add_column("payers", sa.Column("plan_type", sa.Text))
    op.create_table(
        "visit_needs",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("coded_version", sa.BigInteger, nullable=False),
        sa.Column("payer_id", sa.Text),
        sa.Column("plan", sa.Text),
        sa.Column("services", JSONB, nullable=False),
        sa.Column("referral", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="visit_needs_pkey"),
    )
    op.create_index("visit_needs_day_idx", "visit_needs", ["practice_id", "day"])
    secure_tables(op, ["visit_needs"])


def downgrade() -> None:
    op.drop_table("visit_needs")
    op.drop_column("payers", "plan_type")
    for column in ("services", "place"):
        op.drop_column("encounters", column)
