"""Kafka in: what coding says of encounters, and files of answers that edi received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authorizations.domain.encounter import Word, units_by_code
from authorizations.operations import counting, hearing
from common.handlers import Handlers, Received
from common.uow import UnitOfWork

HANDLERS = Handlers()

ANSWERS = "278"


@dataclass(frozen=True, slots=True)
class CodedLine:
    cpt: str
    units: int


@dataclass(frozen=True, slots=True)
class EncounterCoded:
    """This service's view of EncounterCoded and of EncounterRecoded, which says the same anew."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    rendering_npi: str
    lines: tuple[CodedLine, ...]


@dataclass(frozen=True, slots=True)
class EncounterTakenBack:
    """This service's view of EncounterHeld and EncounterNotBillable: nothing of the encounter counts now."""

    encounter_id: UUID
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
    units = units_by_code((line.cpt, line.units) for line in said.lines)
    word = Word(said.encounter_id, event.version, said.patient_id, said.date_of_service, said.rendering_npi, units)
    await counting.encounter_said(uow, word)


@HANDLERS.on("org.dermbill.encounters.EncounterHeld.v1")
async def encounter_held(uow: UnitOfWork, event: Received[EncounterTakenBack]) -> None:
    said = event.data
    await counting.encounter_said(uow, Word(said.encounter_id, event.version, said.patient_id))


@HANDLERS.on("org.dermbill.encounters.EncounterNotBillable.v1")
async def encounter_not_billable(uow: UnitOfWork, event: Received[EncounterTakenBack]) -> None:
    said = event.data
    await counting.encounter_said(uow, Word(said.encounter_id, event.version, said.patient_id))


@HANDLERS.on("org.dermbill.edi.InterchangeReceived.v1")
async def interchange_received(uow: UnitOfWork, event: Received[InterchangeReceived]) -> None:
    if event.data.kind == ANSWERS:
        await hearing.announce(uow, event.data.interchange_id)
