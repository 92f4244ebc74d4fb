"""What this service tells the others: codes, pointers and ids of flags, never what a note says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A line for the claim. `diagnosis_pointers` count from 1 in the encounter's diagnoses, the main one first."""

    number: int
    cpt: str
    units: int
    modifiers: tuple[str, ...]
    diagnosis_pointers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SelfPayLine:
    """A service that the patient pays and that no payer sees."""

    code: str
    units: int


@dataclass(frozen=True, slots=True)
class EncounterCoded:
    """The encounter is ready for a claim; a later version replaces an earlier one whole."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    place_of_service: str
    rendering_npi: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    self_pay_lines: tuple[SelfPayLine, ...]
    rules_edition: str


@dataclass(frozen=True, slots=True)
class EncounterHeld:
    """The encounter waits for a person; `flags` are the ids of what the engine raised."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncounterNotBillable:
    """No payer is billed. `disposition` is no_charge or patient_only."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    disposition: str
    self_pay_lines: tuple[SelfPayLine, ...]
