"""Where a provider worked, and the gaps that a payer wants explained.

Five years are looked at. A gap of more than six months is explained, one of more than a year in writing (NCQA's
credentialing standards; rulebook 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from credentialing.domain.dates import months_after
from credentialing.domain.refusals import DatesOutOfOrder

YEARS_LOOKED_AT, TO_EXPLAIN, TO_WRITE = 5, 6, 12
ONE_DAY = timedelta(days=1)


class Wanted(StrEnum):
    EXPLANATION = "explanation"
    IN_WRITING = "explanation in writing"


@dataclass(frozen=True, slots=True)
class Position:
    """`last` is None for where the provider works now."""

    employer: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of the gap that holds the day `of`."""

    of: date
    text: str
    in_writing: bool = False


@dataclass(frozen=True, slots=True)
class WorkHistory:
    """`since` is the day of the first licence, where the career is shorter than what is looked at."""

    positions: tuple[Position, ...]
    explanations: tuple[Explanation, ...] = ()
    since: date | None = None

    def checked(self) -> WorkHistory:
        """Raises DatesOutOfOrder for a position that ends before it begins."""
        for position in self.positions:
            if position.last is not None and position.last < position.first:
                raise DatesOutOfOrder(
                    earlier="the first day",
                    earlier_day=position.first,
                    later="The last day of a position",
                    later_day=position.last,
                )
        return self


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without a position, both inclusive, and whether what is wanted for them is there."""

    first: date
    last: date
    wanted: Wanted
    explained: bool


def gaps(history: WorkHistory, today: date) -> tuple[Gap, ...]:
    """The gaps in the last five years that need explaining, oldest first."""
    begins = max(months_after(today, -12 * YEARS_LOOKED_AT), history.since or date.min)
    found: list[Gap] = []
    uncovered = begins
    for position in sorted(history.positions, key=lambda position: position.first):
        if position.first > today:
            break
        found += _gap(history, uncovered, position.first - ONE_DAY)
        uncovered = max(uncovered, (position.last or today) + ONE_DAY)
    return (*found, *_gap(history, uncovered, today))


def _gap(history: WorkHistory, first: date, last: date) -> list[Gap]:
    if first > last or last + ONE_DAY <= months_after(first, TO_EXPLAIN):
        return []
    wanted = Wanted.IN_WRITING if last + ONE_DAY > months_after(first, TO_WRITE) else Wanted.EXPLANATION
    told = [each for each in history.explanations if first <= each.of <= last]
    explained = any(each.in_writing or wanted is Wanted.EXPLANATION for each in told)
    return [Gap(first, last, wanted, explained)]
