"""How each payer is asked: by X12 or by FHIR, and there by which partner."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payers", sa.Column("wire", sa.Text, nullable=False, server_default="x12"))
    op.add_column("payers", sa.Column("partner_id", sa.Uuid))


def downgrade() -> None:
    op.drop_column("payers", "partner_id")
    op.drop_column("payers", "wire")
