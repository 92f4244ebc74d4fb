"""When the payer received an application, its committee met and the contract was signed; changes to report."""

import sqlalchemy as sa
from alembic import op

from common.migrations import secure_tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DAYS = ("received_on", "committee_on", "notice_due_on", "contracted_on")


def upgrade() -> None:
    for day in DAYS:
        op.add_column("enrollments", sa.Column(day, sa.Date))
    op.add_column("enrollments", sa.Column("fee_schedule", sa.Text))
    op.create_index("enrollments_notice_idx", "enrollments", ["practice_id", "notice_due_on"])
    op.add_column("payers", sa.Column("notice_days", sa.Integer))
    op.create_table(
        "changes",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("provider_id", sa.Uuid),
        sa.Column("group_id", sa.Uuid),
        sa.Column("location_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("reported_on", sa.Date),
        sa.Column("reference", sa.Text),
        sa.PrimaryKeyConstraint("id", name="changes_pkey"),
        *(
            sa.ForeignKeyConstraint([f"{holder}_id"], [f"{holder}s.id"], name=f"changes_{holder}_id_fkey")
            for holder in ("provider", "group", "location")
        ),
    )
    op.create_index("changes_due_idx", "changes", ["practice_id", "due_on"])
    secure_tables(op, ["changes"])


def downgrade() -> None:
    op.drop_table("changes")
    op.drop_column("payers", "notice_days")
    op.drop_index("enrollments_notice_idx", "enrollments")
    op.drop_column("enrollments", "fee_schedule")
    for day in reversed(DAYS):
        op.drop_column("enrollments", day)
