"""A claim's money at any moment."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from common.money import Money
from common.web import Reads, needs
from payments.domain.accounts import DENIED_RECEIVABLE, PATIENT_CREDIT, PATIENT_PARTS, PAYER_RECEIVABLE
from payments.domain.ledger import Balances, balance, claim_money
from payments.store import claims, ledger

router = APIRouter(prefix="/claims", tags=["claims"])


class ClaimMoneyOut(BaseModel):
    """charge = paid + adjusted + patient + open, with `cents_off` what is missing: always 0.

    `open` is with the payer or denied; `patient` is what the patient owes by reason less the patient's credit.
    """

    claim_id: UUID
    charge: Money
    paid: Money
    adjusted: Money
    patient: Money
    open: Money
    open_with_payer: Money
    open_denied: Money
    patient_by_reason: dict[str, Money]
    patient_credit: Money
    cents_off: int

    @classmethod
    def of(cls, claim_id: UUID, balances: Balances) -> ClaimMoneyOut:
        money = claim_money(balances)
        return cls(
            claim_id=claim_id,
            charge=money.charge,
            paid=money.paid,
            adjusted=money.adjusted,
            patient=money.patient,
            open=money.open,
            open_with_payer=balance(balances, PAYER_RECEIVABLE),
            open_denied=balance(balances, DENIED_RECEIVABLE),
            patient_by_reason={part.removeprefix("patient_"): balance(balances, part) for part in PATIENT_PARTS},
            patient_credit=-balance(balances, PATIENT_CREDIT),
            cents_off=money.cents_off,
        )


@router.get("/{claim_id}/money", dependencies=[needs("payments:read")])
async def money(claim_id: UUID, reads: Reads, on: date | None = None) -> ClaimMoneyOut:
    """The money bar now, or at the end of a past day."""
    async with reads.begin() as tx:
        await claims.find(tx, claim_id)
        balances = await ledger.balances(tx, [claim_id], on=on)
        tx.audit("read", "claim money", claim_id)
    return ClaimMoneyOut.of(claim_id, balances[claim_id])
