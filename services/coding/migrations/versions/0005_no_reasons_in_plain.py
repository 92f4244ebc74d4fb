"""What a coder wrote in plain goes, with what a development database still holds of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("encounters", "overridden")
    op.drop_column("encounter_history", "reason")


def downgrade() -> None:
    op.add_column("encounter_history", sa.Column("reason", sa.Text))
    op.add_column("encounters", sa.Column("overridden", JSONB))
