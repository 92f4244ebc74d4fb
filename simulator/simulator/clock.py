"""Simulated time: days that pass faster than real ones, stand still, or are pushed on by a test."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """`day` is how many simulated days had passed at `since` (monotonic seconds).

    `day_seconds` real seconds make a simulated day; None stops time, so that only `advanced` moves it.
    `calendar` is the date of simulated day zero; None puts the real date on everything that is written.
    """

    day: float
    since: float
    day_seconds: float | None
    calendar: date | None = None

    @classmethod
    def starting(cls, day: float, day_seconds: float | None, calendar: date | None = None) -> Clock:
        return cls(day, time.monotonic(), day_seconds, calendar)

    def now(self, monotonic: Callable[[], float] = time.monotonic) -> float:
        """Simulated days since the beginning."""
        if self.day_seconds is None:
            return self.day
        return self.day + (monotonic() - self.since) / self.day_seconds

    def advanced(self, days: float) -> Clock:
        return replace(self, day=self.now() + days, since=time.monotonic())

    def running_at(self, day_seconds: float | None) -> Clock:
        """The same moment, at another speed."""
        return replace(self, day=self.now(), since=time.monotonic(), day_seconds=day_seconds)

    def dated(self, today: date | None) -> Clock:
        """Let today be `today` and dates move with simulated days; None goes back to the real date."""
        return replace(self, calendar=None if today is None else today - timedelta(days=int(self.now())))

    def moment(self, day: float) -> datetime:
        """The date and time to write on something that happens on simulated `day`, without a zone."""
        if self.calendar is None:
            return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        midnight = datetime(self.calendar.year, self.calendar.month, self.calendar.day)  # noqa: DTZ001
        # Seconds are rounded first: a float day such as 7.1 must not fall into the minute before.
        return midnight + timedelta(seconds=round(day * 86_400))
