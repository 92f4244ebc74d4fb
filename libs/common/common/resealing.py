"""After a new key stands in front of the old ones: every sealed value is sealed again by it, so that the old can go.

The services run meanwhile: rows are taken a few at a time, those that somebody holds are left for the next pass, and
what the service writes itself is sealed by the new key already. Nothing is noted of how far it came: what is still
sealed by another key is looked for, so that a run that ended early is simply started again. See
docs/runbooks/key-rotation.md.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from common import audit
from common.audit import AuditRow
from common.database import Database
from common.ids import new_id
from common.tables import TENANT, audit_trail, event_log, idempotency_keys
from common.vault import CannotOpen, Vault

ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 8_000_000
PASSES = 5
# Bytes that are keyed hashes, not sealed values.
HASHES = ("_hash", "fingerprint")

Told = Callable[[int, int], None]
"""How many values are done, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values, each bound to practice, table, column and the row's `key`."""

    table: Table
    name: str
    key: str = "id"
    base64: bool = False

    @property
    def place(self) -> str:
        return f"{self.table.name}.{self.name}"

    @property
    def value(self) -> ColumnElement[Any]:
        column = self.table.c[self.name]
        return func.decode(column, "base64") if self.base64 else column

    def bound(self, practice_id: UUID, key: object) -> tuple[object, ...]:
        return (practice_id, self.table.name, self.name, key)


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of it. `remaining` are sealed by another key still: of each, column and row."""

    values: int
    remaining: tuple[str, ...]


def sealed_columns(metadata: MetaData) -> tuple[SealedColumn, ...]:
    """Every column of bytes of a practice that is no hash, and the answers that idempotency keys keep."""
    own = tuple(
        SealedColumn(table, column.name)
        for table in metadata.sorted_tables
        if table.info.get(TENANT)
        for column in table.columns
        if isinstance(column.type, LargeBinary) and not column.name.endswith(HASHES)
    )
    return (*own, SealedColumn(idempotency_keys, "body", key="key", base64=True))


async def reseal(
    metadata: MetaData, vault: Vault, *, owner_url: str, app_url: str, platform_url: str, told: Told | None = None
) -> Resealed:
    """Seal again what another than the first key of `vault` sealed, and look whether anything is left.

    The owner's role does it, within one practice at a time; the trail of each practice concerned says so. A value
    that none of the keys opens is left as it is and named. Raises what the database raises.
    """
    owner, database = create_async_engine(owner_url), Database(app_url, platform_url, pool_size=1)
    work = _Work(owner, vault, sealed_columns(metadata), told or _tell_nobody)
    try:
        for practice_id in await _practices(database.platform):
            await work.add(practice_id)
        for _ in range(PASSES):
            if not await work.run():
                break
        for practice_id, values in work.done.items():
            async with database.as_practice(practice_id) as session:
                await audit.write(session, [_audited(practice_id, values)])
        return Resealed(sum(work.done.values()), tuple(await work.remaining()))
    finally:
        await owner.dispose()
        await database.close()


class _Work:
    """What is to be sealed again, practice by practice and column by column."""

    def __init__(self, owner: AsyncEngine, vault: Vault, columns: Sequence[SealedColumn], told: Told) -> None:
        self._owner, self._vault, self._columns, self._told = owner, vault, columns, told
        self._places: list[tuple[UUID, SealedColumn]] = []
        self._total = 0
        self.done: dict[UUID, int] = {}

    async def add(self, practice_id: UUID) -> None:
        """Count what a practice has of it."""
        for column in self._columns:
            counted = select(func.count()).select_from(column.table).where(self._old(column))
            async with self._owner.begin() as connection:
                await _within(connection, practice_id)
                count = await connection.scalar(counted) or 0
            if count:
                self._places.append((practice_id, column))
                self._total += count
        self._told(0, self._total)

    async def run(self) -> int:
        """One pass over all of it; gives how many values were sealed again."""
        before = sum(self.done.values())
        for practice_id, column in self._places:
            after: object = None
            while keys := await self._next(practice_id, column, after):
                for chunk in _chunks(keys):
                    count = await self._seal(practice_id, column, chunk)
                    self.done[practice_id] = self.done.get(practice_id, 0) + count
                    self._told(sum(self.done.values()), self._total)
                after = keys[-1][0]
        return sum(self.done.values()) - before

    async def remaining(self) -> list[str]:
        """Column and row of what another key sealed."""
        return [
            f"{column.place} {key}"
            for practice_id, column in self._places
            for key, _ in await self._next(practice_id, column, None)
        ]

    async def _next(self, practice_id: UUID, column: SealedColumn, after: object) -> Sequence[tuple[Any, int]]:
        """The keys of the next rows, with the size of each value."""
        key = column.table.c[column.key]
        statement = select(key, func.octet_length(column.value)).where(self._old(column))
        if after is not None:
            statement = statement.where(key > after)
        async with self._owner.begin() as connection:
            await _within(connection, practice_id)
            rows = await connection.execute(statement.order_by(key).limit(ROWS_AT_ONCE))
            return [(row[0], row[1]) for row in rows]

    async def _seal(self, practice_id: UUID, column: SealedColumn, keys: Sequence[object]) -> int:
        key, target = column.table.c[column.key], column.table.c[column.name]
        rows = select(key, column.value).where(key.in_(keys), self._old(column)).order_by(key)
        held = rows.with_for_update(skip_locked=True)
        async with self._owner.begin() as connection:
            await _within(connection, practice_id)
            values: list[dict[str, object]] = []
            for row in await connection.execute(held):
                place = column.bound(practice_id, row[0])
                try:
                    sealed = self._vault.seal(self._vault.open(row[1], *place), *place)
                except CannotOpen:
                    continue
                values.append({"of": row[0], "sealed": b64encode(sealed).decode() if column.base64 else sealed})
            if values:
                written = update(column.table).where(key == bindparam("of")).values({target: bindparam("sealed")})
                await connection.execute(written, values)
            return len(values)

    def _old(self, column: SealedColumn) -> ColumnElement[bool]:
        """Whether another key than the first sealed the value: each carries the id of its key in front."""
        head = self._vault.head
        return func.substring(column.value, 1, len(head)) != literal(head, LargeBinary)


def _chunks(keys: Sequence[tuple[object, int]]) -> Iterator[list[object]]:
    """Rows to hold at once: many small ones, or one large file."""
    chunk: list[object] = []
    size = 0
    for key, each in keys:
        if chunk and size + each > BYTES_AT_ONCE:
            yield chunk
            chunk, size = [], 0
        chunk.append(key)
        size += each
    if chunk:
        yield chunk


def _tell_nobody(done: int, total: int) -> None:
    """Where nobody watches."""


async def _practices(platform: AsyncEngine) -> list[UUID]:
    """Whoever has a row: nothing is written without one in the trail or the log."""
    found = select(audit_trail.c.practice_id).union(select(event_log.c.practice_id))
    async with platform.connect() as connection:
        return sorted((await connection.scalars(found)).all())


async def _within(connection: AsyncConnection, practice_id: UUID) -> None:
    """The owner is under row-level security as well."""
    await connection.execute(text("SELECT set_config('app.practice_id', :id, true)"), {"id": str(practice_id)})


def _audited(practice_id: UUID, values: int) -> AuditRow:
    return AuditRow(
        id=new_id(),
        practice_id=practice_id,
        at=datetime.now(UTC),
        actor="reseal",
        actor_kind="operator",
        address="-",
        action="decide",
        kind="reseal",
        subject=practice_id,
        facts={"values": values},
    )
