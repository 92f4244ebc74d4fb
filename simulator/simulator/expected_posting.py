"""What a cheque should do to the books of the one who receives it, by who bears each amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from simulator.adjudication.claim import Claim
from simulator.adjudication.decision import ZERO, Decision
from simulator.course import SECONDARY, SENT_ON
from simulator.records import Payable
from simulator.remittance_file import status_of

REASONS: Mapping[str, str] = {"1": "deductible", "2": "coinsurance", "3": "copay"}
PATIENT_PARTS = (*REASONS.values(), "noncovered")
_LATER_PAYERS = frozenset({SECONDARY, "3"})


@dataclass(frozen=True, slots=True)
class Posting:
    """One CLP that a cheque shows; `trace` is the cheque's."""

    claim: Claim
    payable: Payable
    decision: Decision
    trace: str

    @property
    def control_number(self) -> str:
        return self.payable.control_number or self.claim.control_number

    @property
    def status(self) -> str:
        return status_of(self.claim, self.payable, self.decision)

    @property
    def posts(self) -> bool:
        """A claim that was only sent on moves no money, nor does one that nobody sent move a claim's."""
        return self.status != SENT_ON and not self.payable.control_number

    @property
    def by_bearer(self) -> Mapping[str, Decimal]:
        """contractual, denied and prior_payer."""
        sums = {"contract": ZERO, "denied": ZERO, "prior_payer": ZERO, "patient": ZERO}
        for one in self.decision.all_adjustments:
            sums[one.bearer] += one.amount
        return {"contractual": sums["contract"], "denied": sums["denied"], "prior_payer": sums["prior_payer"]}

    @property
    def patient(self) -> Mapping[str, Decimal]:
        sums = dict.fromkeys(PATIENT_PARTS, ZERO)
        for one in self.decision.all_adjustments:
            if one.bearer == "patient":
                sums[REASONS.get(one.carc, "noncovered")] += one.amount
        return sums


@dataclass(frozen=True, slots=True)
class Expected:
    """Where a claim's money is when all of its cheques are posted; the parts add up to the charge."""

    charge: Decimal
    paid: Decimal
    contractual: Decimal
    denied: Decimal
    patient: Mapping[str, Decimal]

    @property
    def with_payer(self) -> Decimal:
        return self.charge - self.paid - self.contractual - self.denied - sum(self.patient.values(), ZERO)


def expected(charge: Decimal, postings: Iterable[Posting]) -> Expected:
    """The sum of what posts.

    A later payer answers for what the one before left to the patient, so that what the patient then owes is what
    the later one says.
    """
    paid = contractual = denied = ZERO
    patient: Mapping[str, Decimal] = dict.fromkeys(PATIENT_PARTS, ZERO)
    for one in postings:
        if not one.posts:
            continue
        paid += one.decision.paid
        contractual += one.by_bearer["contractual"]
        denied += one.by_bearer["denied"]
        before = dict.fromkeys(PATIENT_PARTS, ZERO) if one.status in _LATER_PAYERS else patient
        patient = {name: before[name] + amount for name, amount in one.patient.items()}
    return Expected(charge, paid, contractual, denied, patient)
