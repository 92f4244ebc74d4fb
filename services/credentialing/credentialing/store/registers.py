"""The registers: payers, billing groups, locations, providers. Found by the numbers that the field uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.dialects.postgresql import insert

from common.ids import new_id
from common.pagination import Cursor, keyset
from common.phi import Phi
from common.refusal import NotFound, Stale
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.payers import DEFAULTS, Payer, Program, Renewal, Terms
from credentialing.domain.place import Group, Location, TinKind
from credentialing.domain.provider import PersonalFacts, Profession, Provider
from credentialing.domain.refusals import LocationInUse, Unregistered
from credentialing.sealing import PERSONAL, PERSONAL_TIN, WHO
from credentialing.tables import enrollments, groups, locations, payers, providers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Registered(Generic[T]):
    """An entry of a register, with the version that an update of it has to name."""

    id: UUID
    entry: T
    version: int


async def payer(tx: Transaction, payer_id: str) -> Registered[Payer]:
    """Raises NotFound."""
    return _payer(await _one(tx, payers, payers.c.payer_id, payer_id, "payer"))


async def list_payers(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Registered[Payer]]:
    return [_payer(row) for row in await tx.rows(keyset(select(payers), payers.c.id, cursor, limit))]


async def terms_of(tx: Transaction, payer_id: str) -> Terms:
    """Raises Unregistered."""
    row = await tx.row(select(payers).where(payers.c.payer_id == payer_id))
    if row is None:
        raise Unregistered(kind="payer", id=payer_id)
    return _payer(row).entry.terms


async def put_payer(tx: Transaction, entry: Payer, version: int) -> Registered[Payer]:
    """Write a payer over `version`; 0 when it is new. Raises Stale."""
    terms = entry.terms
    values = {
        "name": entry.name,
        "program": terms.program.value,
        "renewal": terms.renewal.value,
        "renewal_months": terms.renewal_months,
        "retroactive_days": terms.retroactive_days,
        "notice_days": terms.notice_days,
        "state": entry.state,
    }
    id, saved = await _put(tx, payers, {"payer_id": entry.payer_id}, values, version, "payer")
    return Registered(id, entry, saved)


async def group(tx: Transaction, billing_npi: str) -> Registered[Group]:
    """Raises NotFound."""
    return _group(tx, await _one(tx, groups, groups.c.billing_npi, billing_npi, "group"))


async def group_id(tx: Transaction, entry: Group) -> UUID | None:
    return await tx.scalar(select(groups.c.id).where(groups.c.billing_npi == entry.billing_npi))


async def list_groups(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Registered[Group]]:
    return [_group(tx, row) for row in await tx.rows(keyset(select(groups), groups.c.id, cursor, limit))]


async def put_group(tx: Transaction, entry: Group, version: int) -> Registered[Group]:
    """Write a group over `version`; 0 when it is new. Raises Stale."""
    id = await group_id(tx, entry) or new_id()
    personal = None if entry.public_tin else PERSONAL_TIN.seal(tx.vault, tx.practice_id, id, entry.tin)
    values = {"name": entry.name, "tin": entry.public_tin, "personal_tin": personal}
    _, saved = await _put(tx, groups, {"billing_npi": entry.billing_npi}, values, version, "group", id)
    return Registered(id, entry, saved)


async def location(tx: Transaction, code: str) -> Registered[Location]:
    """Raises NotFound."""
    row = await tx.row(_LOCATIONS.where(locations.c.code == code))
    if row is None:
        raise NotFound(kind="location", id=code)
    return _location(row)


async def list_locations(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Registered[Location]]:
    return [_location(row) for row in await tx.rows(keyset(_LOCATIONS, locations.c.id, cursor, limit))]


async def put_location(tx: Transaction, entry: Location, version: int) -> Registered[Location]:
    """Write a location over `version`; 0 when it is new. Raises Unregistered (its group), LocationInUse, Stale."""
    group_id = await tx.scalar(select(groups.c.id).where(groups.c.billing_npi == entry.billing_npi))
    if group_id is None:
        raise Unregistered(kind="group", id=entry.billing_npi)
    await _keep_group(tx, entry, group_id)
    names = ("name", "line1", "city", "state", "zip", "active", "laboratory")
    values = {name: getattr(entry, name) for name in names} | {"group_id": group_id}
    id, saved = await _put(tx, locations, {"code": entry.code}, values, version, "location")
    return Registered(id, entry, saved)


async def _keep_group(tx: Transaction, entry: Location, group_id: UUID) -> None:
    """A payer enrolled the group at this place: moved to another group the place would carry that along."""
    mine = (locations.c.code == entry.code, locations.c.group_id != group_id)
    enrolled = select(enrollments.c.id).where(enrollments.c.location_id == locations.c.id).exists()
    other = select(groups.c.billing_npi).join(locations, locations.c.group_id == groups.c.id).where(*mine, enrolled)
    if (billing_npi := await tx.scalar(other)) is not None:
        raise LocationInUse(code=entry.code, billing_npi=billing_npi)


async def provider(tx: Transaction, npi: str) -> Registered[Provider]:
    """Raises NotFound."""
    return _provider(tx, await _one(tx, providers, providers.c.npi, npi, "provider"))


async def list_providers(tx: Transaction, cursor: Cursor | None, limit: int) -> list[Registered[Provider]]:
    return [_provider(tx, row) for row in await tx.rows(keyset(select(providers), providers.c.id, cursor, limit))]


async def put_provider(tx: Transaction, entry: Provider, version: int) -> Registered[Provider]:
    """Write a provider over `version`; 0 when it is new. Raises Stale."""
    id = await tx.scalar(select(providers.c.id).where(providers.c.npi == entry.npi)) or new_id()
    values = {
        "who": WHO.seal(tx.vault, tx.practice_id, id, entry.name),
        "profession": entry.profession.value,
        "taxonomies": list(entry.taxonomies),
        "active": entry.active,
    }
    await _put(tx, providers, {"npi": entry.npi}, values, version, "provider", id)
    return await provider(tx, entry.npi)


async def personal_facts(tx: Transaction, npi: str) -> Registered[PersonalFacts | None]:
    """Raises NotFound."""
    row = await _one(tx, providers, providers.c.npi, npi, "provider")
    sealed = row["personal"]
    facts = None if sealed is None else PERSONAL.open(tx.vault, tx.practice_id, row["id"], sealed)
    return Registered(row["id"], facts, row["version"])


async def put_personal_facts(
    tx: Transaction, npi: str, facts: PersonalFacts, version: int
) -> Registered[PersonalFacts | None]:
    """Raises NotFound, Stale."""
    row = await _one(tx, providers, providers.c.npi, npi, "provider")
    sealed = PERSONAL.seal(tx.vault, tx.practice_id, row["id"], facts)
    saved = await save_version(tx, providers, row["id"], version, {"personal": sealed}, kind="provider")
    return Registered(row["id"], facts, saved)


async def _one(tx: Transaction, table: Table, column: Any, value: str, kind: str) -> RowMapping:
    row = await tx.row(select(table).where(column == value))
    if row is None:
        raise NotFound(kind=kind, id=value)
    return row


async def _put(
    tx: Transaction,
    table: Table,
    key: Mapping[str, str],
    values: Mapping[str, Any],
    version: int,
    kind: str,
    id: UUID | None = None,
) -> tuple[UUID, int]:
    [(column, value)] = key.items()
    known = await tx.scalar(select(table.c.id).where(table.c[column] == value))
    if known is not None:
        return known, await save_version(tx, table, known, version, values, kind=kind)
    fresh = {"practice_id": tx.practice_id, "id": id or new_id(), "version": 1, **key, **values}
    added = await tx.scalar(insert(table).values(fresh).on_conflict_do_nothing().returning(table.c.id))
    if added is None or version != 0:
        raise Stale(kind=kind, id=value, version=version)
    return added, 1


_LOCATIONS = select(locations, groups.c.billing_npi).join(groups, groups.c.id == locations.c.group_id)


def _payer(row: RowMapping) -> Registered[Payer]:
    program = Program(row["program"])
    terms = Terms(
        program,
        Renewal(row["renewal"]),
        row["renewal_months"],
        row["retroactive_days"],
        row["notice_days"] or DEFAULTS[program].notice_days,
    )
    return Registered(row["id"], Payer(row["payer_id"], row["name"], terms, row["state"]), row["version"])


def _group(tx: Transaction, row: RowMapping) -> Registered[Group]:
    kind, tin = TinKind.EIN, Phi(row["tin"])
    if row["personal_tin"] is not None:
        kind, tin = TinKind.SSN, PERSONAL_TIN.open(tx.vault, tx.practice_id, row["id"], row["personal_tin"])
    return Registered(row["id"], Group(row["billing_npi"], row["name"], kind, tin), row["version"])


def _location(row: RowMapping) -> Registered[Location]:
    names = ("code", "billing_npi", "name", "line1", "city", "state", "zip", "active")
    location = Location(**{name: row[name] for name in names}, laboratory=bool(row["laboratory"]))
    return Registered(row["id"], location, row["version"])


def _provider(tx: Transaction, row: RowMapping) -> Registered[Provider]:
    entry = Provider(
        npi=row["npi"],
        name=WHO.open(tx.vault, tx.practice_id, row["id"], row["who"]),
        profession=Profession(row["profession"]),
        taxonomies=tuple(row["taxonomies"]),
        active=row["active"],
        excluded_on=row["excluded_on"],
        screened_on=row["screened_on"],
    )
    return Registered(row["id"], entry, row["version"])
