"""What payments tells the other services: ids, codes, amounts and dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.money import Money
from payments.domain.accounts import (
    DENIED_RECEIVABLE,
    PATIENT_COINSURANCE,
    PATIENT_COPAY,
    PATIENT_DEDUCTIBLE,
    PATIENT_NONCOVERED,
)
from payments.domain.adjudication import denied, shares
from payments.domain.ledger import Balances, balance, claim_money
from payments.domain.remittance import Adjustment, PaidClaim, PaidLine


@dataclass(frozen=True, slots=True)
class PostedLine:
    """`number` is our line's, 0 when the payer's line is none of ours; `denied` is what stays open of it."""

    number: int
    cpt: str
    modifiers: tuple[str, ...]
    charge: Money
    paid: Money
    denied: Money
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the claim's money is once this posting is in the books, from every remittance so far.

    charge = paid + adjusted + patient + open_denied + open_with_payer.
    """

    paid: Money
    adjusted: Money
    patient: Money
    open_denied: Money
    open_with_payer: Money


@dataclass(frozen=True, slots=True)
class RemittancePosted:
    """A payer's decision on one submission is in the books.

    charge = paid + contractual + patient_responsibility + denied, where what an earlier payer settled is part of
    `contractual`. A reversal carries the amounts it takes back, negative. `standing` is the claim as a whole: one
    remittance alone does not say what an earlier one left open. `forwarded`: the payer has sent the claim on to the
    next payer itself.
    """

    remittance_id: UUID
    claim_id: UUID
    control_number: str
    payer_claim_number: str | None
    status_code: str
    reversal: bool
    adjudicated_on: date
    charge: Money
    paid: Money
    contractual: Money
    patient_responsibility: Money
    denied: Money
    lines: tuple[PostedLine, ...]
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    standing: Standing | None = None
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class PatientBalanceDue:
    """What the patient owes for the claim in all, by reason; `amount` is below zero when we owe the patient.

    The parts are what is owed by reason; what the patient paid beyond them is taken off `amount` alone.
    """

    claim_id: UUID
    patient_id: UUID
    amount: Money
    deductible: Money
    coinsurance: Money
    copay: Money
    noncovered: Money


def posted(
    claim: PaidClaim,
    numbers: Sequence[int],
    balances: Balances,
    *,
    remittance_id: UUID,
    claim_id: UUID,
    control_number: str,
    adjudicated_on: date,
) -> RemittancePosted:
    """The event for one claim payment; `numbers` are our numbers of its lines, in the same order.

    `balances` are the claim's with this payment in them.

    `control_number` is our submission's: what the payer wrote may be another when a person matched the payment.
    """
    share = shares(claim.every_adjustment)
    return RemittancePosted(
        remittance_id=remittance_id,
        claim_id=claim_id,
        control_number=control_number,
        payer_claim_number=claim.payer_claim_number,
        status_code=claim.status,
        reversal=claim.reversal,
        adjudicated_on=adjudicated_on,
        charge=claim.charge,
        paid=claim.paid,
        contractual=share.contractual + share.informational,
        patient_responsibility=share.patient_responsibility,
        denied=share.denied,
        lines=tuple(_line(line, number) for line, number in zip(claim.lines, numbers, strict=True)),
        adjustments=claim.adjustments,
        remarks=claim.remarks,
        standing=standing(balances),
        forwarded=claim.forwarded,
    )


def standing(balances: Balances) -> Standing:
    """The claim's money bar, with what is open parted by whose move it is."""
    money, denied_so_far = claim_money(balances), balance(balances, DENIED_RECEIVABLE)
    return Standing(
        paid=money.paid,
        adjusted=money.adjusted,
        patient=money.patient,
        open_denied=denied_so_far,
        open_with_payer=money.open - denied_so_far,
    )


def _line(line: PaidLine, number: int) -> PostedLine:
    return PostedLine(
        number=number,
        cpt=line.procedure,
        modifiers=line.modifiers,
        charge=line.charge,
        paid=line.paid,
        denied=denied(line.adjustments),
        adjustments=line.adjustments,
        remarks=line.remarks,
    )


def patient_balance(balances: Balances, *, claim_id: UUID, patient_id: UUID) -> PatientBalanceDue:
    """What the patient owes at these balances, less the patient's credit."""
    return PatientBalanceDue(
        claim_id=claim_id,
        patient_id=patient_id,
        amount=claim_money(balances).patient,
        deductible=balance(balances, PATIENT_DEDUCTIBLE),
        coinsurance=balance(balances, PATIENT_COINSURANCE),
        copay=balance(balances, PATIENT_COPAY),
        noncovered=balance(balances, PATIENT_NONCOVERED),
    )
