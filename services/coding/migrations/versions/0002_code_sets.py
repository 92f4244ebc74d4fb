"""The tables that CMS and CDC publish, by quarter; the application reads them and only the owner writes them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import reference_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "code_set_editions", "ncci_pairs", "unit_limits", "add_on_codes", "relative_values", "cost_indices",
    "diagnosis_codes", "supply_codes",
)  # fmt: skip


def table(name: str, *columns: sa.schema.SchemaItem) -> None:
    edition = sa.Column("edition_id", sa.Uuid, nullable=False)
    owner = sa.ForeignKeyConstraint(
        ["edition_id"], ["code_set_editions.id"], name=f"{name}_edition_id_fkey", ondelete="CASCADE"
    )
    op.create_table(name, edition, *columns, owner)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def number(name: str, places: tuple[int, int]) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(*places), nullable=False)


def upgrade() -> None:
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
    table("ncci_pairs", text("column1"), text("column2"), *span, text("indicator"))
    op.create_index("ncci_pairs_edition_idx", "ncci_pairs", ["edition_id", "column1"])
    table(
        "unit_limits",
        text("code"),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("adjudication", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "code", name="unit_limits_pkey"),
    )
    table(
        "add_on_codes",
        text("add_on"),
        text("parent", nullable=True),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("effective", sa.Date, nullable=False),
        sa.Column("deleted", sa.Date),
    )
    op.create_index("add_on_codes_edition_idx", "add_on_codes", ["edition_id", "add_on"])
    table(
        "relative_values",
        *map(text, ("code", "modifier", "status")),
        *(number(name, (9, 2)) for name in ("work", "practice_nonfacility", "practice_facility", "malpractice")),
        *map(text, ("pctc", "global_days", "multiple_procedure", "bilateral", "assistant")),
        number("factor", (9, 4)),
        sa.PrimaryKeyConstraint("edition_id", "code", "modifier", name="relative_values_pkey"),
    )
    table(
        "cost_indices",
        *map(text, ("contractor", "locality", "name")),
        *(number(name, (6, 3)) for name in ("work", "practice", "malpractice")),
        sa.PrimaryKeyConstraint("edition_id", "contractor", "locality", name="cost_indices_pkey"),
    )
    table(
        "diagnosis_codes",
        text("code"),
        sa.Column("billable", sa.Boolean, nullable=False),
        text("title"),
        sa.PrimaryKeyConstraint("edition_id", "code", name="diagnosis_codes_pkey"),
    )
    table(
        "supply_codes",
        text("code"),
        text("title"),
        sa.Column("added", sa.Date),
        sa.Column("ended", sa.Date),
        sa.PrimaryKeyConstraint("edition_id", "code", name="supply_codes_pkey"),
    )
    reference_tables(op, TABLES)


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
