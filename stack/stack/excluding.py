"""A list of exclusions into the credentialing service's database: streamed, all or nothing, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from codes.names import name_key
from codes.publications.exclusion_layouts import Layout, read_listed
from codes.publications.exclusions import Exclusion, read_exclusions
from codes.publications.rows import sha256_of
from common.embedded import StackError
from common.ids import new_id

Progress = Callable[[int], None]
"""Told how many rows were sent so far."""

# The kind of timer by which credentialing looks a provider up on the list.
SCREENING = "provider-screening"

LEIE = "LEIE"
"""OIG's list, whose layout is code of its own; every other list has a Layout."""

_COLUMNS = tuple(field.name for field in fields(Exclusion))
_TOLD_EVERY = 5_000
# A monthly supplement holds some hundred rows of the full list's tens of thousands.
_SHRUNK = 2


@dataclass(frozen=True, slots=True)
class LoadedList:
    """The list after the command: `rows` on it, and whether this command put them there."""

    rows: int
    fresh: bool


async def load(
    owner_url: str, path: Path, layout: Layout | None = None, *, smaller: bool, progress: Progress
) -> LoadedList:
    """Put the list of `path` in the place of the one before of its source; the same file again changes nothing.

    `layout` is that of a list that is not OIG's.

    Raises BadRow, and StackError for an empty list, one that was replaced before, and one of less than half the rows
    of the one before unless `smaller` is said.
    """
    digest = _digest(path)
    connection = await asyncpg.connect(_plain(owner_url))
    try:
        async with connection.transaction():
            # Two loads at once wait for one another instead of finding half a list.
            await connection.execute("LOCK TABLE exclusion_lists IN SHARE ROW EXCLUSIVE MODE")
            source, rows = (layout.list, read_listed(path, layout)) if layout else (LEIE, read_exclusions(path))
            return await _load(connection, _Listed(source, path.name, digest, rows), smaller, progress)
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


@dataclass(frozen=True, slots=True)
class _Listed:
    source: str
    file: str
    sha256: str
    rows: Iterator[Exclusion]


async def _load(connection: asyncpg.Connection, listed: _Listed, smaller: bool, progress: Progress) -> LoadedList:
    known = await connection.fetch("SELECT id, source, sha256, rows FROM exclusion_lists ORDER BY loaded_at DESC")
    own = [row for row in known if row["source"] == listed.source]
    if own and own[0]["sha256"] == listed.sha256:
        return LoadedList(own[0]["rows"], fresh=False)
    for row in known:
        if row["sha256"] == listed.sha256:
            there = "and a later list has taken its place" if row["source"] == listed.source else f"as {row['source']}"
            raise StackError(f"{listed.file} was loaded before, {there}.")
    list_id = new_id()
    await connection.execute(
        "INSERT INTO exclusion_lists (id, source, file, sha256, rows, loaded_at) "
        "VALUES ($1, $2, $3, $4, 0, clock_timestamp())",
        list_id, listed.source, listed.file, listed.sha256,
    )  # fmt: skip
    sent = _Sent(progress)
    await connection.copy_records_to_table(
        "exclusions", columns=["list_id", *_COLUMNS, "family_key"], records=sent.records(list_id, listed.rows)
    )
    _check_size(listed, sent.rows, own[0]["rows"] if own else 0, smaller)
    await connection.execute(
        "DELETE FROM exclusions WHERE list_id IN (SELECT id FROM exclusion_lists WHERE source = $1 AND id <> $2)",
        listed.source, list_id,
    )  # fmt: skip
    await connection.execute("UPDATE exclusion_lists SET rows = $2 WHERE id = $1", list_id, sent.rows)
    await connection.execute("ANALYZE exclusions")
    return LoadedList(sent.rows, fresh=True)


def _check_size(listed: _Listed, rows: int, before: int, smaller: bool) -> None:
    if not rows:
        raise StackError(f"{listed.file} holds no exclusion.")
    if rows * _SHRUNK < before and not smaller:
        raise StackError(
            f"{listed.file} holds {rows:,} rows where the list before held {before:,}: load the full list, not a "
            "monthly supplement, or say --smaller."
        )


class _Sent:
    """The rows on their way, counted and told."""

    def __init__(self, progress: Progress) -> None:
        self.rows, self._progress = 0, progress

    def records(self, list_id: UUID, rows: Iterator[Exclusion]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            self.rows += 1
            if not self.rows % _TOLD_EVERY:
                self._progress(self.rows)
            yield (list_id, *astuple(row), name_key(row.family))
        self._progress(self.rows)


def _digest(path: Path) -> str:
    if not path.is_file():
        raise StackError(f"There is no file {path}.")
    return sha256_of(path)


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme=parts.scheme.partition("+")[0]))
