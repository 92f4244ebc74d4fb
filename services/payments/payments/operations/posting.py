"""Post a cheque's claims to the ledger, a few at a time, so that a crash loses at most one short transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from common.failpoints import failpoint, named
from common.refusal import Refusal
from common.uow import Transaction, UnitOfWork
from payments.domain.adjudication import doubts, shares
from payments.domain.claim_account import Submission
from payments.domain.events import posted as posted_event
from payments.domain.lines import numbered
from payments.domain.payment import PostedPayment, original_of, paid, taken_back, waits
from payments.domain.refusals import ClaimUnknown, ReversalPending
from payments.domain.remittance import PaidClaim
from payments.operations.desk import Desk
from payments.operations.receivables import try_again
from payments.store import claims, ledger, queue, remittances
from payments.store.ledger import Source
from payments.store.remittances import Cheque, Payment, PaymentState, RemittanceState

CHUNK = 100

CHUNK_POSTED = named("payments.chunk-posted", "A chunk of a cheque is posted or queued; it is not committed.")
CHUNK_COMMITTED = named("payments.chunk-committed", "A chunk of a cheque is in the books; its timer is still set.")

Known = Mapping[str, tuple[UUID, Submission]]
Earlier = dict[UUID, list[PostedPayment]]
HeldBack = dict[str, list[PaidClaim]]


async def post_chunk(uow: UnitOfWork, remittance_id: UUID, *, today: date) -> bool:
    """Post the next payments of a cheque; False when none was left. Each payment is posted or queued, never both."""
    async with uow.begin() as tx:
        cheque = await remittances.held(tx, remittance_id)
        waiting = await remittances.next_waiting(tx, remittance_id, CHUNK)
        if not waiting:
            if cheque.state is RemittanceState.POSTING:
                await remittances.set_state(tx, remittance_id, RemittanceState.POSTED)
            return False
        known = await _known(tx, waiting)
        reversals = await remittances.unmatched_reversals(tx, {item.claim.control_number for item in waiting})
        desk = await Desk.open(tx, sorted({claim_id for claim_id, _ in known.values()}))
        earlier = await _earlier(tx, waiting, known, reversals)
        held_back = {number: list(claims) for number, claims in reversals.items()}
        ended = [await _post_or_queue(desk, cheque, payment, known, earlier, held_back) for payment in waiting]
        await _end(desk, ended, today=today)
        failpoint(CHUNK_POSTED)
    failpoint(CHUNK_COMMITTED)
    return True


async def waiting_before(uow: UnitOfWork, remittance_id: UUID) -> Sequence[UUID]:
    """Cheques that came before this one and wait to be posted: what a payer did first is to be posted first."""
    async with uow.begin() as tx:
        return await remittances.waiting_before(tx, remittance_id)


async def post_by_hand(tx: Transaction, cheque: Cheque, payment: Payment, claim_id: UUID, *, today: date) -> Payment:
    """Post one payment to the claim that a person found for it. Raises what `paid` and `original_of` raise."""
    desk = await Desk.of(tx, claim_id)
    submission = await claims.last_submission(tx, claim_id)
    matched = {payment.claim.control_number: (claim_id, submission)}
    earlier = await _earlier(tx, [payment], matched)
    ended = _post(desk, cheque, payment, claim_id, submission, earlier)
    await _note_doubts(desk.tx, cheque, ended)
    await _end(desk, [ended], today=today)
    return ended


async def _known(tx: Transaction, waiting: Sequence[Payment]) -> Known:
    """The claims behind the payments' numbers; a number without one is held until this transaction ends."""
    numbers = {payment.claim.control_number for payment in waiting}
    known = await claims.by_number(tx, numbers)
    missing = sorted(numbers - known.keys())
    for number in missing:
        await claims.hold_number(tx, number)
    return {**known, **await claims.by_number(tx, missing)}


