"""Arithmetic that must hold to the cent: claim against lines, and the three balances of a remittance
(rulebook 11).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from x12.errors import START, Position
from x12.findings import Finding, Severity
from x12.model.adjustment import Adjustment
from x12.model.claim import Claim837P
from x12.model.coordination import OtherCoverage
from x12.model.remittance import (
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    RemittanceAdvice,
    RemittancePart,
)  # fmt: skip

_ZERO = Decimal(0)
_PREDETERMINATION = "25"


@dataclass(frozen=True, slots=True)
class Line:
    """A service line: what was asked, what was paid, and the sum of its adjustments."""

    charge: Decimal
    paid: Decimal
    taken: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """The amounts of one CLP: `taken` by claim-level adjustments, `owed` by the patient in PR adjustments,
    `said_owed` CLP05.
    """

    status: str
    charge: Decimal
    paid: Decimal
    taken: Decimal
    lines: tuple[Line, ...]
    owed: Decimal
    said_owed: Decimal | None


@dataclass(frozen=True, slots=True)
class Imbalance:
    """What does not balance: the line's index (None for the claim) and the element of SVC or CLP."""

    line: int | None
    element: int
    message: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class OtherPayerFigures:
    """What one other payer of an 837 did: `charge` is the claim's, `paid` AMT D (None when it is not said or not to be
    held against the rest), `taken` by adjustments of the claim as a whole (`adjusted` says whether there are any),
    `lines` its decisions by the index of the line, those on one line taken together.
    """

    charge: Decimal
    paid: Decimal | None
    taken: Decimal
    adjusted: bool
    lines: Mapping[int, Line]


def coordination_imbalances(figures: OtherPayerFigures) -> Iterator[Imbalance]:
    """The balances of one other payer (005010X222A1, 1.4.1.1); elements are of SVD for a line, AMT D for the claim."""
    for at, line in figures.lines.items():
        if line.charge - line.taken != line.paid:
            yield Imbalance(at, 2, "The line's charge less its adjustments is not what was paid")
    if figures.paid is None or not (figures.lines or figures.adjusted):
        return
    on_lines = sum((line.taken for line in figures.lines.values()), _ZERO)
    if figures.charge - figures.taken - on_lines != figures.paid:
        yield Imbalance(None, 2, "The claim's charge less the other payer's adjustments is not what that payer paid")


def figures_imbalances(figures: Figures) -> Iterator[Imbalance]:
    """The line and claim balances of one CLP, and (as a warning) CLP05 against the PR adjustments."""
    if figures.status == _PREDETERMINATION:
        return
    asked = paid = on_lines = _ZERO
    for number, line in enumerate(figures.lines):
        if line.charge - line.taken != line.paid:
            yield Imbalance(number, 3, "A service line does not balance: charge less adjustments is not paid")
        asked += line.charge
        paid += line.paid
        on_lines += line.taken
    if figures.charge - figures.taken - on_lines != figures.paid:
        yield Imbalance(None, 4, "The claim does not balance: charge less all adjustments is not paid")
    if figures.lines and asked != figures.charge:
        yield Imbalance(None, 3, "The claim's charge is not the sum of its service lines")
    if figures.lines and paid - figures.taken != figures.paid:
        message = "The claim's payment is not the sum of its service lines less its own adjustments"
        yield Imbalance(None, 4, message)
    if figures.said_owed is not None and figures.owed != figures.said_owed:
        yield Imbalance(None, 5, "The patient's responsibility is not the sum of the PR adjustments", "warning")


