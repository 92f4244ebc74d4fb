"""Encounters, every version of each, and the tables that CMS and CDC publish, by quarter.

The application reads the published tables; only the owner writes them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import drop_platform_tables, platform_tables, reference_tables, secure_tables

revision = "0003"
down_revision = None
branch_labels = None
depends_on = None

PUBLISHED = (
    "code_set_editions", "ncci_pairs", "unit_limits", "add_on_codes", "relative_values", "cost_indices",
    "diagnosis_codes", "supply_codes",
)  # fmt: skip


def upgrade() -> None:
    platform_tables(op)
    encounter_tables()
    published_tables()


def encounter_tables() -> None:
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
        sa.Column("coded", JSONB, nullable=False),
        sa.Column("overridden", JSONB),
        sa.Column("visit", sa.LargeBinary, nullable=False),
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
        sa.Column("coded", JSONB, nullable=False),
        sa.Column("visit", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="encounter_history_pkey"),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounters.id"], name="encounter_history_encounter_id_fkey"),
        sa.UniqueConstraint("encounter_id", "version", name="encounter_history_encounter_id_version_key"),
    )
    secure_tables(op, ["encounters", "encounter_history"], append_only=["encounter_history"])


def published(name: str, *columns: sa.schema.SchemaItem) -> None:
    edition = sa.Column("edition_id", sa.Uuid, nullable=False)
    owner = sa.ForeignKeyConstraint(
        ["edition_id"], ["code_set_editions.id"], name=f"{name}_edition_id_fkey", ondelete="CASCADE"
    )
    op.create_table(name, edition, *columns, owner)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def number(name: str, places: tuple[int, int]) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(*places), nullable=False)


def published_tables() -> None:
    op.create_table(
        "code_set_editions",
        sa.Column("id", sa.Uuid, nullable=False),
        text("kind"),
        text("quarter"),
        sa.Column("in_force_from", sa.Date, nullable=False),
        sa.Column("files", JSONB, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name="code_set_editions_pkey"),
        sa.UniqueConstraint("kind", "quarter", name="code_set_editions_kind_quarter_key"),
    )
    span = (sa.Column("effective", sa.Date, nullable=False), sa.Column("deleted", sa.Date))
    published("ncci_pairs", text("column1"), text("column2"), *span, text("indicator"))
    op.create_index("ncci_pairs_edition_idx", "ncci_pairs", ["edition_id", "column1"])
    published(
        "unit_limits",
        text("code"),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("adjudication", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "code", name="unit_limits_pkey"),
    )
    published(
        "add_on_codes",
        text("add_on"),
        text("parent", nullable=True),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("effective", sa.Date, nullable=False),
        sa.Column("deleted", sa.Date),
    )
    op.create_index("add_on_codes_edition_idx", "add_on_codes", ["edition_id", "add_on"])
    published(
        "relative_values",
        *map(text, ("code", "modifier", "status")),
        *(number(name, (9, 2)) for name in ("work", "practice_nonfacility", "practice_facility", "malpractice")),
        *map(text, ("pctc", "global_days", "multiple_procedure", "bilateral", "assistant")),
        number("factor", (9, 4)),
        sa.PrimaryKeyConstraint("edition_id", "code", "modifier", name="relative_values_pkey"),
    )
    published(
        "cost_indices",
        *map(text, ("contractor", "locality", "name")),
        *(number(name, (6, 3)) for name in ("work", "practice", "malpractice")),
        sa.PrimaryKeyConstraint("edition_id", "contractor", "locality", name="cost_indices_pkey"),
    )
    published(
        "diagnosis_codes",
        text("code"),
        sa.Column("billable", sa.Boolean, nullable=False),
        text("title"),
        sa.PrimaryKeyConstraint("edition_id", "code", name="diagnosis_codes_pkey"),
    )
    published(
        "supply_codes",
        text("code"),
        text("title"),
        sa.Column("added", sa.Date),
        sa.Column("ended", sa.Date),
        sa.PrimaryKeyConstraint("edition_id", "code", name="supply_codes_pkey"),
    )
    reference_tables(op, PUBLISHED)


def downgrade() -> None:
    for name in reversed(PUBLISHED):
        op.drop_table(name)
    op.drop_table("encounter_history")
    op.drop_table("encounters")
    drop_platform_tables(op)
