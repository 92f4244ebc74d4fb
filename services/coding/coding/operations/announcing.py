"""What the other services are told of an encounter, and what no one claim can carry."""

from __future__ import annotations

from dataclasses import replace

from coding import store
from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.domain.events import EncounterCoded, EncounterHeld, EncounterNotBillable, SelfPayLine, ServiceLine
from coding.domain.findings import Finding
from coding.store import Encounter
from common.uow import Transaction

# 837P (005010X222A1): HI of loop 2300 has twelve diagnoses, SV107 four pointers, loop 2400 fifty lines.
MOST_DIAGNOSES = 12
MOST_POINTERS = 4
MOST_LINES = 50

Announcement = EncounterCoded | EncounterHeld | EncounterNotBillable


def within_one_claim(coded: CodedVisit) -> CodedVisit:
    """The same, held when it is more than one claim carries: what to leave out is a person's decision."""
    questions = _overflow(coded)
    if coded.disposition is not Disposition.READY or not questions:
        return coded
    return replace(coded, disposition=Disposition.HOLD, findings=(*coded.findings, *questions))


def announcement(encounter: Encounter) -> Announcement:
    """The event that tells what the encounter is now."""
    coded = encounter.coded
    if coded.disposition is Disposition.HOLD:
        return EncounterHeld(encounter.id, encounter.patient_id, encounter.date_of_service, coded.flags)
    if coded.disposition is not Disposition.READY:
        return EncounterNotBillable(
            encounter_id=encounter.id,
            patient_id=encounter.patient_id,
            date_of_service=encounter.date_of_service,
            disposition=coded.disposition.value,
            self_pay_lines=_self_pay(coded),
        )
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
    )


async def announce(
    tx: Transaction, encounter: Encounter, before: Encounter | None, *, act: str, reason: str | None = None
) -> None:
    """Keep this version in the history, and tell the others unless `before` said the very same."""
    event = announcement(encounter)
    news = before is None or announcement(before) != event
    await store.note(tx, encounter, act=act, reason=reason, published=type(event).__name__ if news else None)
    if news:
        tx.publish(event, key=encounter.id, version=encounter.version)


def _overflow(coded: CodedVisit) -> tuple[Finding, ...]:
    found: list[Finding] = []
    if len(coded.lines) > MOST_LINES:
        says = f"The visit has {len(coded.lines)} lines and a claim carries {MOST_LINES}; a coder must split it."
        found.append(Finding("CLAIM_LINES", says, holds=True))
    if len(coded.diagnoses) > MOST_DIAGNOSES:
        says = f"The lines name {len(coded.diagnoses)} diagnoses and a claim carries {MOST_DIAGNOSES}; which stay?"
        found.append(Finding("CLAIM_DIAGNOSES", says, holds=True, path="problems"))
    for line in coded.lines:
        if len(line.dx) > MOST_POINTERS:
            says = f"{line.cpt} has {len(line.dx)} diagnoses and a line carries {MOST_POINTERS}; which stay?"
            found.append(Finding("CLAIM_POINTERS", says, holds=True, path="problems"))
    return tuple(found)


def _service_line(number: int, line: CodedLine, diagnoses: tuple[str, ...]) -> ServiceLine:
    pointers = tuple(diagnoses.index(dx) + 1 for dx in line.dx)
    return ServiceLine(number, line.cpt, line.units, line.modifiers, pointers)


def _self_pay(coded: CodedVisit) -> tuple[SelfPayLine, ...]:
    return tuple(SelfPayLine(line.cpt, line.units) for line in coded.self_pay_lines)
