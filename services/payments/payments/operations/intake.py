"""An 835 came in: each of its cheques is accepted to be posted, or refused whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from common.failpoints import failpoint, named
from common.money import Money
from common.uow import Transaction, UnitOfWork
from payments.domain.balancing import imbalances
from payments.domain.cheque import received
from payments.domain.remittance import NOTHING_PROCESSED, PaidClaim, Remittance
from payments.operations.receivables import POST
from payments.store import ledger, queue, remittances
from payments.store.ledger import Booking, booked_as
from payments.store.remittances import InterchangeState, PaymentState, RemittanceState

READ = "read-remittance"
MOST_FINDINGS = 100

TAKEN_IN = named("payments.taken-in", "A cheque of a file is booked as received; the transaction is not committed.")
ACCEPTED = named("payments.cheque-accepted", "A cheque of a file is taken in for good; those after it may not be.")


async def announce(uow: UnitOfWork, interchange_id: UUID, interchange_control: str) -> None:
    """An 835 lies with edi: fetch and read it outside this transaction."""
    async with uow.begin() as tx:
        if await remittances.announce(tx, interchange_id, interchange_control):
            tx.schedule(READ, interchange_id, due_at=tx.now)


async def unread_before(uow: UnitOfWork, interchange_id: UUID) -> Sequence[UUID]:
    """Interchanges that came before this one and wait to be read: edi's ids grow with time."""
    async with uow.begin() as tx:
        return await remittances.unread_before(tx, interchange_id)


async def to_read(uow: UnitOfWork, interchange_id: UUID) -> bool:
    """Whether the interchange still has to be read."""
    async with uow.begin() as tx:
        state = await remittances.interchange_state(tx, interchange_id)
        return state is InterchangeState.WAITING


async def refuse_file(uow: UnitOfWork, interchange_id: UUID, code: str, finding: str) -> None:
    """Nothing of the interchange can be trusted: it goes to the queue with what is wrong."""
    async with uow.begin() as tx:
        if await remittances.interchange_state(tx, interchange_id) is InterchangeState.WAITING:
            await queue.put(tx, queue.Kind.REFUSED, code, [finding], interchange_id=interchange_id)
            await remittances.end_interchange(tx, interchange_id, InterchangeState.REFUSED)
            tx.audit("decide", "interchange", interchange_id, outcome="refused", code=code)


async def accept(uow: UnitOfWork, interchange_id: UUID, cheques: Sequence[Remittance], *, today: date) -> None:
    """Take in every cheque of an interchange, each in its own transaction; what was taken in before stays as it is."""
    for cheque in cheques:
        async with uow.begin() as tx:
            await remittances.interchange_state(tx, interchange_id)
            if await remittances.at(tx, interchange_id, cheque.position) is None:
                await _take_in(tx, interchange_id, cheque, today)
                failpoint(TAKEN_IN)
        failpoint(ACCEPTED)
    async with uow.begin() as tx:
        await remittances.end_interchange(tx, interchange_id, InterchangeState.READ)


async def _take_in(tx: Transaction, interchange_id: UUID, cheque: Remittance, today: date) -> None:
    off = imbalances(cheque)
    if off:
        sentences = [item.sentence for item in off[:MOST_FINDINGS]]
        return await _refuse(tx, interchange_id, cheque, "unbalanced", sentences)
    accepted = await remittances.add(tx, interchange_id, cheque, RemittanceState.POSTING)
    if accepted is None:
        earlier = await remittances.same_payment(tx, cheque)
        sentence = (
            f"Remittance {earlier} has the same payer, trace {cheque.trace}, amount {cheque.total} "
            f"and date {cheque.paid_on}; it was not posted a second time."
        )
        return await _refuse(tx, interchange_id, cheque, "duplicate-remittance", [sentence])
    await remittances.add_claims(tx, accepted, [(claim, _first_state(claim)) for claim in cheque.claims])
    await ledger.write(tx, [Booking(booked_as(accepted), received(cheque))], posted_on=today)
    tx.schedule(POST, accepted, due_at=tx.now)
    tx.audit("create", "remittance", accepted, total=str(cheque.total), claims=len(cheque.claims))
    return None


async def _refuse(
    tx: Transaction, interchange_id: UUID, cheque: Remittance, code: str, findings: Sequence[str]
) -> None:
    refused = await remittances.add(tx, interchange_id, cheque, RemittanceState.REFUSED)
    await queue.put(tx, queue.Kind.REFUSED, code, findings, interchange_id=interchange_id, remittance_id=refused)
    tx.audit("decide", "interchange", interchange_id, outcome="refused", code=code, position=cheque.position)


def _first_state(claim: PaidClaim) -> PaymentState:
    idle = claim.status in NOTHING_PROCESSED and claim.paid == Money.zero()
    return PaymentState.NOTED if idle else PaymentState.WAITING