async def _earlier(tx: Transaction, waiting: Sequence[Payment], known: Known, reversals: Iterable[str] = ()) -> Earlier:
    """What is in the books for the claims of which a payment is to be taken back, now or by earlier `reversals`."""
    numbers = {payment.claim.control_number for payment in waiting if payment.claim.reversal} | set(reversals)
    claim_ids = sorted({known[number][0] for number in numbers if number in known})
    by_claim = await remittances.posted_for(tx, claim_ids)
    entries = await ledger.postings_of(tx, [item.id for items in by_claim.values() for item in items])
    taken = {item.reverses for items in by_claim.values() for item in items if item.reverses}
    return {
        claim_id: [PostedPayment(item.id, item.claim, entries[item.id], item.id in taken) for item in items]
        for claim_id, items in by_claim.items()
    }


async def _post_or_queue(
    desk: Desk, cheque: Cheque, payment: Payment, known: Known, earlier: Earlier, held_back: HeldBack
) -> Payment:
    """`held_back` are the reversals that are not in the books, by control number; one that fails here joins them."""
    claim, number = payment.claim, payment.claim.control_number
    try:
        if number not in known:
            raise ClaimUnknown(control_number=number)
        claim_id, submission = known[number]
        if not claim.reversal and waits(claim, held_back.get(number, ()), earlier.get(claim_id, ())):
            raise ReversalPending(control_number=number, paid=claim.paid)
        ended = _post(desk, cheque, payment, claim_id, submission, earlier)
    except Refusal as refusal:
        if claim.reversal:
            held_back.setdefault(number, []).append(claim)
        await queue.put(
            desk.tx,
            queue.Kind.UNMATCHED,
            refusal.code,
            [refusal.detail],
            interchange_id=cheque.interchange_id,
            remittance_id=cheque.id,
            claim_payment_id=payment.id,
        )
        return replace(payment, state=PaymentState.UNMATCHED)
    await _note_doubts(desk.tx, cheque, ended)
    return ended


def _post(
    desk: Desk, cheque: Cheque, payment: Payment, claim_id: UUID, submission: Submission, earlier: Earlier
) -> Payment:
    claim, balances = payment.claim, desk.balances[claim_id]
    reverses: UUID | None = None
    if claim.reversal:
        original = original_of(claim, earlier[claim_id])
        entries, reverses = taken_back(balances, original), original.id
        earlier[claim_id] = [replace(item, reversed=item.reversed or item.id == reverses) for item in earlier[claim_id]]
    else:
        entries = paid(balances, claim, shares(claim.every_adjustment))
    source = Source(f"payment/{payment.id}", claim_id, cheque.id, payment.id)
    desk.book(source, entries)
    event = posted_event(
        claim,
        numbered(claim.lines, submission.lines),
        desk.balances[claim_id],
        remittance_id=cheque.id,
        claim_id=claim_id,
        control_number=submission.control_number,
        adjudicated_on=cheque.adjudicated_on,
    )
    desk.tell(claim_id, event)
    desk.tx.audit("update", "claim account", claim_id, claim_payment=str(payment.id), status=claim.status)
    return replace(payment, state=PaymentState.POSTED, claim_id=claim_id, reverses=reverses)


async def _note_doubts(tx: Transaction, cheque: Cheque, payment: Payment) -> None:
    findings = doubts(payment.claim)
    if findings:
        await queue.put(
            tx,
            queue.Kind.REVIEW,
            "not-understood",
            findings,
            interchange_id=cheque.interchange_id,
            remittance_id=cheque.id,
            claim_payment_id=payment.id,
        )


async def _end(desk: Desk, ended: Sequence[Payment], *, today: date) -> None:
    """Write everything, and give what waited for one of these claims another chance."""
    await remittances.settle(desk.tx, ended)
    posted = [payment for payment in ended if payment.state is PaymentState.POSTED]
    await queue.close_payments(desk.tx, [payment.id for payment in posted], "posted")
    await desk.close(today=today)
    await try_again(desk.tx, *sorted({payment.claim.control_number for payment in posted}))
