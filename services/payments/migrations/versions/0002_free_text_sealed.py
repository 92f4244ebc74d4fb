"""What people and payers write freely gets a sealed place on its row; queue items are not written in plain any more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("remittances", sa.Column("sealed_references", sa.LargeBinary))
    op.add_column("patient_payments", sa.Column("sealed_reference", sa.LargeBinary))
    op.add_column("patient_payments", sa.Column("reference_hash", sa.LargeBinary))
    op.add_column("queue_items", sa.Column("sealed_findings", sa.LargeBinary))
    op.alter_column("queue_items", "findings", nullable=True)


def downgrade() -> None:
    op.alter_column("queue_items", "findings", nullable=False)
    op.drop_column("queue_items", "sealed_findings")
    op.drop_column("patient_payments", "reference_hash")
    op.drop_column("patient_payments", "sealed_reference")
    op.drop_column("remittances", "sealed_references")
