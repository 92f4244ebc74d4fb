"""Coded visits, whose lines are held against what is covered, and the reviews that came of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coded_visits",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("coding", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("services", JSONB, nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="coded_visits_pkey"),
    )
    op.create_index(
        "coded_visits_waiting_idx", "coded_visits", ["practice_id", "patient_id"], postgresql_where=sa.text("waits")
    )
    op.add_column("gap_reviews", sa.Column("encounter_id", sa.Uuid))
    op.add_column("gap_reviews", sa.Column("coding", sa.BigInteger))
    secure_tables(op, ["coded_visits"])


def downgrade() -> None:
    op.drop_column("gap_reviews", "coding")
    op.drop_column("gap_reviews", "encounter_id")
    op.drop_table("coded_visits")
