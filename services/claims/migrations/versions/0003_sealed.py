"""Who a claim is about moves into a sealed document (docs/adr/0009).

The services do not run meanwhile: rows that an older version writes would have no document.
"""

import os
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from claims.store.sealing import SNAPSHOT
from common.vault import Vault

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("claims", "snapshot", new_column_name="snapshot_in_plain")
    op.add_column("claims", sa.Column("snapshot", sa.LargeBinary))
    _seal_rows()
    op.drop_column("claims", "snapshot_in_plain")


def downgrade() -> None:
    """Of claims without a document only: what is sealed is not written in plain again."""
    if _of_every_practice("SELECT id FROM claims WHERE snapshot IS NOT NULL LIMIT 1"):
        raise RuntimeError("What is sealed is not written in plain again; restore a backup taken before.")
    op.drop_column("claims", "snapshot")
    op.add_column("claims", sa.Column("snapshot", JSONB))


def _of_every_practice(statement: str) -> list:
    """The rows of `statement`; the owner is under row-level security as well, and the rows are of every practice."""
    op.execute("ALTER TABLE claims NO FORCE ROW LEVEL SECURITY")
    rows = op.get_bind().execute(sa.text(statement)).mappings().all()
    op.execute("ALTER TABLE claims FORCE ROW LEVEL SECURITY")
    return rows


def _seal_rows() -> None:
    rows = _of_every_practice(
        "SELECT id, practice_id, snapshot_in_plain::text AS document FROM claims WHERE snapshot_in_plain IS NOT NULL"
    )
    if not rows:
        return
    vault = Vault.of(os.environ["PHI_KEYS"], os.environ["PHI_INDEX_KEY"])
    for row in rows:
        id, practice_id = UUID(str(row["id"])), UUID(str(row["practice_id"]))
        sealed = SNAPSHOT.seal(vault, practice_id, id, SNAPSHOT.parse(row["document"]))
        op.execute(f"SET LOCAL app.practice_id = '{practice_id}'")
        op.get_bind().execute(
            sa.text("UPDATE claims SET snapshot = :sealed WHERE id = :id"), {"sealed": sealed, "id": id}
        )
