"""What payers sent: cheques, and the claims in them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from common.money import Money
from common.pagination import Cursor, Limit, Page
from common.web import Reads, needs
from payments.domain.ledger import Kind, Posting
from payments.domain.remittance import Adjustment, PaidLine, ProviderLevel
from payments.store import ledger, listings, remittances
from payments.store.ledger import booked_as
from payments.store.remittances import Cheque, Payment, PaymentState, RemittanceState

router = APIRouter(prefix="/remittances", tags=["remittances"])


class EntryOut(BaseModel):
    """A debit is positive, a credit negative."""

    account: str
    amount: Money


class PostingOut(BaseModel):
    """Entries that sum to zero."""

    kind: Kind
    entries: list[EntryOut]

    @classmethod
    def of(cls, posting: Posting) -> PostingOut:
        return cls.model_validate(posting, from_attributes=True)


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


class RemittanceInBooks(RemittanceOut):
    """`postings` is what the cheque itself and its provider-level adjustments did to the books."""

    postings: list[PostingOut]


class ClaimPaymentOut(BaseModel):
    """One claim of a cheque, with its lines as the payer sent them, and what it did to the books."""

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
    postings: list[PostingOut]

    @classmethod
    def of(cls, payment: Payment, postings: tuple[Posting, ...]) -> ClaimPaymentOut:
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
            postings=[PostingOut.of(posting) for posting in postings],
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
async def get(remittance_id: UUID, reads: Reads) -> RemittanceInBooks:
    """One remittance with what the cheque itself did to the books."""
    async with reads.begin() as tx:
        cheque = await remittances.find(tx, remittance_id)
        standing = await remittances.counts(tx, [remittance_id])
        made = await ledger.postings_under(tx, booked_as(cheque.id), 1 + len(cheque.provider_level))
        tx.audit("read", "remittance", remittance_id)
    out = RemittanceOut.of(cheque, dict(standing[remittance_id]))
    return RemittanceInBooks(**dict(out), postings=[PostingOut.of(posting) for posting in made])


@router.get("/{remittance_id}/claims", dependencies=[needs("payments:read")])
async def claims(
    remittance_id: UUID,
    reads: Reads,
    state: PaymentState | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Page[ClaimPaymentOut]:
    """The claims of one cheque with their lines and their postings, in the payer's order."""
    async with reads.begin() as tx:
        await remittances.find(tx, remittance_id)
        rows = await listings.claim_payments_of(tx, remittance_id, state=state, cursor=cursor, limit=limit)
        made = await ledger.postings_of(tx, [row.id for row in rows])
        tx.audit("read", "remittance claims", remittance_id, shown=len(rows[:limit]))
    return Page.of(rows, limit, lambda row: ClaimPaymentOut.of(row, made[row.id]), id_of=lambda row: row.id)
