"""Tills, and what was heard of them."""

import sqlalchemy as sa
from alembic import op

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    platform_tables(op)
    op.create_table(
        "tills",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="tills_pkey"),
    )
    op.create_table(
        "heard",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("till_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint("place", name="heard_pkey"),
    )
    secure_tables(op, ["tills", "heard"])


def downgrade() -> None:
    op.drop_table("heard")
    op.drop_table("tills")
    drop_platform_tables(op)
