"""Who the practice exchanges files with."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from common.ids import new_id
from common.refusal import Stale
from common.uow import UnitOfWork
from edi import store
from edi.domain.partner import Partner, PartnerFacts, checked


async def register(uow: UnitOfWork, facts: PartnerFacts, *, allowed_hosts: Iterable[str]) -> Partner:
    """Take a partner on and begin to poll its mailbox.

    Raises BadIdentifier, AddressNotSafe, HostNotAllowed, SenderTaken, PayerRoutedTwice.
    """
    async with uow.begin() as tx:
        partner = Partner(new_id(), checked(facts, allowed_hosts), version=1)
        await store.add_partner(tx, partner)
        tx.schedule("poll-partner", partner.id, due_at=tx.now, version=partner.version)
        tx.audit("create", "partner", partner.id)
        return tx.done(partner)


async def amend(
    uow: UnitOfWork, partner_id: UUID, version: int, facts: PartnerFacts, *, allowed_hosts: Iterable[str]
) -> Partner:
    """Correct a partner read at `version`, and look into its mailbox at once.

    Raises NotFound, Stale and what `register` raises.
    """
    async with uow.begin() as tx:
        partner = await store.load_partner(tx, partner_id)
        if partner.version != version:
            raise Stale(kind="partner", id=partner_id, version=version)
        partner = await store.save_partner(tx, partner.amended(facts, allowed_hosts))
        tx.schedule("poll-partner", partner.id, due_at=tx.now, version=partner.version)
        tx.audit("update", "partner", partner.id, version=partner.version)
        return tx.done(partner)
