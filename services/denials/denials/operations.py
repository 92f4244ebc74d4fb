"""What the denials desk does. Each function is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from common.change import Change
from common.ids import new_id
from common.money import Money
from common.phi import Phi
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from denials import store
from denials.domain import case as cases
from denials.domain.case import FINAL, Denial, DenialCase, Status
from denials.domain.events import LineChange
from denials.domain.terms import Terms

RESPOND_BY, DECISION_DUE = "respond-by", "decision-due"
WARNING = timedelta(days=7)


async def record_denial(
    uow: UnitOfWork, *, claim_id: UUID, encounter_id: UUID, patient_id: UUID, denial: Denial, newly: Money
) -> DenialCase:
    """A remittance denied `newly` of the claim: open its case, or go on with the one it has."""
    async with uow.begin() as tx:
        terms = await store.terms_of(tx, denial.payer_id)
        known = await store.of_claim(tx, claim_id)
        if known is None:
            change = cases.open_case(
                new_id(),
                claim_id=claim_id,
                encounter_id=encounter_id,
                patient_id=patient_id,
                denial=denial,
                terms=terms,
            )
            case = await store.add(tx, change, act="denied")
        else:
            change = known.denied_again(denial, terms, newly=newly)
            case = await store.save(tx, change, act="denied again", remittance_id=denial.remittance_id)
        _watch(tx, case)
        return tx.done(case)


async def request_correction(
    uow: UnitOfWork,
    case_id: UUID,
    version: int,
    changes: tuple[LineChange, ...],
    *,
    authorization_number: str | None,
    reason: Phi[str],
    today: date,
) -> DenialCase:
    """Have the claim sent again, corrected. Raises NotFound, Stale and what DenialCase.request_correction raises."""
    async with uow.begin() as tx:
        case = await _read(tx, case_id, version)
        change = case.request_correction(changes, authorization_number=authorization_number, today=today)
        return await _decided(tx, change, "correction requested", reason)


async def file_appeal(uow: UnitOfWork, case_id: UUID, version: int, *, reason: Phi[str], today: date) -> DenialCase:
    """Record that an appeal went out today. Raises NotFound, Stale and what DenialCase.file_appeal raises."""
    async with uow.begin() as tx:
        case = await _read(tx, case_id, version)
        return await _decided(tx, case.file_appeal(today=today), "appeal filed", reason)


async def uphold(uow: UnitOfWork, case_id: UUID, version: int, *, reason: Phi[str]) -> DenialCase:
    """Close the case without the money. Raises NotFound, Stale, NotPossibleNow."""
    async with uow.begin() as tx:
        case = await _read(tx, case_id, version)
        return await _decided(tx, case.upheld(), "upheld", reason)


async def overturn(uow: UnitOfWork, case_id: UUID, version: int, *, recovered: Money, reason: Phi[str]) -> DenialCase:
    """Record the payer's word that it will pay. Raises NotFound, Stale, NotPossibleNow."""
    async with uow.begin() as tx:
        case = await _read(tx, case_id, version)
        return await _decided(tx, case.overturned(recovered), "overturned", reason)


async def assign(uow: UnitOfWork, case_id: UUID, version: int, owner: str) -> DenialCase:
    """Give the case to somebody. Raises NotFound, Stale."""
    async with uow.begin() as tx:
        case = await _read(tx, case_id, version)
        return await _decided(tx, Change(replace(case, owner=owner)), "assigned", Phi(owner))


async def claim_paid(uow: UnitOfWork, claim_id: UUID, paid: Money) -> None:
    """Nothing of the claim is denied any more: a case that is still being worked is won."""
    async with uow.begin() as tx:
        case = await store.of_claim(tx, claim_id)
        if case is None or case.status in FINAL:
            return
        won = await store.save(tx, case.overturned(paid), act="paid")
        _watch(tx, won)


async def claim_paid_in_part(uow: UnitOfWork, claim_id: UUID, open_denied: Money, *, remittance_id: UUID) -> None:
    """The payer paid and `open_denied` is still denied."""
    await _amount_told(uow, claim_id, lambda case: case.paid_in_part(open_denied, remittance_id), "paid in part")


async def decision_reversed(uow: UnitOfWork, claim_id: UUID, open_denied: Money) -> None:
    """The payer took a decision back; `open_denied` is what is denied without it."""
    await _amount_told(uow, claim_id, lambda case: case.reversed(open_denied), "reversed")


async def _amount_told(
    uow: UnitOfWork, claim_id: UUID, act: Callable[[DenialCase], Change[DenialCase]], name: str
) -> None:
    async with uow.begin() as tx:
        case = await store.of_claim(tx, claim_id)
        if case is None or (change := act(case)).aggregate == case:
            return
        _watch(tx, await store.save(tx, change, act=name, denied=change.aggregate.denial.denied))


async def set_terms(uow: UnitOfWork, payer_id: str, terms: Terms) -> Terms:
    """A payer's windows, for denials from now on."""
    async with uow.begin() as tx:
        await store.set_terms(tx, payer_id, terms)
        return tx.done(terms)


async def remind(uow: UnitOfWork, case_id: UUID, *, about: str, today: date) -> None:
    """A deadline is near or past: say so in the case's history, once for each."""
    async with uow.begin() as tx:
        case = await store.load(tx, case_id)
        due = case.decision_due if about == DECISION_DUE else case.respond_by
        if case.status in FINAL or due is None or due - WARNING > today:
            return
        overdue = today > due
        await store.note(tx, case, act=f"{about} {'missed' if overdue else 'near'}", due=due)
        if not overdue:
            tx.schedule(about, case.id, due_at=_morning(due + timedelta(days=1)), version=case.version)


async def _read(tx: Transaction, case_id: UUID, version: int) -> DenialCase:
    case = await store.load(tx, case_id)
    if case.version != version:
        raise Stale(kind="case", id=case_id, version=version)
    return case


async def _decided(tx: Transaction, change: Change[DenialCase], act: str, reason: Phi[str]) -> DenialCase:
    case = await store.save(tx, change, act=act, reason=reason)
    tx.audit("decide", "denial case", case.id, act=act)
    _watch(tx, case)
    return tx.done(case)


def _watch(tx: Transaction, case: DenialCase) -> None:
    """Set the timers that the case's status calls for, and drop the others."""
    if case.status is Status.OPEN:
        tx.schedule(RESPOND_BY, case.id, due_at=_morning(case.respond_by - WARNING), version=case.version)
    else:
        tx.cancel(RESPOND_BY, case.id)
    if case.status is Status.APPEALED and case.decision_due:
        tx.schedule(DECISION_DUE, case.id, due_at=_morning(case.decision_due - WARNING), version=case.version)
    else:
        tx.cancel(DECISION_DUE, case.id)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
