"""Who the practice exchanges files with."""

from __future__ import annotations

from uuid import UUID

from common.ids import new_id
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from edi.domain.partner import Partner, PartnerFacts, checked
from edi.operations.reach import Installation, secret
from edi.store import partners, transmissions


async def register(uow: UnitOfWork, facts: PartnerFacts, *, installation: Installation) -> Partner:
    """Take a partner on and begin to poll its mailbox, where it has one.

    Raises what `checked` raises, SecretMissing, SenderTaken, PayerRoutedTwice.
    """
    _has_secret(facts, installation)
    async with uow.begin() as tx:
        partner = Partner(new_id(), checked(facts, installation.allowed_hosts), version=1)
        await partners.add_partner(tx, partner)
        _look_into(tx, partner)
        tx.audit("create", "partner", partner.id)
        return tx.done(partner)


async def amend(
    uow: UnitOfWork, partner_id: UUID, version: int, facts: PartnerFacts, *, installation: Installation
) -> Partner:
    """Correct a partner read at `version`, and look into its mailbox at once.

    Raises NotFound, Stale and what `register` raises.
    """
    _has_secret(facts, installation)
    async with uow.begin() as tx:
        partner = await partners.load_partner(tx, partner_id)
        if partner.version != version:
            raise Stale(kind="partner", id=partner_id, version=version)
        before, partner = partner, await partners.save_partner(tx, partner.amended(facts, installation.allowed_hosts))
        if _moved(before.facts, partner.facts):
            await transmissions.forget_staged(tx, partner.id)
        _look_into(tx, partner)
        tx.audit("update", "partner", partner.id, version=partner.version)
        return tx.done(partner)


def _look_into(tx: Transaction, partner: Partner) -> None:
    if partner.facts.has_mailbox:
        tx.schedule("poll-partner", partner.id, due_at=tx.now, version=partner.version)
    else:
        tx.cancel("poll-partner", partner.id)


def _has_secret(facts: PartnerFacts, installation: Installation) -> None:
    """Better now than when the first claim is due: raises SecretMissing."""
    for name in checked(facts, installation.allowed_hosts).access.files:
        secret(name, installation)


def _moved(before: PartnerFacts, after: PartnerFacts) -> bool:
    return (before.wire, before.base_url, before.folders) != (after.wire, after.base_url, after.folders)
