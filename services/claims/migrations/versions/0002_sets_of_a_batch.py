"""The transaction set of its batch that a submission stands in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whatever left before was a batch of one set.
    op.add_column("submissions", sa.Column("set_number", sa.Integer, nullable=False, server_default="1"))
    op.alter_column("submissions", "set_number", server_default=None)


def downgrade() -> None:
    op.drop_column("submissions", "set_number")
