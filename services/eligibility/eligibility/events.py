"""Kafka in: coverages of patients, and coded visits.

Each view holds the fields that eligibility uses; the rest of an event is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.handlers import Handlers, Received
from common.uow import UnitOfWork
from eligibility.operations import scheduling

HANDLERS = Handlers()


@dataclass(frozen=True, slots=True)
class CoverageOnFile:
    """CoverageRecorded and CoverageChanged of patients."""

    patient_id: UUID
    coverage_id: UUID
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class EncounterCoded:
    patient_id: UUID
    date_of_service: date


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
