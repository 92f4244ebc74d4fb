"""What staff write about a claim gets a sealed place on its row; what they wrote in plain is written no longer."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WRITTEN = {"claims": "overrides", "claim_history": "reason"}


def upgrade() -> None:
    op.add_column("claims", sa.Column("sealed_overrides", sa.LargeBinary))
    op.add_column("claim_history", sa.Column("sealed_reason", sa.LargeBinary))
    op.add_column("follow_ups", sa.Column("sealed_answer", sa.LargeBinary))
    for table, column in WRITTEN.items():
        op.alter_column(table, column, nullable=True)


def downgrade() -> None:
    for table, column in WRITTEN.items():
        op.alter_column(table, column, nullable=False)
    op.drop_column("follow_ups", "sealed_answer")
    op.drop_column("claim_history", "sealed_reason")
    op.drop_column("claims", "sealed_overrides")
