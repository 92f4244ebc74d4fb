"""OIG's list of exclusions into the credentialing service's database: streamed, all or nothing, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from codes.publications.exclusions import Exclusion, read_exclusions
from codes.publications.rows import sha256_of
from common.embedded import StackError
from common.ids import new_id

Progress = Callable[[int], None]
"""Told how many rows were sent so far."""

# The kind of timer by which credentialing looks a provider up on the list.
SCREENING = "provider-screening"

_COLUMNS = tuple(field.name for field in fields(Exclusion))
_TOLD_EVERY = 5_000
# A monthly supplement holds some hundred rows of the full list's tens of thousands.
_SHRUNK = 2


@dataclass(frozen=True, slots=True)
class LoadedList:
    """The list after the command: `rows` on it, and whether this command put them there."""

    rows: int
    fresh: bool


async def load(owner_url: str, path: Path, *, smaller: bool, progress: Progress) -> LoadedList:
    """Put the list of `path` in the place of the one before; the same file again changes nothing.

    Raises BadRow, and StackError for an empty list, one that was replaced before, and one of less than half the rows
    of the one before unless `smaller` is said.
    """
    digest = _digest(path)
    connection = await asyncpg.connect(_plain(owner_url))
    try:
        async with connection.transaction():
            # Two loads at once wait for one another instead of finding half a list.
            await connection.execute("LOCK TABLE exclusion_lists IN SHARE ROW EXCLUSIVE MODE")
            return await _load(connection, path, digest, smaller, progress)
    finally:
        await connection.close()


async def look_again(platform_url: str) -> int:
    """Let every provider of every practice be looked up on the new list now; gives how many will be."""
    connection = await asyncpg.connect(_plain(platform_url))
    try:
        said = await connection.execute(
            "UPDATE timers SET due_at = clock_timestamp() WHERE kind = $1 AND stopped_at IS NULL", SCREENING
        )
        return int(said.rpartition(" ")[2])
    finally:
        await connection.close()


async def _load(
    connection: asyncpg.Connection, path: Path, digest: str, smaller: bool, progress: Progress
) -> LoadedList:
    known = await connection.fetch("SELECT id, sha256, rows FROM exclusion_lists ORDER BY loaded_at DESC")
    if known and known[0]["sha256"] == digest:
        return LoadedList(known[0]["rows"], fresh=False)
    if any(row["sha256"] == digest for row in known):
        raise StackError(f"{path.name} was loaded before, and a later list has taken its place.")
    list_id = new_id()
    await connection.execute(
        "INSERT INTO exclusion_lists (id, file, sha256, rows, loaded_at) VALUES ($1, $2, $3, 0, clock_timestamp())",
        list_id, path.name, digest,
    )  # fmt: skip
    sent = _Sent(progress)
    await connection.copy_records_to_table(
        "exclusions", columns=["list_id", *_COLUMNS], records=sent.records(list_id, read_exclusions(path))
    )
    if not sent.rows:
        raise StackError(f"{path.name} holds no exclusion.")
    if known and sent.rows * _SHRUNK < known[0]["rows"] and not smaller:
        raise StackError(
            f"{path.name} holds {sent.rows:,} rows where the list before held {known[0]['rows']:,}: load the full "
            "list, not a monthly supplement, or say --smaller."
        )
    await connection.execute("DELETE FROM exclusions WHERE list_id <> $1", list_id)
    await connection.execute("UPDATE exclusion_lists SET rows = $2 WHERE id = $1", list_id, sent.rows)
    await connection.execute("ANALYZE exclusions")
    return LoadedList(sent.rows, fresh=True)


class _Sent:
    """The rows on their way, counted and told."""

    def __init__(self, progress: Progress) -> None:
        self.rows, self._progress = 0, progress

    def records(self, list_id: UUID, rows: Iterator[Exclusion]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            self.rows += 1
            if not self.rows % _TOLD_EVERY:
                self._progress(self.rows)
            yield (list_id, *astuple(row))
        self._progress(self.rows)


def _digest(path: Path) -> str:
    if not path.is_file():
        raise StackError(f"There is no file {path}.")
    return sha256_of(path)


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme=parts.scheme.partition("+")[0]))
