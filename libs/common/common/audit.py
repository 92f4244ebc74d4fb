"""The audit trail: who read or changed which protected thing, when, from where.

Rows are appended in the business transaction, so an effect without its row cannot exist. One sealer per service
then chains them by hash: chaining inside the business transaction would make every request of a service wait for
the one before. See docs/architecture/audit.md.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.database import Session
from common.failpoints import failpoint, named
from common.statements import Prepared
from common.tables import audit_queue, audit_seals, audit_trail

CHAINED = named("audit.chained", "Rows of the trail are chained; the transaction that does it is not committed.")
SEALED = named("audit.sealed", "Rows of the trail are sealed, and no longer wait for it.")

GENESIS = bytes(32)
SEAL_LOCK = 7_346_001
BATCH = 1000


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to which record, and when: no name, no value, only ids, codes, amounts and dates in `facts`."""

    id: UUID
    practice_id: UUID
    at: datetime
    actor: str
    actor_kind: str
    address: str
    action: str
    kind: str
    subject: UUID
    facts: Mapping[str, Any]


WRITE = Prepared(
    "write_audit",
    "uuid, uuid, timestamptz, text, text, text, text, text, uuid, jsonb",
    """
    WITH written AS (
        INSERT INTO audit_trail (id, practice_id, at, actor, actor_kind, address, action, kind, subject, facts)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        RETURNING id, practice_id
    )
    INSERT INTO audit_queue (audit_id, practice_id) SELECT id, practice_id FROM written
    """,
)


def statements(rows: Iterable[AuditRow]) -> list[str]:
    """Each row, and its place in the queue of those to be sealed."""
    return [
        WRITE.call(
            row.id,
            row.practice_id,
            row.at,
            row.actor,
            row.actor_kind,
            row.address,
            row.action,
            row.kind,
            row.subject,
            _canonical(row.facts),
        )
        for row in rows
    ]


async def write(session: Session, rows: Iterable[AuditRow]) -> None:
    """Send the rows now; a unit of work sends them with its commit."""
    await session.raw.execute("; ".join(statements(rows)))


def chain(previous: bytes, row: RowMapping) -> bytes:
    """The hash that seals `row` behind `previous`."""
    fields = {name: row[name] for name in ("action", "actor", "actor_kind", "address", "facts", "kind")} | {
        "id": str(row["id"]),
        "practice_id": str(row["practice_id"]),
        "subject": str(row["subject"]),
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return hashlib.sha256(previous + _canonical(fields).encode()).digest()


async def seal(platform: AsyncEngine) -> int:
    """Chain up to `BATCH` queued rows and give how many; 0 also when another process is sealing."""
    async with platform.begin() as connection:
        if not await connection.scalar(select(func.pg_try_advisory_xact_lock(SEAL_LOCK))):
            return 0
        rows = (
            (
                await connection.execute(
                    select(audit_trail)
                    .join(audit_queue, audit_queue.c.audit_id == audit_trail.c.id)
                    .order_by(audit_trail.c.id)
                    .limit(BATCH)
                )
            )
            .mappings()
            .all()
        )
        if not rows:
            return 0
        last = (
            await connection.execute(
                select(audit_seals.c.sequence, audit_seals.c.hash).order_by(audit_seals.c.sequence.desc()).limit(1)
            )
        ).first()
        sequence, previous = (last.sequence, bytes(last.hash)) if last else (0, GENESIS)
        seals: list[dict[str, Any]] = []
        for row in rows:
            sequence += 1
            hashed = chain(previous, row)
            seals.append(
                {
                    "sequence": sequence,
                    "audit_id": row["id"],
                    "practice_id": row["practice_id"],
                    "previous": previous,
                    "hash": hashed,
                }
            )
            previous = hashed
        await connection.execute(insert(audit_seals), seals)
        failpoint(CHAINED)
        await connection.execute(delete(audit_queue).where(audit_queue.c.audit_id.in_([row["id"] for row in rows])))
    failpoint(SEALED)
    return len(rows)


async def seal_forever(platform: AsyncEngine, *, pause: float = 0.5) -> None:
    """Keep the unsealed tail about `pause` seconds long."""
    while True:
        if await seal(platform) < BATCH:
            await asyncio.sleep(pause)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verifying one service's chain found; `faults` are sentences, empty when the chain is whole."""

    sealed: int
    unsealed: int
    head: str
    faults: tuple[str, ...]


async def verify(connection: AsyncConnection) -> AuditReport:
    """Recompute the whole chain of the database behind `connection` (a role that may read every row)."""
    faults: list[str] = []
    expected, previous, sealed = 1, GENESIS, 0
    async for row in _sealed_rows(connection):
        if row["sequence"] != expected:
            faults.append(f"seal {expected} is missing: the chain goes on at {row['sequence']}")
        if bytes(row["previous"]) != previous:
            faults.append(f"seal {row['sequence']} does not follow the seal before it")
        if row["id"] is None:
            faults.append(f"seal {row['sequence']} speaks of a row that is gone")
        elif chain(bytes(row["previous"]), row) != bytes(row["hash"]):
            faults.append(f"the row behind seal {row['sequence']} was changed after it was sealed")
        previous, expected, sealed = bytes(row["hash"]), row["sequence"] + 1, sealed + 1
    trail = await connection.scalar(select(func.count()).select_from(audit_trail)) or 0
    queued = await connection.scalar(select(func.count()).select_from(audit_queue)) or 0
    if trail != sealed + queued:
        faults.append(f"{trail} rows in the trail, but {sealed} sealed and {queued} waiting to be")
    return AuditReport(sealed=sealed, unsealed=queued, head=previous.hex(), faults=tuple(faults))


async def _sealed_rows(connection: AsyncConnection) -> AsyncGenerator[RowMapping, None]:
    statement = (
        select(audit_seals.c.sequence, audit_seals.c.previous, audit_seals.c.hash, audit_trail)
        .join_from(audit_seals, audit_trail, audit_trail.c.id == audit_seals.c.audit_id, isouter=True)
        .order_by(audit_seals.c.sequence)
        .execution_options(yield_per=BATCH)
    )
    async with connection.stream(statement) as result:
        async for row in result.mappings():
            yield row


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
