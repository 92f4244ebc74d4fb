"""An encounter: a visit as it was documented, what was made of it, and what the others are told of that.

The claim it leads to is one claim. What is more than one 837P carries is a question to a person, never cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.domain.differences import BilledLine, Difference, billed, changes
from coding.domain.events import (
    EncounterCoded,
    EncounterHeld,
    EncounterNotBillable,
    EncounterRecoded,
    LineChange,
    LineFacts,
    SelfPayLine,
    ServiceLine,
)
from coding.domain.findings import Finding
from coding.domain.proposal import Proposal
from common.phi import Phi

# 837P (005010X222A1): HI of loop 2300 has twelve diagnoses, SV107 four pointers, loop 2400 fifty lines.
DIAGNOSES_ON_A_CLAIM = 12
DIAGNOSES_ON_A_LINE = 4
LINES_ON_A_CLAIM = 50

Announcement = EncounterCoded | EncounterHeld | EncounterNotBillable
# What a claim is made of; the second is told from the second time on.
CODED_EVENTS = (EncounterCoded.__name__, EncounterRecoded.__name__)


@dataclass(frozen=True, slots=True)
class Override:
    """Who replaced the engine's lines by hand, and why."""

    by: str
    at: datetime
    reason: Phi[str]


@dataclass(frozen=True, slots=True)
class Told:
    """A version that the others were told of, and what it was coded as."""

    version: int
    coded: CodedVisit


# repr=False: the document holds notes, which never appear in a log by being printed.
@dataclass(frozen=True, slots=True, repr=False)
class Encounter:
    """A visit as it was documented (`document`, the visit form) and what was made of it.

    `location_code` is the practice's own code of the place where it was, None where nobody has named one; no rule of
    coding reads it. `proposal` is what the EHR would bill, kept beside it and read by no rule.
    """

    id: UUID
    patient_id: UUID
    rendering_npi: str
    visit_number: str | None
    document: Mapping[str, Any]
    coded: CodedVisit
    override: Override | None = None
    proposal: Proposal | None = None
    location_code: str | None = None
    version: int = 1

    @property
    def date_of_service(self) -> date:
        return date.fromisoformat(self.document["date"])

    @property
    def place_of_service(self) -> str:
        return self.document["place_of_service"]

    def announcement(self) -> Announcement:
        """The event that tells what the encounter is now: for a claim, waiting for a person, or for no payer."""
        return _ANNOUNCED[self.coded.disposition](self)

    def announcement_after(self, told: Told | None) -> Announcement | EncounterRecoded:
        """The same, told to those who know `told` as the newest version that was ready."""
        event = self.announcement()
        if told is None or not isinstance(event, EncounterCoded):
            return event
        facts = {name: getattr(event, name) for name in EncounterCoded.__slots__}
        differs = tuple(_line_change(found) for found in changes(billed(told.coded), billed(self.coded)))
        return EncounterRecoded(**facts, replaces=told.version, changes=differs)

    def says_more_than(self, before: Encounter | None) -> bool:
        """Whether the others have to be told; `before` is the version they know, None when they know of none."""
        return before is None or before.announcement() != self.announcement()


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """An encounter as an act left it. `before` is what it was made of: None at first, itself when nothing changed."""

    encounter: Encounter
    before: Encounter | None

    @property
    def is_news(self) -> bool:
        """Whether the act made a version."""
        return self.before is None or self.before.version != self.encounter.version

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What differs in the lines from the version before; nothing at first."""
        return changes(billed(self.before.coded), billed(self.encounter.coded)) if self.before else ()


def within_one_claim(coded: CodedVisit) -> CodedVisit:
    """The same, held when it is more than one claim carries: what to leave out is a person's decision."""
    questions = (*_of_the_claim(coded), *_of_the_lines(coded))
    if coded.disposition is not Disposition.READY or not questions:
        return coded
    return replace(coded, disposition=Disposition.HOLD, findings=(*coded.findings, *questions))


def _of_the_claim(coded: CodedVisit) -> tuple[Finding, ...]:
    found: list[Finding] = []
    lines, diagnoses = len(coded.lines), len(coded.diagnoses)
    if lines > LINES_ON_A_CLAIM:
        says = f"The visit has {lines} lines and a claim carries {LINES_ON_A_CLAIM}; a coder must split it."
        found.append(Finding("CLAIM_LINES", says, holds=True))
    if diagnoses > DIAGNOSES_ON_A_CLAIM:
        says = f"The lines name {diagnoses} diagnoses and a claim carries {DIAGNOSES_ON_A_CLAIM}; which stay?"
        found.append(Finding("CLAIM_DIAGNOSES", says, holds=True, path="problems"))
    return tuple(found)


def _of_the_lines(coded: CodedVisit) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "CLAIM_POINTERS",
            f"{line.cpt} has {len(line.dx)} diagnoses and a line carries {DIAGNOSES_ON_A_LINE}; which stay?",
            holds=True,
            path="problems",
        )
        for line in coded.lines
        if len(line.dx) > DIAGNOSES_ON_A_LINE
    )


def _for_a_claim(encounter: Encounter) -> EncounterCoded:
    coded = encounter.coded
    return EncounterCoded(
        encounter_id=encounter.id,
        patient_id=encounter.patient_id,
        date_of_service=encounter.date_of_service,
        place_of_service=encounter.place_of_service,
        rendering_npi=encounter.rendering_npi,
        diagnoses=coded.diagnoses,
        lines=tuple(_service_line(number, line, coded.diagnoses) for number, line in enumerate(coded.lines, 1)),
        self_pay_lines=_self_pay(coded),
        rules_edition=coded.rules_edition,
        location_code=encounter.location_code,
    )


def _for_a_person(encounter: Encounter) -> EncounterHeld:
    return EncounterHeld(encounter.id, encounter.patient_id, encounter.date_of_service, encounter.coded.flags)


def _for_no_payer(encounter: Encounter) -> EncounterNotBillable:
    return EncounterNotBillable(
        encounter_id=encounter.id,
        patient_id=encounter.patient_id,
        date_of_service=encounter.date_of_service,
        disposition=encounter.coded.disposition.value,
        self_pay_lines=_self_pay(encounter.coded),
    )


_ANNOUNCED: Mapping[Disposition, Callable[[Encounter], Announcement]] = {
    Disposition.READY: _for_a_claim,
    Disposition.HOLD: _for_a_person,
    Disposition.NO_CHARGE: _for_no_payer,
    Disposition.PATIENT_ONLY: _for_no_payer,
}


def _service_line(number: int, line: CodedLine, diagnoses: tuple[str, ...]) -> ServiceLine:
    pointers = tuple(diagnoses.index(dx) + 1 for dx in line.dx)
    return ServiceLine(number, line.cpt, line.units, line.modifiers, pointers, line.unit_charge)


def _self_pay(coded: CodedVisit) -> tuple[SelfPayLine, ...]:
    return tuple(SelfPayLine(line.cpt, line.units, line.unit_charge) for line in coded.self_pay_lines)


def _line_change(found: Difference) -> LineChange:
    return LineChange(found.standing.value, found.cpt, _facts(found.first), _facts(found.second))


def _facts(line: BilledLine | None) -> LineFacts | None:
    return LineFacts(line.units, line.modifiers, line.dx, line.self_pay, line.charge) if line else None
