"""The time of day, as something that is passed in: rules take `today`, operations take a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from; a test gives its own."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def today(self, zone: tzinfo) -> date:
        """The calendar day at `zone`: a filing limit ends at the practice's midnight, not at that of UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self, zone: tzinfo) -> date:
        return self.now().astimezone(zone).date()


SYSTEM_CLOCK: Clock = SystemClock()
