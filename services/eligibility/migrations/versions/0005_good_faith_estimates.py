"""Good-faith estimates, and whose services they are about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "estimate_providers",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("entry", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="estimate_providers_pkey"),
        sa.UniqueConstraint("practice_id", name="estimate_providers_practice_id_key"),
    )
    op.create_table(
        "good_faith_estimates",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("begun_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("scheduled_on", sa.Date),
        sa.Column("total", sa.Numeric(12, 2), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True)),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="good_faith_estimates_pkey"),
    )
    op.create_index("good_faith_estimates_patient_idx", "good_faith_estimates", ["practice_id", "patient_id"])
    op.create_index(
        "good_faith_estimates_due_idx",
        "good_faith_estimates",
        ["practice_id", "due_on"],
        postgresql_where=sa.text("given_at IS NULL"),
    )
    secure_tables(op, ["estimate_providers", "good_faith_estimates"])


def downgrade() -> None:
    for table in ("good_faith_estimates", "estimate_providers"):
        op.drop_table(table)
