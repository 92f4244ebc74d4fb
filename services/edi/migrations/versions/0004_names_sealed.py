"""The name that a partner gave a file gets a sealed place on its row, and is not written in plain any more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("sealed_name", sa.LargeBinary))
    op.alter_column("files", "name", nullable=True)


def downgrade() -> None:
    op.alter_column("files", "name", nullable=False)
    op.drop_column("files", "sealed_name")
