"""Who holds a paper, as rows: one of three columns says which register the holder stands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, select

from common.refusal import NotFound
from common.uow import Transaction
from credentialing.domain.holders import Holder, HolderType, Named
from credentialing.domain.provider import Profession
from credentialing.tables import groups, locations, providers

COLUMNS: Mapping[HolderType, str] = {
    HolderType.PROVIDER: "provider_id",
    HolderType.GROUP: "group_id",
    HolderType.LOCATION: "location_id",
}

_OWN = groups.alias("own_group")
_FOUND: Mapping[HolderType, Any] = {
    HolderType.PROVIDER: select(providers.c.id, providers.c.npi, providers.c.profession),
    HolderType.GROUP: select(groups.c.id, groups.c.billing_npi.label("npi")),
    HolderType.LOCATION: select(locations.c.id, locations.c.code, groups.c.billing_npi.label("npi")).join(
        groups, groups.c.id == locations.c.group_id
    ),
}
_NAMES: Mapping[HolderType, ColumnElement[str]] = {
    HolderType.PROVIDER: providers.c.npi,
    HolderType.GROUP: groups.c.billing_npi,
    HolderType.LOCATION: locations.c.code,
}


async def find(tx: Transaction, named: Named) -> Holder:
    """Raises NotFound."""
    row = await tx.row(_FOUND[named.type].where(_NAMES[named.type] == named.name))
    if row is None:
        raise NotFound(kind=named.type.value, id=named.name)
    profession = Profession(row["profession"]) if "profession" in row else None
    return Holder(named.type, row["id"], row["npi"], row.get("code"), profession)


def column_of(table: Table, holder: Holder) -> ColumnElement[UUID]:
    """The column of `table` by which its rows are the holder's."""
    return table.c[COLUMNS[holder.type]]


def is_of(table: Table, holder: Holder) -> ColumnElement[bool]:
    return column_of(table, holder) == holder.id


def owned_by(holder: Holder) -> dict[str, UUID]:
    return {COLUMNS[holder.type]: holder.id}


def with_holder(table: Table) -> Select[Any]:
    """Rows of `table` with what `holder_in` reads of their holders."""
    return (
        select(
            table,
            providers.c.npi,
            providers.c.profession,
            groups.c.billing_npi,
            locations.c.code,
            _OWN.c.billing_npi.label("place_npi"),
        )
        .outerjoin(providers, providers.c.id == table.c.provider_id)
        .outerjoin(groups, groups.c.id == table.c.group_id)
        .outerjoin(locations, locations.c.id == table.c.location_id)
        .outerjoin(_OWN, _OWN.c.id == locations.c.group_id)
    )


def holder_in(row: Any) -> Holder:
    if row["provider_id"] is not None:
        return Holder(HolderType.PROVIDER, row["provider_id"], row["npi"], profession=Profession(row["profession"]))
    if row["group_id"] is not None:
        return Holder(HolderType.GROUP, row["group_id"], row["billing_npi"])
    return Holder(HolderType.LOCATION, row["location_id"], row["place_npi"], row["code"])
