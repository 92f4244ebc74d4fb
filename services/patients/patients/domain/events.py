"""What this service tells the others: ids and dates, never who the person is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PatientRegistered:
    """A patient is on file."""

    patient_id: UUID


@dataclass(frozen=True, slots=True)
class PatientChanged:
    """Something about the patient or the guarantor was corrected."""

    patient_id: UUID


@dataclass(frozen=True, slots=True)
class CoverageRecorded:
    """A coverage is on file. `priority` 1 pays first; `effective_to` is the last day, None while open."""

    patient_id: UUID
    coverage_id: UUID
    payer_id: str
    priority: int
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class CoverageChanged:
    """A coverage was corrected or ended."""

    patient_id: UUID
    coverage_id: UUID
    payer_id: str
    priority: int
    effective_from: date
    effective_to: date | None = None
