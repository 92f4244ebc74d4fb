"""Gaps between what is planned and what is covered, fee schedules, and estimates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointments", sa.Column("planned", JSONB))
    op.create_table(
        "gap_reviews",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("check_id", sa.Uuid),
        sa.Column("appointment_id", sa.Uuid),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("planned", JSONB, nullable=False),
        sa.Column("found", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="gap_reviews_pkey"),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name="gap_reviews_check_id_fkey"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name="gap_reviews_appointment_id_fkey"),
    )
    op.create_index("gap_reviews_patient_idx", "gap_reviews", ["practice_id", "patient_id", "day"])
    op.create_table(
        "fee_schedules",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="fee_schedules_pkey"),
        sa.UniqueConstraint(
            "practice_id",
            "payer_id",
            "code",
            "effective_from",
            name="fee_schedules_practice_id_payer_id_code_effective_from_key",
        ),
    )
    op.create_table(
        "estimates",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("check_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("planned", JSONB, nullable=False),
        sa.Column("result", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="estimates_pkey"),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name="estimates_check_id_fkey"),
    )
    op.create_index("estimates_patient_idx", "estimates", ["practice_id", "patient_id", "day"])
    secure_tables(op, ["gap_reviews", "fee_schedules", "estimates"], append_only=["gap_reviews", "estimates"])


def downgrade() -> None:
    for table in ("estimates", "fee_schedules", "gap_reviews"):
        op.drop_table(table)
    op.drop_column("appointments", "planned")
