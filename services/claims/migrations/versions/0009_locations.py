"""The places where the practice sees patients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("address", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="locations_pkey"),
        sa.UniqueConstraint("practice_id", "code", name="locations_practice_id_code_key"),
    )
    secure_tables(op, ["locations"])


def downgrade() -> None:
    op.drop_table("locations")
