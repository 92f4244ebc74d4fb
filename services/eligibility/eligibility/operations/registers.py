"""The registers: who asks, and how each payer is asked."""

from __future__ import annotations

from common.uow import UnitOfWork
from eligibility.domain.registers import AskingProvider, Payer
from eligibility.store import registers as store


async def put_payer(uow: UnitOfWork, entry: Payer) -> Payer:
    async with uow.begin() as tx:
        await store.put_payer(tx, entry)
        return tx.done(entry)


async def put_asking_provider(uow: UnitOfWork, entry: AskingProvider) -> AskingProvider:
    async with uow.begin() as tx:
        await store.put_asking_provider(tx, entry)
        return tx.done(entry)
