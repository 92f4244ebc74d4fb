"""Encounters, and every version of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    platform_tables(op)
    op.create_table(
        "encounters",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("rendering_npi", sa.Text, nullable=False),
        sa.Column("visit_number", sa.Text),
        sa.Column("date_of_service", sa.Date, nullable=False),
        sa.Column("disposition", sa.Text, nullable=False),
        sa.Column("visit", JSONB, nullable=False),
        sa.Column("coded", JSONB, nullable=False),
        sa.Column("overridden", JSONB),
        sa.PrimaryKeyConstraint("id", name="encounters_pkey"),
        sa.UniqueConstraint("practice_id", "visit_number", name="encounters_practice_id_visit_number_key"),
    )
    op.create_index("encounters_disposition_idx", "encounters", ["practice_id", "disposition", "date_of_service"])
    op.create_index("encounters_patient_idx", "encounters", ["practice_id", "patient_id"])
    op.create_table(
        "encounter_history",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("encounter_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("visit", JSONB, nullable=False),
        sa.Column("coded", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="encounter_history_pkey"),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounters.id"], name="encounter_history_encounter_id_fkey"),
        sa.UniqueConstraint("encounter_id", "version", name="encounter_history_encounter_id_version_key"),
    )
    secure_tables(op, ["encounters", "encounter_history"], append_only=["encounter_history"])


def downgrade() -> None:
    op.drop_table("encounter_history")
    op.drop_table("encounters")
    drop_platform_tables(op)
