"""What payers want before an application is complete, and what was verified at its source."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "requirement_lists",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("requirements", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="requirement_lists_pkey"),
        sa.UniqueConstraint("practice_id", "payer_id", name="requirement_lists_practice_id_payer_id_key"),
    )
    op.create_table(
        "verifications",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("provider_id", sa.Uuid, nullable=False),
        sa.Column("credential_id", sa.Uuid),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("verified_on", sa.Date, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("verified_by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="verifications_pkey"),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="verifications_provider_id_fkey"),
    )
    op.create_index("verifications_provider_idx", "verifications", ["provider_id", "id"])
    secure_tables(op, ["requirement_lists", "verifications"], append_only=["verifications"])


def downgrade() -> None:
    op.drop_table("verifications")
    op.drop_table("requirement_lists")
