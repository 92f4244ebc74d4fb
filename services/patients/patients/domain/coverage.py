"""A coverage on file, and which of several pays first on a day (rulebook 9.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from common.change import Change
from common.phi import Phi
from patients.domain.events import CoverageChanged, CoverageRecorded
from patients.domain.person import Person
from patients.domain.refusals import CoverageOverlaps, DatesReversed, SubscriberMissing


class Relationship(StrEnum):
    """Of the patient to the subscriber."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CoverageFacts:
    """What the card says. `subscriber` is None when the patient is the subscriber; dates are inclusive."""

    payer_id: str
    member_id: Phi[str]
    relationship: Relationship
    priority: int
    effective_from: date
    effective_to: date | None = None
    group_number: Phi[str] | None = None
    subscriber: Person | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    id: UUID
    patient_id: UUID
    facts: CoverageFacts
    version: int = 1

    def in_force(self, on: date) -> bool:
        facts = self.facts
        return facts.effective_from <= on and (facts.effective_to is None or on <= facts.effective_to)

    def amended(self, facts: CoverageFacts, others: Iterable[Coverage]) -> Change[Coverage]:
        """The coverage with corrected facts. Raises what `record` raises."""
        changed = replace(self, facts=_checked(facts, (c for c in others if c.id != self.id)))
        return Change(changed, (_told(CoverageChanged, changed),))


def record(id: UUID, patient_id: UUID, facts: CoverageFacts, others: Iterable[Coverage]) -> Change[Coverage]:
    """Put a coverage on file beside the patient's `others`.

    Raises DatesReversed, SubscriberMissing, and CoverageOverlaps when another has the same priority on a day of it.
    """
    coverage = Coverage(id=id, patient_id=patient_id, facts=_checked(facts, others))
    return Change(coverage, (_told(CoverageRecorded, coverage),))


def in_order(coverages: Iterable[Coverage], on: date) -> list[Coverage]:
    """Those in force on a day, the one that pays first in front."""
    return sorted((c for c in coverages if c.in_force(on)), key=lambda c: c.facts.priority)


def _checked(facts: CoverageFacts, others: Iterable[Coverage]) -> CoverageFacts:
    if facts.effective_to is not None and facts.effective_to < facts.effective_from:
        raise DatesReversed(effective_from=facts.effective_from, effective_to=facts.effective_to)
    if facts.relationship is not Relationship.SELF and facts.subscriber is None:
        raise SubscriberMissing(relationship=facts.relationship.value)
    for other in others:
        day = max(facts.effective_from, other.facts.effective_from)
        ends = min(facts.effective_to or date.max, other.facts.effective_to or date.max)
        if other.facts.priority == facts.priority and day <= ends:
            raise CoverageOverlaps(coverage_id=other.id, priority=facts.priority, day=day)
    return facts


def _told(
    event: type[CoverageRecorded] | type[CoverageChanged], coverage: Coverage
) -> CoverageRecorded | CoverageChanged:
    facts = coverage.facts
    return event(
        patient_id=coverage.patient_id,
        coverage_id=coverage.id,
        payer_id=facts.payer_id,
        priority=facts.priority,
        effective_from=facts.effective_from,
        effective_to=facts.effective_to,
    )
