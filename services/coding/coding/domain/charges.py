"""What the practice charges for each line: its own fee schedule by date of service, never nothing in silence.

A charge is the practice's, whoever pays; what a payer allows is another matter (rulebook 12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from coding.domain.aftercare import AFTERCARE
from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.domain.findings import Finding
from common.money import Money

MISSING_CHARGE = "MISSING_CHARGE"
# The parts of a service that have a price of their own; no other modifier changes what the practice charges.
PARTS = frozenset({"26", "TC"})
_BILLED = frozenset({Disposition.READY, Disposition.PATIENT_ONLY})


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Charges for one unit, by code and part (26, TC, or "" for the whole), in force on one date of service.

    `in_force` is whether the practice has any on that date: one that keeps none here is asked for nothing.
    """

    charges: Mapping[tuple[str, str], Money]
    in_force: bool

    def charge(self, line: CodedLine) -> Money | None:
        part = next((modifier for modifier in line.modifiers if modifier in PARTS), "")
        return self.charges.get((line.cpt, part))


def priced(coded: CodedVisit, schedule: FeeSchedule) -> CodedVisit:
    """The visit with a charge on every line that has one; a line to be billed without one holds it."""
    lines = tuple(_priced(line, schedule) for line in coded.lines)
    own = tuple(_priced(line, schedule) for line in coded.self_pay_lines)
    told = tuple(finding for finding in coded.findings if finding.flag != MISSING_CHARGE)
    asked = tuple(_questions((*lines, *own))) if schedule.in_force and coded.disposition in _BILLED else ()
    disposition = Disposition.HOLD if asked else coded.disposition
    return replace(coded, disposition=disposition, lines=lines, self_pay_lines=own, findings=(*told, *asked))


def _priced(line: CodedLine, schedule: FeeSchedule) -> CodedLine:
    return line if line.cpt == AFTERCARE else replace(line, unit_charge=schedule.charge(line))


def _questions(lines: tuple[CodedLine, ...]) -> list[Finding]:
    missing = sorted({_name(line) for line in lines if line.unit_charge is None and line.cpt != AFTERCARE})
    return [
        Finding(MISSING_CHARGE, f"What does the practice charge for {code} on this date?", True, "fee_schedule")
        for code in missing
    ]


def _name(line: CodedLine) -> str:
    part = next((modifier for modifier in line.modifiers if modifier in PARTS), "")
    return f"{line.cpt}-{part}" if part else line.cpt
