"""The practice keeps its registers: profile, locations, payers, rendering providers, charge master."""

from __future__ import annotations

from collections.abc import Mapping

from claims.domain.parties import Location, Payer, Practice, RenderingProvider
from claims.store import holds, readiness
from claims.store import registers as store
from claims.store.registers import Registered
from common.money import Money
from common.uow import UnitOfWork


async def put_practice(uow: UnitOfWork, entry: Practice, version: int) -> Registered[Practice]:
    """Raises Stale when the profile is not at `version` (0: there is none)."""
    async with uow.begin() as tx:
        put = await store.put_practice(tx, entry, version)
        tx.audit("update", "practice-profile", put.id, version=put.version)
        return tx.done(put)


async def put_location(uow: UnitOfWork, entry: Location, version: int) -> Registered[Location]:
    """The claims that were held because the register lacked it are judged again.

    Raises Stale when the location is not at `version` (0: it is new).
    """
    async with uow.begin() as tx:
        # A claim that is being assembled has either seen the entry, or is found held.
        await readiness.alone(tx)
        put = await store.put_location(tx, entry, version)
        tx.audit("update", "location", put.id, version=put.version)
        holds.weigh_soon(tx, await holds.without_location(tx, entry.code))
        return tx.done(put)


async def put_payer(uow: UnitOfWork, entry: Payer, version: int) -> Registered[Payer]:
    """Raises Stale when the payer is not at `version` (0: it is new)."""
    async with uow.begin() as tx:
        put = await store.put_payer(tx, entry, version)
        tx.audit("update", "payer", put.id, version=put.version)
        return tx.done(put)


async def put_rendering(uow: UnitOfWork, entry: RenderingProvider, version: int) -> Registered[RenderingProvider]:
    """Raises Stale when the provider is not at `version` (0: it is new)."""
    async with uow.begin() as tx:
        put = await store.put_rendering(tx, entry, version)
        tx.audit("update", "rendering-provider", put.id, version=put.version)
        return tx.done(put)


async def set_charges(uow: UnitOfWork, charges: Mapping[str, Money]) -> int:
    """Add and change charges; gives how many were named."""
    async with uow.begin() as tx:
        await store.set_charges(tx, charges)
        tx.audit("update", "charge-master", tx.practice_id, charges=len(charges))
        return tx.done(len(charges))
