"""What partners' FHIR servers were asked to tell us of, and whether they do."""

import sqlalchemy as sa
from alembic import op

from common.migrations import secure_tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("filter", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("remote_id", sa.Text),
        sa.Column("last_event", sa.BigInteger, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="subscriptions_pkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="subscriptions_partner_id_fkey"),
    )
    op.create_index("subscriptions_partner_idx", "subscriptions", ["partner_id"])
    secure_tables(op, ["subscriptions"])


def downgrade() -> None:
    op.drop_table("subscriptions")
