"""The good-faith estimate of the No Surprises Act, for who is uninsured or does not use insurance (45 CFR 149.610).

Its clocks (rulebook 7.3): a service scheduled at least ten business days ahead is estimated within three of them, one
scheduled at least three ahead within one, and one that is asked for within three. A bill of at least 400 dollars above
the estimate may be disputed within 120 days; the estimate is kept for six years.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from codes.business_days import after, between
from common.money import Money
from common.phi import Phi
from eligibility.domain.refusals import AlreadyGiven, EstimateNotRequired

SCHEDULE_CLOCKS = ((10, 3), (3, 1))
"""Scheduled at least so many business days ahead: given within so many."""
ASKED_FOR_WITHIN = 3
DISPUTE_FROM = Money("400.00")
DISPUTE_DAYS = 120
KEPT_YEARS = 6


class Why(StrEnum):
    SCHEDULED = "scheduled"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class ExpectedItem:
    """A service that is expected, in plain words, at what the practice charges for it in all."""

    code: str
    description: str
    units: int
    charge: Money
    diagnoses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """Who is expected to give the services: `tin` is the group's EIN."""

    name: str
    npi: str
    tin: str
    street: str
    city: str
    state: str
    zip: str
    telephone: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """Everything the estimate has to say, as it is handed over."""

    patient_name: Phi[str]
    birth_date: Phi[date]
    primary_service: str
    items: tuple[ExpectedItem, ...]
    provider: Provider
    made_on: date
    scheduled_on: date | None = None
    scheduled_apart: tuple[str, ...] = ()

    @property
    def total(self) -> Money:
        return Money.sum(item.charge for item in self.items)


@dataclass(frozen=True, slots=True)
class GoodFaithEstimate:
    """`begun_on` starts the clock: the day of scheduling, or of asking."""

    id: UUID
    patient_id: UUID
    why: Why
    begun_on: date
    due_on: date
    total: Money
    scheduled_on: date | None = None
    given_at: datetime | None = None
    version: int = 1

    def given(self, now: datetime) -> GoodFaithEstimate:
        """It was handed over or sent. Raises AlreadyGiven."""
        if self.given_at is not None:
            raise AlreadyGiven(estimate_id=self.id, day=self.given_at.date())
        return replace(self, given_at=now)

    @property
    def disputed_from(self) -> Money:
        """A bill of this much or more may be disputed."""
        return self.total + DISPUTE_FROM

    def is_late(self, today: date) -> bool:
        return self.given_at is None and today > self.due_on


def due_on(why: Why, begun_on: date, scheduled_on: date | None) -> date:
    """The last day to give it.

    Raises EstimateNotRequired for a service scheduled less than three business days ahead.
    """
    if why is Why.ASKED or scheduled_on is None:
        return after(begun_on, ASKED_FOR_WITHIN)
    ahead = between(begun_on, scheduled_on)
    for at_least, within in SCHEDULE_CLOCKS:
        if ahead >= at_least:
            return after(begun_on, within)
    raise EstimateNotRequired(ahead=ahead)
