"""What staff wrote in plain goes, with what a development database still holds of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("claims", "overrides")
    op.drop_column("claim_history", "reason")
    op.drop_column("follow_ups", "settled_reason")


def downgrade() -> None:
    op.add_column("follow_ups", sa.Column("settled_reason", sa.Text))
    op.add_column("claim_history", sa.Column("reason", sa.Text))
    op.add_column("claims", sa.Column("overrides", JSONB))
