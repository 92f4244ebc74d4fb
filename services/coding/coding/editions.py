"""Loaded code sets to the edits in force on a date. Reads only; `dermbill codes load` writes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, not_, or_, select

from codes.edits import STARTER, Edits, Pairs, limit_of
from codes.mue import Limit
from codes.ncci import Edit
from codes.publications.recognised import Kind, Quarter
from coding.tables import add_on_codes, code_set_editions, ncci_pairs, unit_limits
from common.uow import Transaction

_MOST_SNAPSHOTS = 4
_NEVER_ACTIVE = "9"
_EDITS = (Kind.PAIRS, Kind.UNIT_LIMITS, Kind.ADD_ONS)


@dataclass(frozen=True, slots=True)
class Edition:
    """One loaded table of one quarter. `files` are names with their SHA-256."""

    id: UUID
    kind: str
    quarter: str
    in_force_from: date
    files: tuple[Mapping[str, str], ...]
    rows: int
    loaded_at: datetime


async def all_editions(tx: Transaction) -> list[Edition]:
    """Every loaded edition, by kind and newest first."""
    order = (code_set_editions.c.kind, code_set_editions.c.in_force_from.desc())
    return [edition_of(row) for row in await tx.rows(select(code_set_editions).order_by(*order))]


def edition_of(row: Any) -> Edition:
    """From a row of `code_set_editions`."""
    return Edition(
        row["id"], row["kind"], row["quarter"], row["in_force_from"], tuple(row["files"]), row["rows"],
        row["loaded_at"],
    )  # fmt: skip


class Snapshots:
    """The edits of the last few quarters asked for. A load makes a new edition, and so a new snapshot."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[object, ...], Edits] = OrderedDict()

    async def on(self, tx: Transaction, day: date) -> Edits:
        """The edits for services of that day: the newest edition begun by then, else the oldest held.

        One short query finds the editions; the tables are read once for each quarter, never for a pair.
        """
        found = await _in_force(tx, day)
        if not found:
            return STARTER
        key = (Quarter.of(day), *sorted(edition.id for edition in found.values()))
        edits = self._held.get(key)
        if edits is None:
            edits = self._held[key] = await _read(tx, found, Quarter.of(day))
        self._held.move_to_end(key)
        while len(self._held) > _MOST_SNAPSHOTS:
            self._held.popitem(last=False)
        return edits


SNAPSHOTS = Snapshots()


async def _in_force(tx: Transaction, day: date) -> dict[str, Edition]:
    editions = code_set_editions
    begun = (editions.c.in_force_from <= day).desc()
    # Of those begun the newest; of those that begin later the oldest.
    distance = func.abs(editions.c.in_force_from - day)
    query = select(editions).where(editions.c.kind.in_(_EDITS)).order_by(editions.c.kind, begun, distance)
    found: dict[str, Edition] = {}
    for row in await tx.rows(query):
        found.setdefault(row["kind"], edition_of(row))
    return found


async def _read(tx: Transaction, found: Mapping[str, Edition], quarter: Quarter) -> Edits:
    pairs, limits, parents = (found.get(kind) for kind in _EDITS)
    return Edits(
        pairs=await _pairs(tx, pairs, quarter) if pairs else None,
        limits=await _limits(tx, limits) if limits else None,
        parents=await _parents(tx, parents, quarter) if parents else None,
    )


async def _pairs(tx: Transaction, edition: Edition, quarter: Quarter) -> Pairs:
    table = ncci_pairs
    ours = and_(table.c.edition_id == edition.id, table.c.indicator != _NEVER_ACTIVE)
    throughout = and_(
        table.c.effective <= quarter.first, or_(table.c.deleted.is_(None), table.c.deleted >= quarter.last)
    )
    record = table.c.column2 + table.c.indicator
    packed = select(table.c.column1, func.string_agg(record, "").label("held"))
    whole = await tx.rows(packed.where(ours, throughout).group_by(table.c.column1))
    touched = and_(table.c.effective <= quarter.last, or_(table.c.deleted.is_(None), table.c.deleted >= quarter.first))
    partial: dict[tuple[str, str], tuple[Edit, ...]] = {}
    for row in await tx.rows(select(table).where(ours, touched, not_(throughout))):
        key = (row["column1"], row["column2"])
        edit = Edit(*key, row["indicator"] == "1", row["effective"], row["deleted"], edition.quarter)
        partial[key] = (*partial.get(key, ()), edit)
    return Pairs(edition.quarter, {row["column1"]: row["held"] for row in whole}, partial)


async def _limits(tx: Transaction, edition: Edition) -> dict[str, Limit]:
    rows = await tx.rows(select(unit_limits).where(unit_limits.c.edition_id == edition.id))
    return {row["code"]: limit_of(row["code"], row["units"], row["adjudication"], edition.quarter) for row in rows}


async def _parents(tx: Transaction, edition: Edition, quarter: Quarter) -> dict[str, frozenset[str]]:
    table = add_on_codes
    active = and_(table.c.effective <= quarter.last, or_(table.c.deleted.is_(None), table.c.deleted >= quarter.first))
    query = select(table).where(table.c.edition_id == edition.id, table.c.parent.is_not(None), active)
    found: dict[str, set[str]] = {}
    for row in await tx.rows(query):
        found.setdefault(row["add_on"], set()).add(row["parent"])
    return {add_on: frozenset(parents) for add_on, parents in found.items()}
