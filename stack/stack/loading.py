"""Published code sets into the coding service's database: streamed, all or nothing, once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from codes.publications.classifications import read_diagnoses, read_supplies
from codes.publications.fee_schedule import read_cost_indices, read_relative_values
from codes.publications.ncci import read_add_ons, read_pairs, read_unit_limits
from codes.publications.recognised import Kind, Quarter, recognised
from codes.publications.rows import sha256_of
from common.embedded import StackError
from common.ids import new_id

Progress = Callable[[str, int], None]
"""Told the file's name and how many of its rows were sent so far."""

_TOLD_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """Where a kind's rows go, the columns in the order of its dataclass, and what reads its files."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Path], Iterator[Any]]


_TABLES: Mapping[Kind, Table] = {
    Kind.PAIRS: Table("ncci_pairs", ("column1", "column2", "effective", "deleted", "indicator"), read_pairs),
    Kind.UNIT_LIMITS: Table("unit_limits", ("code", "units", "adjudication"), read_unit_limits),
    Kind.ADD_ONS: Table("add_on_codes", ("add_on", "parent", "type", "effective", "deleted"), read_add_ons),
    Kind.RELATIVE_VALUES: Table(
        "relative_values",
        (
            "code", "modifier", "status", "work", "practice_nonfacility", "practice_facility", "malpractice", "pctc",
            "global_days", "multiple_procedure", "bilateral", "assistant", "factor",
        ),
        read_relative_values,
    ),
    Kind.COST_INDICES: Table(
        "cost_indices", ("contractor", "locality", "name", "work", "practice", "malpractice"), read_cost_indices
    ),
    Kind.DIAGNOSES: Table("diagnosis_codes", ("code", "billable", "title"), read_diagnoses),
    Kind.SUPPLIES: Table("supply_codes", ("code", "title", "added", "ended"), read_supplies),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """One edition after the command: `rows` in it, and whether this command put them there."""

    kind: str
    quarter: str
    rows: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class EditionFiles:
    kind: Kind
    quarter: Quarter
    files: tuple[Path, ...]

    def described(self) -> list[dict[str, str]]:
        return sorted(
            ({"name": path.name, "sha256": sha256_of(path)} for path in self.files), key=lambda file: file["name"]
        )


def editions_of(files: Sequence[Path], kind: Kind | None, quarter: Quarter | None) -> list[EditionFiles]:
    """The files by table and quarter. Raises StackError for one whose name and options do not tell both."""
    groups: dict[tuple[Kind, Quarter], list[Path]] = {}
    for path in files:
        if not path.is_file():
            raise StackError(f"There is no file {path}.")
        named_kind, named_quarter = recognised(path)
        its_kind, its_quarter = kind or named_kind, quarter or named_quarter
        if its_kind is None:
            raise StackError(f"{path.name} does not tell its table: say --kind, one of {', '.join(Kind)}.")
        if its_quarter is None:
            raise StackError(f"{path.name} does not tell its quarter: say --quarter, such as 2026Q1.")
        groups.setdefault((its_kind, its_quarter), []).append(path)
    return [EditionFiles(*key, tuple(paths)) for key, paths in groups.items()]


async def load(owner_url: str, editions: Sequence[EditionFiles], *, replace: bool, progress: Progress) -> list[Loaded]:
    """Every edition in one transaction, or none. An edition that stands there with the same files is left alone.

    Raises StackError when an edition stands there with other files and `replace` is not said, BadRow.
    """
    async with _transaction(owner_url) as connection:
        return [await _load(connection, edition, replace, progress) for edition in editions]


@asynccontextmanager
async def _transaction(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    parts = urlsplit(owner_url)
    connection = await asyncpg.connect(urlunsplit(parts._replace(scheme=parts.scheme.partition("+")[0])))
    try:
        async with connection.transaction():
            # Two loads at once wait for one another instead of finding half an edition.
            await connection.execute("LOCK TABLE code_set_editions IN SHARE ROW EXCLUSIVE MODE")
            yield connection
    finally:
        await connection.close()


async def _load(connection: asyncpg.Connection, edition: EditionFiles, replace: bool, progress: Progress) -> Loaded:
    table, files = _TABLES[edition.kind], edition.described()
    key = (edition.kind.value, str(edition.quarter))
    before = await connection.fetchrow(
        "SELECT id, files, rows FROM code_set_editions WHERE kind = $1 AND quarter = $2", *key
    )
    if before is not None:
        if json.loads(before["files"]) == files:
            return Loaded(*key, before["rows"], fresh=False)
        if not replace:
            raise StackError(f"{key[0]} of {key[1]} stand there from other files: say --replace to put these in place.")
        await connection.execute("DELETE FROM code_set_editions WHERE id = $1", before["id"])
    edition_id = new_id()
    await connection.execute(
        "INSERT INTO code_set_editions (id, kind, quarter, in_force_from, files, rows) VALUES ($1, $2, $3, $4, $5, 0)",
        edition_id, *key, edition.quarter.first, json.dumps(files),
    )  # fmt: skip
    rows = 0
    for path in edition.files:
        counted = _Counted(path.name, progress)
        await connection.copy_records_to_table(
            table.name, columns=["edition_id", *table.columns], records=counted.records(edition_id, table.read(path))
        )
        rows += counted.rows
    if not rows:
        raise StackError(f"{', '.join(path.name for path in edition.files)} hold no row of {key[0]}.")
    await connection.execute("UPDATE code_set_editions SET rows = $2 WHERE id = $1", edition_id, rows)
    await connection.execute(f"ANALYZE {table.name}")
    return Loaded(*key, rows, fresh=True)


class _Counted:
    """The rows on their way, counted and told."""

    def __init__(self, name: str, progress: Progress) -> None:
        self.rows, self._name, self._progress = 0, name, progress

    def records(self, edition_id: UUID, rows: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            self.rows += 1
            if not self.rows % _TOLD_EVERY:
                self._progress(self._name, self.rows)
            yield (edition_id, *astuple(row))
        self._progress(self._name, self.rows)
