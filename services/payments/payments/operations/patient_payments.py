"""A patient paid: at the desk, by cheque, or through somebody who took the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.ids import new_id
from common.money import Money
from common.phi import Phi
from common.uow import UnitOfWork
from payments.domain.receivable import Method, patient_paid
from payments.domain.refusals import ReferenceReused
from payments.operations.desk import Desk
from payments.store import patient_payments
from payments.store.ledger import Source
from payments.store.patient_payments import PatientPayment


@dataclass(frozen=True, slots=True)
class Received:
    """What came in. `reference` is the processor's token for an external payment, never card data."""

    claim_id: UUID
    amount: Money
    method: Method
    received_on: date
    reference: Phi[str] | None


async def record(uow: UnitOfWork, received: Received, *, today: date) -> PatientPayment:
    """Book a patient's payment for a claim; what is paid beyond what is owed becomes the patient's credit.

    Raises NotFound for a claim that was never submitted, NotAPayment, ReferenceReused.
    """
    async with uow.begin() as tx:
        desk = await Desk.of(tx, received.claim_id)
        payment = PatientPayment(
            id=new_id(),
            claim_id=received.claim_id,
            amount=received.amount,
            method=received.method,
            reference=received.reference,
            received_on=received.received_on,
        )
        entries = patient_paid(desk.balances[received.claim_id], received.amount, received.method)
        if not await patient_payments.add(tx, payment):
            raise ReferenceReused
        desk.book(Source(f"patient-payment/{payment.id}", received.claim_id), entries)
        await desk.close(today=today)
        tx.audit("create", "patient payment", payment.id, amount=str(payment.amount), method=payment.method.value)
        return tx.done(payment)