def claim_imbalances(claim: Claim837P, position: Position = START) -> Iterator[Finding]:
    """CLM02 against the sum of SV102, diagnosis pointers against the diagnoses sent, and what each other payer paid
    and adjusted against the charges.
    """
    unit = ("CLM01", claim.control_number)
    if claim.lines and sum((line.charge for line in claim.lines), _ZERO) != claim.charge:
        yield _finding("The claim's charge is not the sum of its lines", position, "2300", "CLM", 2, unit)
    for line in claim.lines:
        if any(not 1 <= pointer <= len(claim.diagnoses) for pointer in line.pointers):
            message = f"Line {line.number} points to a diagnosis that was not sent"
            yield _finding(message, position, "2400", "SV1", 7, unit)
    for coverage in claim.other_coverages:
        for item in coordination_imbalances(_other_payer(claim, coverage)):
            loop, segment = ("2320", "AMT") if item.line is None else ("2430", "SVD")
            yield _finding(item.message, position, loop, segment, item.element, unit)


def _other_payer(claim: Claim837P, coverage: OtherCoverage) -> OtherPayerFigures:
    lines: dict[int, Line] = {}
    for at, line in enumerate(claim.lines):
        told = [item for item in line.adjudications if item.payer_id == coverage.payer.id]
        if told:
            paid = sum((item.paid for item in told), _ZERO)
            lines[at] = Line(line.charge, paid, sum((_taken(item.adjustments) for item in told), _ZERO))
    taken = _taken(coverage.adjustments)
    return OtherPayerFigures(claim.charge, coverage.paid, taken, bool(coverage.adjustments), lines)


def payment_imbalances(claim: ClaimPayment, position: Position = START) -> Iterator[Finding]:
    """The line and claim balances of one CLP, and (as a warning) CLP05 against the PR adjustments."""
    unit = ("CLP01", claim.control_number)
    owed = sum((item.amount for item in _all(claim) if item.group == "PR"), _ZERO)
    figures = Figures(
        claim.status, claim.charge, claim.paid, _taken(claim.adjustments),
        tuple(Line(item.charge, item.paid, _taken(item.adjustments)) for item in claim.services),
        owed, claim.patient_responsibility,
    )  # fmt: skip
    for item in figures_imbalances(figures):
        loop, segment = ("2100", "CLP") if item.line is None else ("2110", "SVC")
        yield _finding(item.message, position, loop, segment, item.element, unit, item.severity)


def _all(claim: ClaimPayment) -> Iterator[Adjustment]:
    yield from claim.adjustments
    for service in claim.services:
        yield from service.adjustments


def _taken(adjustments: tuple[Adjustment, ...]) -> Decimal:
    return sum((item.amount for item in adjustments), _ZERO)


class ChequeBalance:
    """BPR02 against the sum of CLP04 less the sum of PLB amounts, while the parts of one set stream by."""

    def __init__(self) -> None:
        self.total: Decimal | None = None
        self.paid = _ZERO
        self.withheld = _ZERO

    def add(self, part: RemittancePart) -> None:
        """Count one part of the set."""
        match part:
            case Remittance():
                self.total = -part.total if part.credit == "D" else part.total
            case ClaimPayment():
                self.paid += part.paid
            case ProviderAdjustment():
                self.withheld += part.amount

    def imbalances(self, position: Position = START) -> Iterator[Finding]:
        """The finding, when the cheque does not balance; call after the last part."""
        if self.total is not None and self.paid - self.withheld != self.total:
            message = "The payment is not the sum of its claims less the provider adjustments"
            yield _finding(message, position, "ST", "BPR", 2, None)


def remittance_imbalances(advice: RemittanceAdvice) -> tuple[Finding, ...]:
    """Everything in a remittance that does not balance at line, claim or cheque; empty when all of it
    does.
    """
    cheque = ChequeBalance()
    cheque.add(advice.remittance)
    found: list[Finding] = []
    for claim in advice.claims:
        cheque.add(claim)
        found.extend(payment_imbalances(claim))
    for adjustment in advice.provider_adjustments:
        cheque.add(adjustment)
    found.extend(cheque.imbalances())
    return tuple(found)


def _finding(
    message: str,
    position: Position,
    loop: str,
    segment: str,
    element: int,
    unit: tuple[str, str] | None,
    severity: Severity = "error",
) -> Finding:
    return Finding(severity, "balance", "element", "7", message, position, loop, segment, element, unit=unit)
