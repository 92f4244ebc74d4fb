"""The practice's registers: its own profile, locations, payers, rendering providers, charge master."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.dialects.postgresql import insert

from claims.domain.parties import Address, Location, Payer, Practice, RenderingProvider
from claims.tables import charges, locations, payers, practices, rendering_providers
from common.ids import new_id
from common.money import Money
from common.pagination import Cursor, keyset
from common.refusal import Stale
from common.store import save_version
from common.uow import Transaction

T = TypeVar("T")

# Of a practice whose profile is not set up yet.
DEFAULT_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Registered(Generic[T]):
    """An entry of a register, with the version that an update of it has to name."""

    id: UUID
    entry: T
    version: int


async def practice(tx: Transaction) -> Registered[Practice] | None:
    row = await tx.row(select(practices))
    return None if row is None else Registered(row["id"], _practice(row), row["version"])


async def time_zone(tx: Transaction) -> str:
    """Where the practice's midnight is."""
    return await tx.scalar(select(practices.c.time_zone)) or DEFAULT_ZONE


async def payer(tx: Transaction, payer_id: str) -> Registered[Payer] | None:
    row = await tx.row(select(payers).where(payers.c.payer_id == payer_id))
    return None if row is None else _registered(row, Payer)


async def rendering(tx: Transaction, npi: str) -> Registered[RenderingProvider] | None:
    row = await tx.row(select(rendering_providers).where(rendering_providers.c.npi == npi))
    return None if row is None else _registered(row, RenderingProvider)


async def location(tx: Transaction, code: str | None) -> Registered[Location] | None:
    """The place of a code; None, as for a code that the register lacks, where a visit names none."""
    row = await tx.row(select(locations).where(locations.c.code == code)) if code else None
    return None if row is None else _located(row)


async def list_locations(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Registered[Location]]:
    return [_located(row) for row in await tx.rows(keyset(select(locations), locations.c.id, cursor, limit))]


async def list_payers(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Registered[Payer]]:
    rows = await tx.rows(keyset(select(payers), payers.c.id, cursor, limit))
    return [_registered(row, Payer) for row in rows]


async def list_rendering(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Registered[RenderingProvider]]:
    statement = keyset(select(rendering_providers), rendering_providers.c.id, cursor, limit)
    return [_registered(row, RenderingProvider) for row in await tx.rows(statement)]


async def list_charges(tx: Transaction, cursor: Cursor | None, limit: int) -> list[RowMapping]:
    return list(await tx.rows(keyset(select(charges), charges.c.id, cursor, limit)))


async def charges_of(tx: Transaction, cpts: Iterable[str]) -> dict[str, Money]:
    """The charge of each code that the charge master knows."""
    rows = await tx.rows(select(charges.c.cpt, charges.c.charge).where(charges.c.cpt.in_(set(cpts))))
    return {row["cpt"]: row["charge"] for row in rows}


async def set_charges(tx: Transaction, prices: Mapping[str, Money]) -> None:
    """Add codes and change the charge of known ones; codes that are not named stay as they are."""
    rows = [
        {"practice_id": tx.practice_id, "id": new_id(), "cpt": cpt, "charge": charge}
        for cpt, charge in sorted(prices.items())
    ]
    statement = insert(charges)
    changed = statement.on_conflict_do_update(
        index_elements=["practice_id", "cpt"], set_={"charge": statement.excluded.charge}
    )
    await tx.execute(changed, rows)


async def put_practice(tx: Transaction, entry: Practice, version: int) -> Registered[Practice]:
    """Write the profile over `version`; 0 when there is none yet. Raises Stale."""
    return await _put(tx, practices, await practice(tx), entry, version, "practice profile")


async def put_payer(tx: Transaction, entry: Payer, version: int) -> Registered[Payer]:
    """Write a payer over `version`; 0 when it is new. Raises Stale."""
    return await _put(tx, payers, await payer(tx, entry.payer_id), entry, version, "payer")


async def put_rendering(tx: Transaction, entry: RenderingProvider, version: int) -> Registered[RenderingProvider]:
    """Write a rendering provider over `version`; 0 when it is new. Raises Stale."""
    return await _put(tx, rendering_providers, await rendering(tx, entry.npi), entry, version, "rendering provider")


async def put_location(tx: Transaction, entry: Location, version: int) -> Registered[Location]:
    """Write a location over `version`; 0 when it is new. Raises Stale."""
    return await _put(tx, locations, await location(tx, entry.code), entry, version, "location")


async def _put(
    tx: Transaction, table: Table, known: Registered[T] | None, entry: T, version: int, kind: str
) -> Registered[T]:
    values = asdict(entry)  # pyright: ignore[reportArgumentType]
    if known is not None:
        return Registered(known.id, entry, await save_version(tx, table, known.id, version, values, kind=kind))
    fresh = {"practice_id": tx.practice_id, "id": new_id(), "version": 1, **values}
    added = await tx.scalar(insert(table).values(fresh).on_conflict_do_nothing().returning(table.c.id))
    if added is None or version != 0:
        raise Stale(kind=kind, id=fresh["id"], version=version)
    return Registered(added, entry, 1)


def _registered(row: RowMapping, kind: type[T]) -> Registered[T]:
    return Registered(row["id"], kind(**_fields(row, kind)), row["version"])


def _practice(row: RowMapping) -> Practice:
    return Practice(**{**_fields(row, Practice), "address": Address(**row["address"])})


def _located(row: RowMapping) -> Registered[Location]:
    entry = Location(**{**_fields(row, Location), "address": Address(**row["address"])})
    return Registered(row["id"], entry, row["version"])


def _fields(row: RowMapping, kind: type[Any]) -> dict[str, Any]:
    return {name: row[name] for name in kind.__dataclass_fields__}
