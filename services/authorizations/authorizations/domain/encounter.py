"""What coding says of an encounter, as far as units and the payer's agreement go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authorizations.domain.needed import PlannedService
from authorizations.domain.visit_needs import CodedVisit


@dataclass(frozen=True, slots=True)
class Word:
    """One event of an encounter; the one with the highest `version` holds. Without services nothing of it counts.

    The lines of one code are one service: payers count units by code, and their rules are about codes.
    """

    encounter_id: UUID
    version: int
    patient_id: UUID
    on: date | None = None
    rendering_npi: str | None = None
    place: str | None = None
    services: tuple[PlannedService, ...] = ()

    @property
    def visit(self) -> CodedVisit | None:
        """What is put to the rules; None where nothing is coded."""
        if self.on is None or self.place is None or not self.services:
            return None
        return CodedVisit(self.encounter_id, self.version, self.patient_id, self.on, self.place, self.services)


def by_code(lines: Iterable[PlannedService]) -> tuple[PlannedService, ...]:
    """Each code once, with the units of its lines summed and their diagnoses joined, in order of the codes."""
    found: dict[str, PlannedService] = {}
    for line in lines:
        before = found.get(line.code, PlannedService(line.code, 0))
        diagnoses = tuple(dict.fromkeys((*before.diagnoses, *line.diagnoses)))
        found[line.code] = PlannedService(line.code, before.units + line.units, diagnoses)
    return tuple(found[code] for code in sorted(found))
