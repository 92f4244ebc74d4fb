"""A corrected claim: the lines that a denial case asks for, scrubbed again, to replace what the payer decided on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from claims.domain.adjudication import answers_another
from claims.domain.assembly import Surroundings, scrubbed
from claims.domain.claim import Claim
from claims.domain.coding import ServiceLine, total
from claims.domain.lifecycle import Fact
from common.change import Change


@dataclass(frozen=True, slots=True)
class LineChange:
    """What changes on a line; None leaves it. The code itself is coding's to change, never a correction's."""

    line: int
    modifiers: tuple[str, ...] | None = None
    diagnosis_pointers: tuple[int, ...] | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    case_id: UUID
    control_number: str
    payer_claim_number: str | None
    changes: tuple[LineChange, ...]
    authorization_number: str | None
    remittance_id: UUID | None = None


def correct(claim: Claim, asked: Correction, around: Surroundings, now: datetime) -> Change[Claim]:
    """Change the lines and judge the claim anew; it then waits for a batch, or is held.

    A request that names a line the claim does not have, or comes when the claim is not denied, or speaks of another
    submission than the current one or of a denial that was not the last, is refused in the history and given to a
    person.
    """
    facts = {"case_id": str(asked.case_id), "control_number": asked.control_number} | _described(asked.changes)
    known = {line.number for line in claim.lines}
    speaks_of_current = bool(claim.submissions) and claim.current.control_number == asked.control_number
    speaks_of_current = speaks_of_current and not answers_another(claim, asked.remittance_id)
    possible = claim.allows(Fact.CORRECTION_REQUESTED) and speaks_of_current
    if not possible or any(change.line not in known for change in asked.changes):
        return Change(claim.refuse(Fact.CORRECTION_REQUESTED, now, facts))
    lines = _changed(claim.lines, asked.changes)
    corrected = replace(
        claim,
        lines=lines,
        charge=total(lines),
        payer_claim_number=asked.payer_claim_number or claim.payer_claim_number,
        authorization_number=asked.authorization_number or claim.authorization_number,
    )
    return scrubbed(corrected.move(Fact.CORRECTION_REQUESTED, now, facts), around, now)


def _changed(lines: Iterable[ServiceLine], changes: Iterable[LineChange]) -> tuple[ServiceLine, ...]:
    wanted = {change.line: change for change in changes}
    return tuple(_line(line, wanted[line.number]) if line.number in wanted else line for line in lines)


def _line(line: ServiceLine, change: LineChange) -> ServiceLine:
    return replace(
        line,
        modifiers=line.modifiers if change.modifiers is None else change.modifiers,
        pointers=line.pointers if change.diagnosis_pointers is None else change.diagnosis_pointers,
        units=line.units if change.units is None else change.units,
    )


def _described(changes: Iterable[LineChange]) -> dict[str, str]:
    said: dict[str, str] = {}
    for change in changes:
        wanted = {
            "modifiers": None if change.modifiers is None else " ".join(change.modifiers),
            "pointers": None if change.diagnosis_pointers is None else " ".join(map(str, change.diagnosis_pointers)),
            "units": None if change.units is None else str(change.units),
        }
        said |= {f"line {change.line} {what}": value for what, value in wanted.items() if value is not None}
    return said
