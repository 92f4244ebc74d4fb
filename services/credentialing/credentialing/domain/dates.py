"""Months on the calendar, and the days on which a date that comes near is told (rulebook 13)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

# The alerts before any expiry, in days (rulebook 13). The last one comes first in time.
ALERTS = (120, 90, 60, 30, 7)


def months_after(day: date, months: int) -> date:
    """The same day `months` later (earlier where negative), or the last of that month where it has no such day."""
    counted = day.year * 12 + day.month - 1 + months
    year, month = counted // 12, counted % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def alert_on(due: date, today: date) -> int | None:
    """The most urgent alert that has been reached by `today`; None before the first."""
    left = (due - today).days
    reached = [days for days in ALERTS if left <= days]
    return min(reached) if reached else None


def next_alert(due: date, announced: int | None) -> date:
    """The day of the next alert after the one that was `announced`; after the last, the day that `due` has passed."""
    ahead = [days for days in ALERTS if announced is None or days < announced]
    return due - timedelta(days=max(ahead)) if ahead else due + timedelta(days=1)
