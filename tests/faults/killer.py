"""Whom to kill and when, from a seed; and the killing itself."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from own_stack import SERVICE_NAMES, OwnStack

from stack.services import KAFKA, POSTGRES

_SHORTEST_GAP, _LONGEST_GAP = 0.4, 3.6
_READY_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class Kill:
    """`after` is the pause in seconds since the kill before it."""

    victim: str
    after: float


@dataclass(frozen=True, slots=True)
class Killed:
    """What was really done: `at` counts from the beginning of the killing; `ready` whether the victim was."""

    victim: str
    at: float
    pid: int
    ready: bool


def schedule(seed: int, kills: int) -> list[Kill]:
    """Of 30 kills 4 are the broker's, 2 Postgres', and the rest fall evenly on the services, in a random order."""
    chance = random.Random(seed)
    brokers, servers = max(1, round(kills * 4 / 30)), max(1, round(kills * 2 / 30))
    services = [SERVICE_NAMES[place % len(SERVICE_NAMES)] for place in range(kills - brokers - servers)]
    victims = [*[KAFKA] * brokers, *[POSTGRES] * servers, *services]
    chance.shuffle(victims)
    return [Kill(victim, round(chance.uniform(_SHORTEST_GAP, _LONGEST_GAP), 2)) for victim in victims]


async def carry_out(stack: OwnStack, kills: Sequence[Kill]) -> list[Killed]:
    """SIGKILL one process after the other; a victim that is still down from an earlier kill is waited for."""
    began = time.monotonic()
    done: list[Killed] = []
    for kill in kills:
        await asyncio.sleep(kill.after)
        ready = await _ready(stack, kill.victim)
        pid = stack.living_pid(kill.victim)
        if pid is None:
            raise AssertionError(f"{kill.victim} was not started again: {stack.facts(kill.victim)}")
        os.kill(pid, signal.SIGKILL)
        done.append(Killed(kill.victim, round(time.monotonic() - began, 2), pid, ready))
    return done


def tally(done: Sequence[Killed]) -> dict[str, int]:
    return dict(Counter(kill.victim for kill in done))


async def _ready(stack: OwnStack, name: str) -> bool:
    deadline = time.monotonic() + _READY_SECONDS
    while not stack.is_ready(name):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True
