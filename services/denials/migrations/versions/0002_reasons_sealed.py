"""What staff write about a case gets a sealed place on its row."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_history", sa.Column("sealed_reason", sa.LargeBinary))


def downgrade() -> None:
    op.drop_column("case_history", "sealed_reason")
