"""What is in the archive is sealed, row by row; fingerprints of questions become keyed (docs/adr/0009).

The services do not run meanwhile: an older version would write rows that do not open.
"""

import os
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from common.vault import Vault
from edi.sealing import seal_content

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A fingerprint is compared for ninety seconds after the question was asked; none of the old ones is needed again.
FORGET = "UPDATE exchanges SET fingerprint = ''"
CONTENT = sa.text("SELECT content FROM archive WHERE id = :id")
SEALED = sa.text("UPDATE archive SET content = :content WHERE id = :id")


def upgrade() -> None:
    _of_every_practice("exchanges", FORGET)
    rows = _of_every_practice("archive", "SELECT id, practice_id FROM archive ORDER BY practice_id, id").all()
    if not rows:
        return
    vault = Vault.of(os.environ["PHI_KEYS"], os.environ["PHI_INDEX_KEY"])
    for row in rows:
        _seal(vault, UUID(str(row.practice_id)), UUID(str(row.id)))


def downgrade() -> None:
    """Of an empty archive only: what is sealed is not written in plain again."""
    if _of_every_practice("archive", "SELECT id FROM archive LIMIT 1").first():
        raise RuntimeError("What is sealed is not written in plain again; restore a backup taken before.")


def _seal(vault: Vault, practice_id: UUID, id: UUID) -> None:
    """One file at a time: each may have fifty megabytes."""
    op.execute(f"SET LOCAL app.practice_id = '{practice_id}'")
    content = op.get_bind().execute(CONTENT, {"id": id}).scalar_one()
    op.get_bind().execute(SEALED, {"id": id, "content": seal_content(vault, practice_id, id, bytes(content))})


def _of_every_practice(table: str, statement: str) -> sa.CursorResult:
    """The owner is under row-level security as well, and the rows are of every practice."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    result = op.get_bind().execute(sa.text(statement))
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    return result
