"""Kafka in: coverages of patients, and coded visits.

Each view holds the fields that eligibility uses; the rest of an event is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.handlers import Handlers, Received
from common.uow import UnitOfWork
from eligibility.domain.coded_visit import CodedVisit
from eligibility.domain.gaps import Planned
from eligibility.operations import reviewing, scheduling

HANDLERS = Handlers()


@dataclass(frozen=True, slots=True)
class CoverageOnFile:
    """CoverageRecorded and CoverageChanged of patients."""

    patient_id: UUID
    coverage_id: UUID
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class CodedLine:
    """`diagnosis_pointers` count from 1 in the encounter's diagnoses."""

    cpt: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    diagnosis_pointers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EncounterCoded:
    """EncounterCoded and EncounterRecoded; EncounterHeld and EncounterNotBillable, which have no lines for a payer."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    diagnoses: tuple[str, ...] = ()
    lines: tuple[CodedLine, ...] = ()

    def visit(self, version: int) -> CodedVisit:
        named = dict(enumerate(self.diagnoses, start=1))
        services = tuple(
            Planned(
                line.cpt,
                line.units,
                tuple(named[at] for at in line.diagnosis_pointers if at in named),
                line.modifiers,
            )
            for line in self.lines
        )
        return CodedVisit(
            self.encounter_id, self.patient_id, self.date_of_service, version, services, waits=bool(services)
        )


@HANDLERS.on("org.dermbill.patients.CoverageRecorded.v1")
async def coverage_recorded(uow: UnitOfWork, event: Received[CoverageOnFile]) -> None:
    said = event.data
    await scheduling.coverage_registered(uow, said.patient_id, said.coverage_id, said.effective_from, said.effective_to)


@HANDLERS.on("org.dermbill.patients.CoverageChanged.v1")
async def coverage_changed(uow: UnitOfWork, event: Received[CoverageOnFile]) -> None:
    await coverage_recorded(uow, event)


@HANDLERS.on("org.dermbill.encounters.EncounterCoded.v1")
async def encounter_coded(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    await scheduling.visit_coded(uow, event.data.patient_id, event.data.date_of_service)
    await reviewing.review_coded(uow, event.data.visit(event.version))


@HANDLERS.on("org.dermbill.encounters.EncounterRecoded.v1")
async def encounter_recoded(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    await encounter_coded(uow, event)


@HANDLERS.on("org.dermbill.encounters.EncounterHeld.v1")
async def encounter_held(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    await reviewing.review_coded(uow, event.data.visit(event.version))


@HANDLERS.on("org.dermbill.encounters.EncounterNotBillable.v1")
async def encounter_not_billable(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    await reviewing.review_coded(uow, event.data.visit(event.version))
