"""Waiting until the platform has nothing in hand: outboxes empty, every event handled, no timer due."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stack.audit.databases import Snapshot, Urls, snapshot
from stack.members import members

PAUSE = 0.3
LOOKS = 2
"""How many looks in a row must see the same quiet: between two topics an event has not been said yet."""

OUTBOX = "SELECT count(*) FROM outbox"
DUE = "SELECT count(*) FROM timers WHERE stopped_at IS NULL AND due_at <= clock_timestamp()"
SAID = "SELECT type, count(*) AS events FROM event_log GROUP BY type"
TAKEN = """
    SELECT (SELECT count(*) FROM inbox WHERE consumer = :consumer)
         + (SELECT count(*) FROM parked_events WHERE consumer = :consumer)
"""


@dataclass(frozen=True, slots=True)
class Look:
    """`said` and `taken` are how many events there are of each type and how many each service has taken."""

    waiting: int
    due: int
    said: Mapping[str, int]
    taken: Mapping[str, int]

    @property
    def quiet(self) -> bool:
        return self.waiting == 0 and self.due == 0 and not self.lag

    @property
    def lag(self) -> Mapping[str, int]:
        """How many events each service has yet to take."""
        owed = {service.name: sum(self.said.get(type, 0) for type in service.handlers.by_type) for service in members()}
        return {name: owed[name] - self.taken[name] for name in owed if owed[name] > self.taken[name]}


async def settle(urls: Urls, seconds: float) -> bool:
    """Wait at most `seconds` until nothing moves; False when something still did."""
    until = time.monotonic() + seconds
    seen: list[Look] = []
    while True:
        seen = [*seen, await look(urls)][-LOOKS:]
        if _still(seen):
            return True
        if time.monotonic() >= until:
            return False
        await asyncio.sleep(PAUSE)


async def look(urls: Urls) -> Look:
    """What is in hand now."""
    async with snapshot(urls) as now:
        return await _look(now)


async def _look(now: Snapshot) -> Look:
    said: dict[str, int] = {}
    for name in now.connections:
        said |= {row["type"]: row["events"] for row in await now.rows(name, SAID)}
    return Look(
        waiting=sum([await now.scalar(name, OUTBOX) for name in now.connections]),
        due=sum([await now.scalar(name, DUE) for name in now.connections]),
        said=said,
        taken={name: await now.scalar(name, TAKEN, consumer=name) for name in now.connections},
    )


def _still(looks: Sequence[Look]) -> bool:
    return len(looks) == LOOKS and all(each.quiet and each == looks[0] for each in looks)
