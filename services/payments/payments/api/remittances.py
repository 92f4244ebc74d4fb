"""What payers sent: cheques, and the claims in them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from common.money import Money
from common.pagination import Cursor, Limit, Page
from common.web import Reads, needs
from payments.domain.remittance import Adjustment, PaidLine, ProviderLevel
from payments.store import listings, remittances
from payments.store.remittances import Cheque, Payment, PaymentState, RemittanceState

router = APIRouter(prefix="/remittances", tags=["remittances"])


class RemittanceOut(BaseModel):
    """One cheque. `standing` counts its claims by state; their sum is `claims` unless it was refused."""

    id: UUID
    interchange_id: UUID
    position: int
    payer: str
    trace: str
    total: Money
    paid_on: date
    adjudicated_on: date
    method: str
    state: RemittanceState
    claims: int
    standing: dict[PaymentState, int]
    provider_level: list[ProviderLevel]

    @classmethod
    def of(cls, cheque: Cheque, standing: dict[PaymentState, int]) -> RemittanceOut:
        return cls.model_validate({name: getattr(cheque, name) for name in Cheque.__slots__} | {"standing": standing})


class ClaimPaymentOut(BaseModel):
    """One claim of a cheque, with its lines as the payer sent them."""

    id: UUID
    position: int
    control_number: str
    payer_claim_number: str | None
    status: str
    state: PaymentState
    claim_id: UUID | None
    reverses: UUID | None
    charge: Money
    paid: Money
    patient_responsibility: Money | None
    adjustments: list[Adjustment]
    lines: list[PaidLine]
    remarks: list[str]

    @classmethod
    def of(cls, payment: Payment) -> ClaimPaymentOut:
        claim = payment.claim
        return cls(
            id=payment.id,
            position=claim.position,
            control_number=claim.control_number,
            payer_claim_number=claim.payer_claim_number,
            status=claim.status,
            state=payment.state,
            claim_id=payment.claim_id,
            reverses=payment.reverses,
            charge=claim.charge,
            paid=claim.paid,
            patient_responsibility=claim.patient_responsibility,
            adjustments=list(claim.adjustments),
            lines=list(claim.lines),
            remarks=list(claim.remarks),
        )


@router.get("", dependencies=[needs("payments:read")])
async def listed(
    reads: Reads, state: RemittanceState | None = None, limit: Limit = 50, cursor: Cursor | None = None
) -> Page[RemittanceOut]:
    """The practice's remittances, oldest first."""
    async with reads.begin() as tx:
        rows = await listings.remittances(tx, state=state, cursor=cursor, limit=limit)
        standing = await remittances.counts(tx, [row.id for row in rows])
    return Page.of(rows, limit, lambda row: RemittanceOut.of(row, dict(standing[row.id])), id_of=lambda row: row.id)


@router.get("/{remittance_id}", dependencies=[needs("payments:read")])
async def get(remittance_id: UUID, reads: Reads) -> RemittanceOut:
    async with reads.begin() as tx:
        cheque = await remittances.find(tx, remittance_id)
        standing = await remittances.counts(tx, [remittance_id])
        tx.audit("read", "remittance", remittance_id)
    return RemittanceOut.of(cheque, dict(standing[remittance_id]))


@router.get("/{remittance_id}/claims", dependencies=[needs("payments:read")])
async def claims(
    remittance_id: UUID,
    reads: Reads,
    state: PaymentState | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[ClaimPaymentOut]:
    """The claims of one cheque with their lines, in the payer's order."""
    async with reads.begin() as tx:
        await remittances.find(tx, remittance_id)
        rows = await listings.claim_payments_of(tx, remittance_id, state=state, cursor=cursor, limit=limit)
        tx.audit("read", "remittance claims", remittance_id, shown=len(rows[:limit]))
    return Page.of(rows, limit, ClaimPaymentOut.of, id_of=lambda row: row.id)
