"""The register: patients and their coverages, with who they are sealed and what is looked up by hashed."""

import sqlalchemy as sa
from alembic import op

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0002"
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
        sa.Column("who", sa.LargeBinary, nullable=False),
        sa.Column("record_number_hash", sa.LargeBinary, nullable=False),
        sa.Column("name_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="patients_pkey"),
        sa.UniqueConstraint("practice_id", "record_number_hash", name="patients_practice_id_record_number_hash_key"),
    )
    op.create_index("patients_name_idx", "patients", ["practice_id", "name_hash"])
    op.create_table(
        "coverages",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("relationship", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_to", sa.Date),
        sa.Column("card", sa.LargeBinary, nullable=False),
        sa.Column("member_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="coverages_pkey"),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name="coverages_patient_id_fkey"),
    )
    op.create_index("coverages_patient_idx", "coverages", ["patient_id"])
    op.create_index("coverages_member_idx", "coverages", ["practice_id", "member_hash"])
    secure_tables(op, ["patients", "coverages"])


def downgrade() -> None:
    op.drop_table("coverages")
    op.drop_table("patients")
    drop_platform_tables(op)
