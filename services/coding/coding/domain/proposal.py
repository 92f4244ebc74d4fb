"""What an EHR proposes as codes: kept beside what the engine finds, and never coded from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from codes import cpt, icd10
from coding.domain.coded_visit import CodedVisit
from coding.domain.differences import CODES_ALONE, BilledLine, Difference, Sides, Standing, billed, compare

MOST_PROPOSED = 200
# A proposal is kept as it was sent, also where no table knows the code; what is longer or has blanks is no code at all.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
MODIFIER = re.compile(r"[A-Za-z0-9]{1,4}")


class Source(StrEnum):
    """The way in."""

    REST = "rest"
    FHIR = "fhir"
    HL7 = "hl7v2"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The lines of one message, in its order."""

    source: Source
    lines: tuple[BilledLine, ...]


def proposed_line(code: str, units: int, modifiers: tuple[str, ...] = (), dx: tuple[str, ...] = ()) -> BilledLine:
    """A line as the EHR wrote it, with diagnoses dotted where they are ICD-10-CM in form.

    Raises ValueError naming the part (code, units, modifiers, dx) whose form is that of no code.
    """
    if not CODE.fullmatch(code):
        raise ValueError("code must be 1 to 20 letters, digits, dots and dashes")
    if not 1 <= units <= 9999:
        raise ValueError("units must be a whole number from 1 to 9999")
    if len(modifiers) > 10 or not all(MODIFIER.fullmatch(one) for one in modifiers):
        raise ValueError("modifiers must be at most ten, of 1 to 4 letters and digits each")
    if len(dx) > 12 or not all(CODE.fullmatch(one) for one in dx):
        raise ValueError("dx must be at most twelve, of 1 to 20 letters, digits, dots and dashes each")
    return BilledLine(code.upper(), units, tuple(one.upper() for one in modifiers), tuple(_dotted(one) for one in dx))


def beside(proposal: Proposal, coded: CodedVisit, on: date) -> tuple[Difference, ...]:
    """Every line proposed or found, with why they differ; `on` is the date of service."""
    sides = Sides("proposed", "found", CODES_ALONE)
    return tuple(
        replace(found, says=(*found.says, *_why(found, coded, on)))
        for found in compare(proposal.lines, billed(coded), sides)
    )


def agrees(proposal: Proposal, coded: CodedVisit) -> bool:
    """Whether the EHR and the engine say the very same."""
    return all(
        found.standing is Standing.SAME for found in compare(proposal.lines, billed(coded), Sides(compared=CODES_ALONE))
    )


def _why(found: Difference, coded: CodedVisit, on: date) -> Iterator[str]:
    if found.standing is Standing.REMOVED:
        yield from _why_not(found.cpt, coded, on)
    elif found.standing is not Standing.SAME:
        yield from _rules_of(found.second, coded)


def _rules_of(line: BilledLine | None, coded: CodedVisit) -> Iterator[str]:
    """The rules that made the line, each once."""
    reasons = [
        reason.rule
        for made in (*coded.lines, *coded.self_pay_lines)
        if line and (made.cpt, made.units, made.modifiers, made.dx) == (line.cpt, line.units, line.modifiers, line.dx)
        for reason in made.reasons
    ]
    yield from dict.fromkeys(f"{rule.says} ({rule.id}, {rule.source})" for rule in reasons)


def _why_not(code: str, coded: CodedVisit, on: date) -> Iterator[str]:
    known = cpt.lookup(code)
    told = [finding.says for finding in coded.findings if finding.flag.endswith(f":{code}")]
    if known is None:
        yield f"No table has {code} as a code."
    elif not known.is_valid_on(on):
        yield f"{code} is not valid on {on}."
    elif told:
        yield from dict.fromkeys(told)
    elif coded.questions:
        yield f"The visit waits for {len(coded.questions)} answers; {code} may follow from one of them."
    else:
        yield f"No documented fact leads to {code}."


def _dotted(code: str) -> str:
    try:
        return icd10.dotted(code)
    except ValueError:
        return code.upper()
