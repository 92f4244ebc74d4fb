"""Names in plain go, with those that a development database still holds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("files", "name")


def downgrade() -> None:
    op.add_column("files", sa.Column("name", sa.Text))
