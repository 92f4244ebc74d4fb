"""What a payer decided about a charge: each CAS amount goes where its group and reason say (rulebook 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codes import carc
from codes.group_codes import GroupCode
from common.money import Money
from payments.domain.accounts import (
    PATIENT_COINSURANCE,
    PATIENT_COPAY,
    PATIENT_DEDUCTIBLE,
    PATIENT_NONCOVERED,
    PATIENT_PARTS,
)
from payments.domain.remittance import Adjustment, PaidClaim

PATIENT_REASONS: Mapping[str, str] = {
    "1": PATIENT_DEDUCTIBLE,
    "2": PATIENT_COINSURANCE,
    "3": PATIENT_COPAY,
}


@dataclass(frozen=True, slots=True)
class Shares:
    """Who bears what of a charge: charge = paid + contractual + patient + denied + informational.

    `patient` is by patient account, every part present. `informational` is what an earlier payer already settled;
    it moves nothing here.
    """

    contractual: Money
    patient: Mapping[str, Money]
    denied: Money
    informational: Money

    @property
    def patient_responsibility(self) -> Money:
        return Money.sum(self.patient.values())


def shares(adjustments: Iterable[Adjustment]) -> Shares:
    """Sort CAS amounts. Only PR ever reaches the patient; what is not understood stays open as denied."""
    by_kind = dict.fromkeys(carc.Kind, Money.zero())
    patient = dict.fromkeys(PATIENT_PARTS, Money.zero())
    for item in adjustments:
        kind = kind_of(item)
        by_kind[kind] += item.amount
        if kind is carc.Kind.PATIENT:
            patient[PATIENT_REASONS.get(item.carc, PATIENT_NONCOVERED)] += item.amount
    return Shares(
        contractual=by_kind[carc.Kind.CONTRACTUAL],
        patient=patient,
        denied=by_kind[carc.Kind.DENIAL],
        informational=by_kind[carc.Kind.INFORMATIONAL],
    )


def kind_of(item: Adjustment) -> carc.Kind:
    """Where one amount goes. A group that 5010 does not know is open like a denial until somebody reads it."""
    return carc.kind_of(item.group, item.carc) if item.group in GroupCode.__members__ else carc.Kind.DENIAL


def denied(adjustments: Iterable[Adjustment]) -> Money:
    return Money.sum(item.amount for item in adjustments if kind_of(item) is carc.Kind.DENIAL)


def doubts(claim: PaidClaim) -> tuple[str, ...]:
    """What a person should read about a payment that balances and is posted all the same, as sentences."""
    unknown = sorted(
        {
            f"{item.group}-{item.carc}"
            for item in claim.every_adjustment
            if carc.lookup(item.carc) is None or item.group not in GroupCode.__members__
        }
    )
    found = [
        f"The reason {reason} is not in our table; "
        + ("the patient was charged with it." if reason.startswith("PR-") else "its amount stays open as denied.")
        for reason in unknown
    ]
    said, adjusted = claim.patient_responsibility, shares(claim.every_adjustment).patient_responsibility
    if said is not None and said != adjusted and not claim.reversal:
        found.append(f"The payer puts the patient's share at {said}, its PR adjustments at {adjusted}.")
    return tuple(found)
