"""What payers decided about a claim, and the payers that have done with it, sealed: whom they were billed for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claims", sa.Column("decisions", JSONB))
    op.add_column("claims", sa.Column("sealed_earlier", sa.LargeBinary))


def downgrade() -> None:
    op.drop_column("claims", "sealed_earlier")
    op.drop_column("claims", "decisions")
