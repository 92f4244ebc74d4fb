"""Registers, enrollments with their days, and what happened to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("payers", "groups", "locations", "providers", "enrollments", "enrolled_days", "history")


def upgrade() -> None:
    platform_tables(op)
    _registers()
    _enrollments()
    secure_tables(op, TABLES, append_only=["history"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    drop_platform_tables(op)


def _row(*, versioned: bool = True) -> list[sa.Column]:
    columns = [sa.Column("practice_id", sa.Uuid, nullable=False), sa.Column("id", sa.Uuid, nullable=False)]
    return [*columns, sa.Column("version", sa.BigInteger, nullable=False)] if versioned else columns


def _registers() -> None:
    op.create_table(
        "payers",
        *_row(),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("renewal", sa.Text, nullable=False),
        sa.Column("renewal_months", sa.Integer, nullable=False),
        sa.Column("retroactive_days", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="payers_pkey"),
        sa.UniqueConstraint("practice_id", "payer_id", name="payers_practice_id_payer_id_key"),
    )
    op.create_table(
        "groups",
        *_row(),
        sa.Column("billing_npi", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tin", sa.Text),
        sa.Column("personal_tin", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="groups_pkey"),
        sa.UniqueConstraint("practice_id", "billing_npi", name="groups_practice_id_billing_npi_key"),
    )
    op.create_table(
        "locations",
        *_row(),
        sa.Column("group_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("line1", sa.Text, nullable=False),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("zip", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="locations_pkey"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="locations_group_id_fkey"),
        sa.UniqueConstraint("practice_id", "code", name="locations_practice_id_code_key"),
    )
    op.create_table(
        "providers",
        *_row(),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("who", sa.LargeBinary, nullable=False),
        sa.Column("personal", sa.LargeBinary),
        sa.Column("profession", sa.Text, nullable=False),
        sa.Column("taxonomies", ARRAY(sa.Text), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("excluded_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="providers_pkey"),
        sa.UniqueConstraint("practice_id", "npi", name="providers_practice_id_npi_key"),
    )


def _enrollments() -> None:
    op.create_table(
        "enrollments",
        *_row(),
        sa.Column("provider_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("submitted_on", sa.Date),
        sa.Column("reference", sa.Text),
        sa.Column("decided_on", sa.Date),
        sa.Column("effective_from", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("renewal_filed_on", sa.Date),
        sa.Column("announced", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="enrollments_pkey"),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="enrollments_provider_id_fkey"),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name="enrollments_location_id_fkey"),
        sa.UniqueConstraint(
            "practice_id",
            "provider_id",
            "payer_id",
            "location_id",
            name="enrollments_practice_id_provider_id_payer_id_location_id_key",
        ),
    )
    op.create_index("enrollments_stage_idx", "enrollments", ["practice_id", "stage"])
    op.create_index("enrollments_due_idx", "enrollments", ["practice_id", "due_on"])
    op.create_table(
        "enrolled_days",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("enrollment_id", sa.Uuid, nullable=False),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("last", sa.Date),
        sa.PrimaryKeyConstraint("enrollment_id", "first", name="enrolled_days_pkey"),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name="enrolled_days_enrollment_id_fkey"),
    )
    op.create_table(
        "history",
        *_row(versioned=False),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("facts", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="history_pkey"),
    )
    op.create_index("history_subject_idx", "history", ["subject", "id"])
