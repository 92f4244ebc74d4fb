"""New ids: uuid7 (RFC 9562), so that ids made later sort later and indexes grow at one end.

Where they come from is passed in, as the clock is: a workplace has its `Ids` (`common.uow.Workplace`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from common.chance import SYSTEM_CHANCE, Chance

RANDOM_BITS = 74
RANDOM_MASK = (1 << RANDOM_BITS) - 1
LOW_BITS = 62
LOW_MASK = (1 << LOW_BITS) - 1
LARGEST_STEP = 1 << 32


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class Ids:
    """One source of ids; within a millisecond, or when the clock steps back, it counts on.

    `clock` gives milliseconds of Unix time. With a clock and a chance that say the same again, so do the ids.
    """

    def __init__(self, clock: Callable[[], int] = _milliseconds, chance: Chance = SYSTEM_CHANCE) -> None:
        self._clock, self._chance = clock, chance
        self._lock = threading.Lock()
        self._millisecond = 0
        self._random = 0

    def new(self) -> UUID:
        """A uuid7 greater than every one this source gave before."""
        return uuid7(*self._next(self._clock()))

    def _next(self, now: int) -> tuple[int, int]:
        """The millisecond and the 74 bits after it."""
        with self._lock:
            if now > self._millisecond:
                self._millisecond, self._random = now, self._chance.below(RANDOM_MASK + 1)
            else:
                # A random step keeps the next id hard to guess from this one.
                self._random += 1 + self._chance.below(LARGEST_STEP)
                if self._random > RANDOM_MASK:
                    self._millisecond += 1
                    self._random = self._chance.below(RANDOM_MASK + 1)
            return self._millisecond, self._random


def uuid7(millisecond: int, random: int) -> UUID:
    """The uuid7 of a Unix time in milliseconds (48 bits) and 74 further bits."""
    high = (millisecond & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | random >> LOW_BITS
    low = 0b10 << LOW_BITS | random & LOW_MASK
    return UUID(int=high << 64 | low)


SYSTEM_IDS = Ids()

_given: ContextVar[Ids] = ContextVar("ids", default=SYSTEM_IDS)


def new_id() -> UUID:
    """A uuid7 greater than every one its source gave before: that of the process, or of the workplace one is in."""
    return _given.get().new()


@contextmanager
def ids_from(ids: Ids) -> Generator[None]:
    """Let this task, and those that it starts, take their ids from `ids`."""
    before = _given.set(ids)
    try:
        yield
    finally:
        _given.reset(before)
