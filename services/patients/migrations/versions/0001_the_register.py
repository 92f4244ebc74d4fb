"""The register: patients and their coverages."""

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
        "patients",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("record_number", sa.Text, nullable=False),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("middle", sa.Text),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column("sex", sa.Text, nullable=False),
        sa.Column("address", JSONB, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("guarantor", JSONB),
        sa.PrimaryKeyConstraint("id", name="patients_pkey"),
        sa.UniqueConstraint("practice_id", "record_number", name="patients_practice_id_record_number_key"),
    )
    op.create_index("patients_name_idx", "patients", ["practice_id", "family", "birth_date"])
    op.create_table(
        "coverages",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("member_id", sa.Text, nullable=False),
        sa.Column("group_number", sa.Text),
        sa.Column("relationship", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_to", sa.Date),
        sa.Column("subscriber", JSONB),
        sa.PrimaryKeyConstraint("id", name="coverages_pkey"),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name="coverages_patient_id_fkey"),
    )
    op.create_index("coverages_patient_idx", "coverages", ["patient_id"])
    op.create_index("coverages_member_idx", "coverages", ["practice_id", "member_id"])
    secure_tables(op, ["patients", "coverages"])


def downgrade() -> None:
    op.drop_table("coverages")
    op.drop_table("patients")
    drop_platform_tables(op)
