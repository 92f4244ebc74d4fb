"""Business days of the federal government: Monday to Friday without its holidays (5 U.S.C. 6103)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

SATURDAY, SUNDAY = 5, 6
MONDAY, THURSDAY = 0, 3
FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
"""Month and day; on a Saturday the Friday before is free, on a Sunday the Monday after."""
# Month, weekday, which one: King, Washington, Labor, Columbus, Thanksgiving. Memorial Day is the last Monday of May.
MOVING = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))


def is_business_day(day: date) -> bool:
    # The first of January on a Saturday is kept in the year before.
    return day.weekday() < SATURDAY and day not in _holidays(day.year) and day not in _holidays(day.year + 1)


def after(day: date, count: int) -> date:
    """The business day that is so many after `day`, which itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def between(start: date, end: date) -> int:
    """How many business days lie after `start`, up to and with `end`; none when `end` is not later."""
    return sum(is_business_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    fixed = (_observed(date(year, month, day)) for month, day in FIXED)
    moving = (_nth(year, month, weekday, which) for month, weekday, which in MOVING)
    last_of_may = date(year, 5, 31)
    memorial = last_of_may - timedelta(days=last_of_may.weekday())
    return frozenset((*fixed, *moving, memorial))


def _observed(day: date) -> date:
    shift = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
