"""Units are counted anew for a patient whenever an encounter or an authorization of theirs changed."""

from __future__ import annotations

from uuid import UUID

from authorizations.domain.authorization import Authorization
from authorizations.domain.counting import CertifiedService, Use, Visit, totals, used, visits
from authorizations.domain.encounter import Word
from authorizations.domain.wish import Kind
from authorizations.operations import deciding
from authorizations.store import encounters
from authorizations.store import records as store
from common.uow import Transaction, UnitOfWork


async def encounter_said(uow: UnitOfWork, word: Word) -> None:
    """Coding said something of an encounter; an older word than the one on file changes nothing."""
    async with uow.begin() as tx:
        heard = await encounters.hear(tx, word)
        if heard is None:
            return
        await count(tx, word.patient_id)
        if word.visit is not None:
            await deciding.visit_coded(tx, word.visit, first=heard.first)


async def count(tx: Transaction, patient_id: UUID) -> None:
    """Give each of the patient's authorizations the units that were done under it, and each referral its visits.

    A visit under a referral may be for a service that has an authorization besides: neither takes from the other.
    """
    held = await store.certified_of(tx, patient_id)
    done = await encounters.done_for(tx, patient_id)
    by_kind = {kind: [one.allowance for one in held if one.wish.kind is kind and one.allowance] for kind in Kind}
    uses = tuple(use for allowances in by_kind.values() for use in used(allowances, done))
    visited = visits(by_kind[Kind.REFERRAL], done)
    by_code = totals(uses)
    for one in held:
        taken = tuple(
            CertifiedService(service.code, by_code[(one.id, service.code)])
            for service in one.decided.certified
            if (one.id, service.code) in by_code
        )
        await _count_one(tx, one, taken, uses, [visit for visit in visited if visit.authorization_id == one.id])


async def _count_one(
    tx: Transaction,
    one: Authorization,
    taken: tuple[CertifiedService, ...],
    uses: tuple[Use, ...],
    visited: list[Visit],
) -> None:
    beyond = any(use.beyond for use in uses if use.authorization_id == one.id) or any(each.beyond for each in visited)
    change = one.used_by(taken, beyond=beyond, visits=sum(not each.beyond for each in visited))
    if change.aggregate != one:
        await store.save(tx, change, act="counted")
