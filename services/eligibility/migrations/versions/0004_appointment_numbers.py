"""The numbers under which other systems keep their appointments."""

import sqlalchemy as sa
from alembic import op

from common.migrations import secure_tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointment_numbers",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("appointment_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "system", "number", name="appointment_numbers_pkey"),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name="appointment_numbers_appointment_id_fkey"
        ),
    )
    secure_tables(op, ["appointment_numbers"])


def downgrade() -> None:
    op.drop_table("appointment_numbers")
