"""Chance, as something that is passed in like the clock: ids and the pauses between retries are drawn from it.

A workplace holds the chance that its transactions draw from (`common.uow.Workplace`); outside of one it is that of the
machine, unless a block is `drawing_from` another. With `SeededChance` a run draws the same a second time. What must
not be foreseen is no part of it: keys, nonces and tokens come from the operating system alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random, SystemRandom
from typing import Protocol


class Chance(Protocol):
    """Where random numbers come from; a test gives its own."""

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, but not with, `limit`."""
        ...

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`, for a pause that others do not take at the same moment."""
        ...


class SystemChance:
    """The chance of the machine."""

    _random = SystemRandom()

    def below(self, limit: int) -> int:
        return secrets.randbelow(limit)

    def between(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)


class SeededChance:
    """The same draws for the same seed, in the order in which they are asked for."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - foreseen on purpose

    def below(self, limit: int) -> int:
        return self._random.randrange(limit)

    def between(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)


SYSTEM_CHANCE: Chance = SystemChance()

_given: ContextVar[Chance] = ContextVar("chance", default=SYSTEM_CHANCE)


def given() -> Chance:
    """The chance that this task draws from."""
    return _given.get()


def pause(low: float, high: float) -> float:
    """Seconds to wait, somewhere from `low` to `high`."""
    return given().between(low, high)


@contextmanager
def drawing_from(chance: Chance) -> Generator[None]:
    """Let this task, and those that it starts, draw from `chance`."""
    before = _given.set(chance)
    try:
        yield
    finally:
        _given.reset(before)
