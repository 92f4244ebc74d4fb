"""Batches of checks, and the appointments that are checked before they come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("started", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="batches_pkey"),
    )
    op.create_table(
        "batch_items",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("patient_id", sa.Uuid),
        sa.Column("day", sa.Date),
        sa.Column("coverage_id", sa.Uuid),
        sa.Column("service_types", JSONB, nullable=False),
        sa.Column("check_id", sa.Uuid),
        sa.Column("refused", sa.Text),
        sa.PrimaryKeyConstraint("id", name="batch_items_pkey"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="batch_items_batch_id_fkey"),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name="batch_items_check_id_fkey"),
        sa.UniqueConstraint("practice_id", "batch_id", "number", name="batch_items_practice_id_batch_id_number_key"),
    )
    op.create_index("batch_items_check_idx", "batch_items", ["check_id"])
    op.create_table(
        "appointments",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("check_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="appointments_pkey"),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name="appointments_check_id_fkey"),
    )
    op.create_index("appointments_patient_idx", "appointments", ["practice_id", "patient_id", "day"])
    secure_tables(op, ["batches", "batch_items", "appointments"])


def downgrade() -> None:
    for table in ("appointments", "batch_items", "batches"):
        op.drop_table(table)
