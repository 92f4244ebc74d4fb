"""What a coder writes gets a sealed place on its row."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("encounters", sa.Column("sealed_override", sa.LargeBinary))
    op.add_column("encounter_history", sa.Column("sealed_reason", sa.LargeBinary))


def downgrade() -> None:
    op.drop_column("encounter_history", "sealed_reason")
    op.drop_column("encounters", "sealed_override")
