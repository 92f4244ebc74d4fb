"""Checks that are wanted anew, whatever was answered before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checks", sa.Column("anew", sa.Boolean))


def downgrade() -> None:
    op.drop_column("checks", "anew")
