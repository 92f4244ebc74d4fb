"""Kafka in: what coding says of encounters, patients of coverages, and files of answers that edi received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authorizations.domain.coverages import Coverage
from authorizations.domain.encounter import Word, by_code
from authorizations.domain.needed import PlannedService
from authorizations.operations import counting, deciding, hearing, notified
from common.handlers import Handlers, Received
from common.uow import UnitOfWork

HANDLERS = Handlers()

ANSWERS, NOTIFICATION = "278", "PASNOTIFICATION"


@dataclass(frozen=True, slots=True)
class CodedLine:
    """`diagnosis_pointers` count from 1 into the diagnoses of the encounter."""

    cpt: str
    units: int
    diagnosis_pointers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EncounterCoded:
    """This service's view of EncounterCoded and of EncounterRecoded, which says the same anew."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    place_of_service: str
    rendering_npi: str
    diagnoses: tuple[str, ...]
    lines: tuple[CodedLine, ...]

    @property
    def services(self) -> tuple[PlannedService, ...]:
        named = dict(enumerate(self.diagnoses, 1))
        return by_code(
            PlannedService(line.cpt, line.units, tuple(named[at] for at in line.diagnosis_pointers if at in named))
            for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class EncounterTakenBack:
    """This service's view of EncounterHeld and EncounterNotBillable: nothing of the encounter counts now."""

    encounter_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class CoverageOnFile:
    """This service's view of CoverageRecorded and CoverageChanged."""

    patient_id: UUID
    coverage_id: UUID
    payer_id: str
    priority: int
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class PatientRegistered:
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class InterchangeReceived:
    """This service's view of the event of edi."""

    interchange_id: UUID
    kind: str


@HANDLERS.on("org.dermbill.encounters.EncounterCoded.v1")
async def encounter_coded(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    await _coded(uow, event)


@HANDLERS.on("org.dermbill.encounters.EncounterRecoded.v1")
async def encounter_recoded(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    await _coded(uow, event)


async def _coded(uow: UnitOfWork, event: Received[EncounterCoded]) -> None:
    said = event.data
    word = Word(
        said.encounter_id,
        event.version,
        said.patient_id,
        said.date_of_service,
        said.rendering_npi,
        said.place_of_service,
        said.services,
    )
    await counting.encounter_said(uow, word)


@HANDLERS.on("org.dermbill.encounters.EncounterHeld.v1")
async def encounter_held(uow: UnitOfWork, event: Received[EncounterTakenBack]) -> None:
    said = event.data
    await counting.encounter_said(uow, Word(said.encounter_id, event.version, said.patient_id))


@HANDLERS.on("org.dermbill.encounters.EncounterNotBillable.v1")
async def encounter_not_billable(uow: UnitOfWork, event: Received[EncounterTakenBack]) -> None:
    said = event.data
    await counting.encounter_said(uow, Word(said.encounter_id, event.version, said.patient_id))


@HANDLERS.on("org.dermbill.patients.PatientRegistered.v1")
async def patient_registered(uow: UnitOfWork, event: Received[PatientRegistered]) -> None:
    await deciding.patient_registered(uow, event.data.patient_id)


@HANDLERS.on("org.dermbill.patients.CoverageRecorded.v1")
async def coverage_recorded(uow: UnitOfWork, event: Received[CoverageOnFile]) -> None:
    await _covered(uow, event)


@HANDLERS.on("org.dermbill.patients.CoverageChanged.v1")
async def coverage_changed(uow: UnitOfWork, event: Received[CoverageOnFile]) -> None:
    await _covered(uow, event)


async def _covered(uow: UnitOfWork, event: Received[CoverageOnFile]) -> None:
    said = event.data
    coverage = Coverage(
        said.coverage_id, event.version, said.payer_id, said.priority, said.effective_from, said.effective_to
    )
    await deciding.coverage_told(uow, said.patient_id, coverage)


@HANDLERS.on("org.dermbill.edi.InterchangeReceived.v1")
async def interchange_received(uow: UnitOfWork, event: Received[InterchangeReceived]) -> None:
    if event.data.kind == ANSWERS:
        await hearing.announce(uow, event.data.interchange_id)
    if event.data.kind == NOTIFICATION:
        await notified.announce(uow, event.data.interchange_id)
