"""Patients' payments as they were recorded; what they settled is in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from common.money import Money
from common.uow import Transaction
from payments.domain.receivable import Method
from payments.tables import patient_payments


@dataclass(frozen=True, slots=True)
class PatientPayment:
    id: UUID
    claim_id: UUID
    amount: Money
    method: Method
    reference: str | None
    received_on: date


async def add(tx: Transaction, payment: PatientPayment) -> bool:
    """False when an external payment of that reference is there already."""
    values = {name: getattr(payment, name) for name in PatientPayment.__slots__} | {"practice_id": tx.practice_id}
    result = await tx.execute(insert(patient_payments).values(values).on_conflict_do_nothing())
    return result.rowcount == 1
