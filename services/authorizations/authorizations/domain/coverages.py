"""Which payer comes first on a day, from the coverages of a patient as `patients` told of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Coverage:
    """The newest word of a coverage: `priority` 1 pays first, both dates inclusive, None is open."""

    coverage_id: UUID
    version: int
    payer_id: str
    priority: int
    effective_from: date
    effective_to: date | None = None

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Covered:
    """What is known of a patient's coverages. `whole`: all there are; until then `patients` has to be asked."""

    patient_id: UUID
    coverages: tuple[Coverage, ...] = ()
    whole: bool = False

    def hearing(self, *told: Coverage, whole: bool = False) -> Covered:
        """With what was told of some of them; the newest word of each holds, whatever their order."""
        newest = {one.coverage_id: one for one in self.coverages}
        for one in told:
            known = newest.get(one.coverage_id)
            if known is None or known.version < one.version:
                newest[one.coverage_id] = one
        ordered = tuple(newest[coverage_id] for coverage_id in sorted(newest))
        return replace(self, coverages=ordered, whole=self.whole or whole)

    def pays_first(self, on: date) -> str | None:
        """The payer that comes first that day; None without a coverage in force."""
        found = [one for one in self.coverages if one.in_force(on)]
        return min(found, key=lambda one: (one.priority, one.coverage_id)).payer_id if found else None
