"""What coding says of an encounter, as far as units go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Word:
    """One event of an encounter; the one with the highest `version` holds. Without lines nothing of it counts."""

    encounter_id: UUID
    version: int
    patient_id: UUID
    on: date | None = None
    rendering_npi: str | None = None
    units: Mapping[str, int] = field(default_factory=dict[str, int])


def units_by_code(lines: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """The units of a code summed over its lines."""
    counted: Counter[str] = Counter()
    for code, units in lines:
        counted[code] += units
    return dict(sorted(counted.items()))
