"""Visits of referrals, what was last asked of what holds, and how late each payer hears a request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("authorizations", sa.Column("amendment", JSONB))
    op.add_column("authorizations", sa.Column("visits_used", sa.Integer, nullable=False, server_default="0"))
    op.add_column("payers", sa.Column("retro_days", sa.Integer))


def downgrade() -> None:
    op.drop_column("payers", "retro_days")
    op.drop_column("authorizations", "visits_used")
    op.drop_column("authorizations", "amendment")
