"""Credentials, their documents, and where a provider worked."""

import sqlalchemy as sa
from alembic import op

from common.migrations import secure_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("providers", sa.Column("work_history", sa.LargeBinary))
    op.create_table(
        "documents",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("provider_id", sa.Uuid, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="documents_pkey"),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="documents_provider_id_fkey"),
        sa.UniqueConstraint("provider_id", "sha256", name="documents_provider_id_sha256_key"),
    )
    op.create_table(
        "credentials",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("provider_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("paper", sa.LargeBinary, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("document_id", sa.Uuid),
        sa.Column("announced", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="credentials_pkey"),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="credentials_provider_id_fkey"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="credentials_document_id_fkey"),
    )
    op.create_index("credentials_provider_idx", "credentials", ["provider_id"])
    op.create_index("credentials_expires_idx", "credentials", ["practice_id", "expires_on"])
    secure_tables(op, ["documents", "credentials"], append_only=["documents"])


def downgrade() -> None:
    op.drop_table("credentials")
    op.drop_table("documents")
    op.drop_column("providers", "work_history")
