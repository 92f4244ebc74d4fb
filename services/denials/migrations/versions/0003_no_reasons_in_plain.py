"""What staff wrote in plain goes, with what a development database still holds of it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("case_history", "reason")


def downgrade() -> None:
    op.add_column("case_history", sa.Column("reason", sa.Text))
