"""Patients' payments, recorded by staff. Card data never comes here: a processor's reference does."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from common.money import Money
from common.phi import Phi
from common.web import Creates, Today, needs
from payments.domain.receivable import Method
from payments.operations import patient_payments
from payments.operations.patient_payments import Received
from payments.store.patient_payments import PatientPayment

router = APIRouter(prefix="/patient-payments", tags=["patient payments"])


class PatientPaymentIn(BaseModel):
    """`reference` is required for `external`: the processor's token, which begins with a letter: no card number."""

    claim_id: UUID
    amount: Money
    method: Method
    received_on: date | None = Field(default=None, description="Today when left out")
    reference: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_-]{5,63}$")

    @model_validator(mode="after")
    def _external_is_named(self) -> PatientPaymentIn:
        if self.method is Method.EXTERNAL and not self.reference:
            raise ValueError("an external payment needs its reference")
        return self


class PatientPaymentOut(BaseModel):
    id: UUID
    claim_id: UUID
    amount: Money
    method: Method
    reference: str | None
    received_on: date

    @classmethod
    def of(cls, payment: PatientPayment) -> PatientPaymentOut:
        return cls(
            id=payment.id,
            claim_id=payment.claim_id,
            amount=payment.amount,
            method=payment.method,
            reference=payment.reference.reveal() if payment.reference else None,
            received_on=payment.received_on,
        )


@router.post("", status_code=201, dependencies=[needs("payments:write")])
async def record(body: PatientPaymentIn, uow: Creates, today: Today) -> PatientPaymentOut:
    """Record a payment for a claim. What is paid beyond what is owed becomes the patient's credit."""
    received = Received(
        claim_id=body.claim_id,
        amount=body.amount,
        method=body.method,
        received_on=body.received_on or today,
        reference=Phi(body.reference) if body.reference else None,
    )
    work = uow.answering(PatientPaymentOut.of, 201)
    return PatientPaymentOut.of(await patient_payments.record(work, received, today=today))
