"""What the practice charges, by date."""

import sqlalchemy as sa
from alembic import op

from common.migrations import secure_tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fee_schedule",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("charge", sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="fee_schedule_pkey"),
        sa.UniqueConstraint(
            "practice_id",
            "code",
            "part",
            "effective_from",
            name="fee_schedule_of_a_day_key",
        ),
    )
    secure_tables(op, ["fee_schedule"])


def downgrade() -> None:
    op.drop_table("fee_schedule")
