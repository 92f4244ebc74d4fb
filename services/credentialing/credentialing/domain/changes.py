"""Changes that have to be reported, to whom and by when.

Medicare hears of a practice location, an adverse legal action and an ownership within 30 days and of anything else
within 90 (42 CFR 424.516(d)); NPPES of any change of what it shows within 30 (45 CFR 162.410(a)(4); rulebook 13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from credentialing.domain.holders import Holder
from credentialing.domain.refusals import AlreadyReported, DatesOutOfOrder, InTheFuture


class ChangeKind(StrEnum):
    PRACTICE_LOCATION = "practice_location"
    ADVERSE_ACTION = "adverse_legal_action"
    OWNERSHIP = "ownership"
    NAME = "name"
    TAXONOMY = "taxonomy"
    LICENSE = "license"
    OTHER = "other"


class Recipient(StrEnum):
    MEDICARE = "medicare"
    NPPES = "nppes"


# Days by recipient and kind; a kind that is not named has the days of any other change.
_SOON: Mapping[Recipient, frozenset[ChangeKind]] = {
    Recipient.MEDICARE: frozenset({ChangeKind.PRACTICE_LOCATION, ChangeKind.ADVERSE_ACTION, ChangeKind.OWNERSHIP}),
    Recipient.NPPES: frozenset(ChangeKind),
}
_SOON_DAYS, _OTHER_DAYS = 30, 90


def due_on(recipient: Recipient, kind: ChangeKind, happened_on: date) -> date:
    """The last day on which the change is reported in time."""
    return happened_on + timedelta(days=_SOON_DAYS if kind in _SOON[recipient] else _OTHER_DAYS)


@dataclass(frozen=True, slots=True)
class ToReport:
    """A change of a clinician, a group or a location that one recipient has to hear of."""

    id: UUID
    holder: Holder
    kind: ChangeKind
    recipient: Recipient
    happened_on: date
    due_on: date
    reported_on: date | None = None
    reference: str | None = None
    version: int = 1

    def reported(self, on: date, reference: str | None, today: date) -> ToReport:
        """Raises AlreadyReported, InTheFuture, DatesOutOfOrder."""
        if self.reported_on is not None:
            raise AlreadyReported(change_id=self.id, reported_on=self.reported_on)
        if on > today:
            raise InTheFuture(what="report", day=on)
        if on < self.happened_on:
            raise DatesOutOfOrder(earlier="the change", earlier_day=self.happened_on, later="The report", later_day=on)
        return replace(self, reported_on=on, reference=reference)
