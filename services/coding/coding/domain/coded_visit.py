"""What the engine makes of a visit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coding.domain.findings import Finding
from coding.domain.reasons import RULES_EDITION, Reason
from common.money import Money


class Disposition(StrEnum):
    """`ready` goes to a claim; `hold` waits for a person; the others bill no payer."""

    READY = "ready"
    HOLD = "hold"
    NO_CHARGE = "no_charge"
    PATIENT_ONLY = "patient_only"


@dataclass(frozen=True, slots=True)
class CodedLine:
    """One line. `dx` are its diagnoses, first the one it was mainly for; modifiers stand in claim order.

    `unit_charge` is what the practice charges for one unit; None: its fee schedule has none.
    """

    cpt: str
    units: int
    modifiers: tuple[str, ...]
    dx: tuple[str, ...]
    reasons: tuple[Reason, ...]
    unit_charge: Money | None = None

    @property
    def charge(self) -> Money | None:
        """What the practice charges for the line."""
        return None if self.unit_charge is None else self.unit_charge * self.units


@dataclass(frozen=True, slots=True)
class CodedVisit:
    """The whole answer. On a hold `lines` are what could be told so far and go nowhere.

    `findings` hold every flag's sentence; those with `holds` are the questions a person must answer.
    """

    disposition: Disposition
    lines: tuple[CodedLine, ...]
    self_pay_lines: tuple[CodedLine, ...]
    findings: tuple[Finding, ...]
    rules_edition: str = RULES_EDITION

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(sorted({finding.flag for finding in self.findings}))

    @property
    def questions(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.holds)

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """Every diagnosis of the lines, each once, in the order a claim lists them."""
        return tuple(dict.fromkeys(dx for line in self.lines for dx in line.dx))
