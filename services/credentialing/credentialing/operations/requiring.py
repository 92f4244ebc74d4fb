"""What payers want, and what was verified at its source."""

from __future__ import annotations

from common.uow import UnitOfWork
from credentialing.domain.holders import Named
from credentialing.domain.refusals import OfAnother
from credentialing.domain.requirements import Requirement
from credentialing.domain.verification import Verification
from credentialing.store import credentials, holders
from credentialing.store import requirements as store
from credentialing.store.requirements import Listed, Recorded


async def put_requirements(uow: UnitOfWork, payer_id: str, wanted: tuple[Requirement, ...], version: int) -> Listed:
    """Set a payer's own list. Raises NotFound, NotHeldBySuch, and Stale when it is not at `version` (0: none)."""
    checked = tuple(requirement.checked() for requirement in wanted)
    async with uow.begin() as tx:
        await store.of_payer(tx, payer_id)
        id, saved = await store.put(tx, payer_id, checked, version)
        tx.audit("update", "requirement list", id, version=saved)
        return tx.done(Listed(payer_id, checked, own=True, version=saved))


async def record_verification(uow: UnitOfWork, named: Named, found: Verification) -> Recorded:
    """Record what a primary source said; who asked is who records it. Raises NotFound, InTheFuture, OfAnother."""
    async with uow.begin() as tx:
        whose = await holders.find(tx, named)
        if found.credential_id is not None:
            paper = await credentials.load(tx, found.credential_id)
            if paper.holder.id != whose.id or paper.facts.kind is not found.item:
                raise OfAnother(credential_id=found.credential_id, item=found.item.value)
        recorded = await store.add_verification(tx, whose, found.checked(uow.today))
        tx.audit("create", "verification", recorded.id, item=found.item.value, result=found.result.value)
        return tx.done(recorded)
