"""The practice keeps its registers: payers, billing groups, locations, providers."""

from __future__ import annotations

from dataclasses import replace

from common.uow import UnitOfWork
from credentialing.domain.payers import Payer
from credentialing.domain.place import Group, Location
from credentialing.domain.provider import PersonalFacts, Provider
from credentialing.domain.sanctions import SCREENING
from credentialing.store import enrollments
from credentialing.store import registers as store
from credentialing.store.registers import Registered


async def put_payer(uow: UnitOfWork, entry: Payer, version: int) -> Registered[Payer]:
    """Raises Stale when the payer is not at `version` (0: it is new)."""
    async with uow.begin() as tx:
        put = await store.put_payer(tx, entry, version)
        tx.audit("update", "payer", put.id, version=put.version)
        return tx.done(put)


async def put_group(uow: UnitOfWork, entry: Group, version: int) -> Registered[Group]:
    """Raises Stale when the group is not at `version` (0: it is new).

    A TIN that is corrected is told again with every enrollment of the group.
    """
    async with uow.begin() as tx:
        told = await enrollments.of_group(tx, group_id) if (group_id := await store.group_id(tx, entry)) else []
        put = await store.put_group(tx, entry, version)
        for before in told:
            right = replace(before, identity=replace(before.identity, tin=entry.public_tin))
            if right != before and right.spans:
                await enrollments.save(tx, before, right.tell_again(), "group corrected")
        tx.audit("update", "group", put.id, version=put.version)
        return tx.done(put)


async def put_location(uow: UnitOfWork, entry: Location, version: int) -> Registered[Location]:
    """Raises Unregistered, LocationInUse, and Stale when the location is not at `version` (0: it is new)."""
    async with uow.begin() as tx:
        put = await store.put_location(tx, entry, version)
        tx.audit("update", "location", put.id, version=put.version)
        return tx.done(put)


async def put_provider(uow: UnitOfWork, entry: Provider, version: int) -> Registered[Provider]:
    """Raises TaxonomyOfAnother, and Stale when the provider is not at `version` (0: it is new)."""
    async with uow.begin() as tx:
        put = await store.put_provider(tx, entry.checked(), version)
        tx.audit("update", "provider", put.id, version=put.version)
        if entry.active:
            tx.schedule(SCREENING, put.id, due_at=tx.now)
        else:
            tx.cancel(SCREENING, put.id)
        return tx.done(put)


async def put_personal_facts(
    uow: UnitOfWork, npi: str, facts: PersonalFacts, version: int
) -> Registered[PersonalFacts | None]:
    """Raises NotFound, Stale."""
    async with uow.begin() as tx:
        put = await store.put_personal_facts(tx, npi, facts, version)
        tx.audit("update", "personal facts", put.id, version=put.version)
        tx.schedule(SCREENING, put.id, due_at=tx.now)
        return tx.done(put)
