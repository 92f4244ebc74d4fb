"""New ids: uuid7 (RFC 9562), so that ids made later sort later and indexes grow at one end."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

RANDOM_BITS = 74
RANDOM_MASK = (1 << RANDOM_BITS) - 1
LOW_BITS = 62
LOW_MASK = (1 << LOW_BITS) - 1
LARGEST_STEP = 1 << 32


class _Sequence:
    """The last id of this process; within a millisecond, or when the clock steps back, it counts on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = 0
        self._random = 0

    def next(self, now: int) -> tuple[int, int]:
        """The millisecond and the 74 bits after it, greater than all given before."""
        with self._lock:
            if now > self._millisecond:
                self._millisecond, self._random = now, secrets.randbits(RANDOM_BITS)
            else:
                # A random step keeps the next id hard to guess from this one.
                self._random += 1 + secrets.randbelow(LARGEST_STEP)
                if self._random > RANDOM_MASK:
                    self._millisecond += 1
                    self._random = secrets.randbits(RANDOM_BITS)
            return self._millisecond, self._random


_SEQUENCE = _Sequence()


def uuid7(millisecond: int, random: int) -> UUID:
    """The uuid7 of a Unix time in milliseconds (48 bits) and 74 further bits."""
    high = (millisecond & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | random >> LOW_BITS
    low = 0b10 << LOW_BITS | random & LOW_MASK
    return UUID(int=high << 64 | low)


def new_id() -> UUID:
    """A uuid7 greater than every one this process made before."""
    return uuid7(*_SEQUENCE.next(time.time_ns() // 1_000_000))
