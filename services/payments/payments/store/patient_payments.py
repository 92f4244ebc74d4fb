"""Patients' payments as they were recorded; what they settled is in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from common.money import Money
from common.phi import Phi
from common.uow import Transaction
from payments.domain.receivable import Method
from payments.sealing import REFERENCE, reference_hash
from payments.tables import patient_payments


@dataclass(frozen=True, slots=True)
class PatientPayment:
    id: UUID
    claim_id: UUID
    amount: Money
    method: Method
    reference: Phi[str] | None
    received_on: date


async def add(tx: Transaction, payment: PatientPayment) -> bool:
    """False when an external payment of that reference is there already."""
    named, practice_id = payment.reference, tx.practice_id
    statement = insert(patient_payments).values(
        practice_id=practice_id,
        id=payment.id,
        claim_id=payment.claim_id,
        amount=payment.amount,
        method=payment.method,
        sealed_reference=REFERENCE.seal_if(tx.vault, practice_id, payment.id, named),
        reference_hash=reference_hash(tx.vault, practice_id, named) if named else None,
        received_on=payment.received_on,
    )
    result = await tx.execute(statement.on_conflict_do_nothing())
    return result.rowcount == 1
