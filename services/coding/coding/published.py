"""What the loaded tables say of one code, or of two together, on a date of service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Table, func, or_, select

from codes.icd10 import dotted
from codes.publications.recognised import Kind
from coding.editions import Edition, edition_of
from coding.tables import (
    add_on_codes,
    code_set_editions,
    diagnosis_codes,
    ncci_pairs,
    relative_values,
    supply_codes,
    unit_limits,
)
from common.uow import Transaction

_TABLES: tuple[tuple[Kind, Table, str], ...] = (
    (Kind.RELATIVE_VALUES, relative_values, "code"),
    (Kind.UNIT_LIMITS, unit_limits, "code"),
    (Kind.ADD_ONS, add_on_codes, "add_on"),
    (Kind.DIAGNOSES, diagnosis_codes, "code"),
    (Kind.SUPPLIES, supply_codes, "code"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """The rows of one table, and the edition that they are of."""

    edition: Edition
    rows: Sequence[RowMapping]


async def of_code(tx: Transaction, code: str, on: date) -> list[Entry]:
    """What each loaded table says of the code on that day; a table that does not know it is left out.

    ICD-10-CM codes are found with and without their dot. Entries that ended before the day, or began after it, are
    left out where the table gives dates.
    """
    found: list[Entry] = []
    for kind, table, column in _TABLES:
        edition = await in_force(tx, kind, on)
        if edition is None:
            continue
        written = _dotted(code) if kind is Kind.DIAGNOSES else code
        query = select(table).where(table.c.edition_id == edition.id, table.c[column] == written)
        rows = [row for row in await tx.rows(query) if _in_force(row, on)]
        if rows:
            found.append(Entry(edition, rows))
    return found


async def of_pair(tx: Transaction, one: str, other: str, on: date) -> Entry | None:
    """The pairs of two codes in force on that day, in either order; None where no pairs are loaded."""
    edition = await in_force(tx, Kind.PAIRS, on)
    if edition is None:
        return None
    table = ncci_pairs
    either = or_(
        (table.c.column1 == one) & (table.c.column2 == other), (table.c.column1 == other) & (table.c.column2 == one)
    )
    rows = await tx.rows(select(table).where(table.c.edition_id == edition.id, either))
    return Entry(edition, [row for row in rows if _in_force(row, on)])


async def in_force(tx: Transaction, kind: Kind, on: date) -> Edition | None:
    """The newest edition of a table begun by that day; None where none had begun."""
    editions = code_set_editions
    query = (
        select(editions)
        .where(editions.c.kind == kind, editions.c.in_force_from <= on)
        .order_by(func.abs(editions.c.in_force_from - on))
        .limit(1)
    )
    row = await tx.row(query)
    return edition_of(row) if row else None


def _in_force(row: Any, on: date) -> bool:
    first = row.get("effective") or row.get("added")
    last = row.get("deleted") or row.get("ended")
    return (first is None or first <= on) and (last is None or on <= last)


def _dotted(code: str) -> str:
    try:
        return dotted(code)
    except ValueError:
        return code
