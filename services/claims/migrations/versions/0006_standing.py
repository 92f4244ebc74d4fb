"""What of a claim is still open, and which denial is being answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claims", sa.Column("standing", JSONB))
    op.add_column("claims", sa.Column("denied_by", sa.Uuid))


def downgrade() -> None:
    op.drop_column("claims", "denied_by")
    op.drop_column("claims", "standing")
