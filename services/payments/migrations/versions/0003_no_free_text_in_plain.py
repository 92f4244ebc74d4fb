"""What was written in plain goes, with what a development database still holds of it; references are unique by hash.

The references of provider-level amounts that a development database has stay on their rows as they are.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EXTERNAL = sa.text("method = 'external'")


def unique(column: str) -> None:
    op.create_index(
        f"patient_payments_{column}_key",
        "patient_payments",
        ["practice_id", column],
        unique=True,
        postgresql_where=EXTERNAL,
    )


def upgrade() -> None:
    op.drop_column("queue_items", "findings")
    op.drop_index("patient_payments_reference_key")
    op.drop_column("patient_payments", "reference")
    unique("reference_hash")


def downgrade() -> None:
    op.drop_index("patient_payments_reference_hash_key")
    op.add_column("patient_payments", sa.Column("reference", sa.Text))
    unique("reference")
    op.add_column("queue_items", sa.Column("findings", JSONB))
