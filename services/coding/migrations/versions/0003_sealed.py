"""The visit forms, with what clinicians wrote, move into sealed documents (docs/adr/0009).

The services do not run meanwhile: rows that an older version writes would have no document.
"""

import os

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from coding.sealing import PAST_VISIT, VISIT
from common.vault import Sealed, Vault

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEALED = {"encounters": VISIT, "encounter_history": PAST_VISIT}


def upgrade() -> None:
    for table, document in SEALED.items():
        op.alter_column(table, "visit", new_column_name="visit_in_plain")
        op.add_column(table, sa.Column("visit", sa.LargeBinary))
        _seal_rows(table, document)
        op.alter_column(table, "visit", nullable=False)
        op.drop_column(table, "visit_in_plain")


def downgrade() -> None:
    """Of an empty service only: what is sealed is not written in plain again."""
    for table in SEALED:
        if _of_every_practice(table, sa.select(sa.table(table, sa.column("id")).c.id).limit(1)):
            raise RuntimeError("What is sealed is not written in plain again; restore a backup taken before.")
        op.drop_column(table, "visit")
        op.add_column(table, sa.Column("visit", JSONB, nullable=False))


def _of_every_practice(table: str, statement: sa.Executable) -> list:
    """The rows of `statement`; the owner is under row-level security as well, and the rows are of every practice."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    rows = op.get_bind().execute(statement).mappings().all()
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    return rows


def _seal_rows(table: str, document: Sealed) -> None:
    plain = sa.cast(sa.column("visit_in_plain"), sa.Text).label("document")
    found = sa.table(table, sa.column("id", sa.Uuid), sa.column("practice_id", sa.Uuid), sa.column("visit"))
    rows = _of_every_practice(table, sa.select(found.c.id, found.c.practice_id, plain).select_from(found))
    if not rows:
        return
    vault = Vault.of(os.environ["PHI_KEYS"], os.environ["PHI_INDEX_KEY"])
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for row in rows:
        sealed = document.seal(vault, row["practice_id"], row["id"], document.parse(row["document"]))
        op.get_bind().execute(sa.update(found).where(found.c.id == row["id"]).values(visit=sealed))
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
