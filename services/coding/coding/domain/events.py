"""What this service tells the others: codes, pointers and ids of flags, never what a note says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.money import Money


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A line for the claim. `diagnosis_pointers` count from 1 in the encounter's diagnoses, the main one first.

    `unit_charge` is what the practice charges for one unit, None where its fee schedule has none.
    """

    number: int
    cpt: str
    units: int
    modifiers: tuple[str, ...]
    diagnosis_pointers: tuple[int, ...]
    unit_charge: Money | None = None


@dataclass(frozen=True, slots=True)
class SelfPayLine:
    """A service that the patient pays and that no payer sees."""

    code: str
    units: int
    unit_charge: Money | None = None


@dataclass(frozen=True, slots=True)
class EncounterCoded:
    """The encounter is ready for a claim, for the first time.

    `location_code` is the practice's own code of the place of the visit, None where nobody has named one.
    """

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    place_of_service: str
    rendering_npi: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    self_pay_lines: tuple[SelfPayLine, ...]
    rules_edition: str
    location_code: str | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line on one side of a change; `diagnoses` in their order. `self_pay`: no payer sees it."""

    units: int
    modifiers: tuple[str, ...]
    diagnoses: tuple[str, ...]
    self_pay: bool
    charge: Money | None = None


@dataclass(frozen=True, slots=True)
class LineChange:
    """`change` is added, removed or changed; `before` is None for the first, `now` for the second."""

    change: str
    cpt: str
    before: LineFacts | None
    now: LineFacts | None


@dataclass(frozen=True, slots=True)
class EncounterRecoded:
    """The encounter is ready for a claim anew; it replaces what was told before whole.

    `replaces` is the version that was last told as ready, and `changes` the lines that differ from it: none when it was
    only held in between, or when another clinician or location is all that is new.
    """

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    place_of_service: str
    rendering_npi: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    self_pay_lines: tuple[SelfPayLine, ...]
    rules_edition: str
    replaces: int
    changes: tuple[LineChange, ...]
    location_code: str | None = None


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
