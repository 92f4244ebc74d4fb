"""OIG's list of exclusions, and who is like somebody on it."""

import sqlalchemy as sa
from alembic import op

from common.migrations import reference_tables, secure_tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("providers", sa.Column("screened_on", sa.Date))
    op.add_column("providers", sa.Column("screened_list", sa.Uuid))
    op.create_table(
        "exclusion_lists",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="exclusion_lists_pkey"),
        sa.UniqueConstraint("sha256", name="exclusion_lists_sha256_key"),
    )
    op.create_table(
        "exclusions",
        sa.Column("list_id", sa.Uuid, nullable=False),
        sa.Column("line", sa.Integer, nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("family", "given", "middle", "business")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("general", "specialty")),
        sa.Column("npi", sa.Text),
        sa.Column("birth_date", sa.Date),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("city", "state", "type")),
        sa.Column("excluded_on", sa.Date, nullable=False),
        sa.Column("reinstated_on", sa.Date),
        sa.Column("waived_on", sa.Date),
        sa.Column("waiver_state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("list_id", "line", name="exclusions_pkey"),
        sa.ForeignKeyConstraint(["list_id"], ["exclusion_lists.id"], name="exclusions_list_id_fkey"),
    )
    op.create_index("exclusions_npi_idx", "exclusions", ["npi"])
    op.create_index("exclusions_person_idx", "exclusions", ["family", "birth_date"])
    reference_tables(op, ["exclusion_lists", "exclusions"])
    _matches()


def downgrade() -> None:
    for table in ("exclusion_matches", "exclusions", "exclusion_lists"):
        op.drop_table(table)
    op.drop_column("providers", "screened_list")
    op.drop_column("providers", "screened_on")


def _matches() -> None:
    op.create_table(
        "exclusion_matches",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("provider_id", sa.Uuid, nullable=False),
        sa.Column("likeness", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("entry", sa.LargeBinary, nullable=False),
        sa.Column("entry_hash", sa.LargeBinary, nullable=False),
        sa.Column("seen_on", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="exclusion_matches_pkey"),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="exclusion_matches_provider_id_fkey"),
        sa.UniqueConstraint("provider_id", "entry_hash", name="exclusion_matches_provider_id_entry_hash_key"),
    )
    op.create_index("exclusion_matches_standing_idx", "exclusion_matches", ["practice_id", "standing"])
    secure_tables(op, ["exclusion_matches"])
