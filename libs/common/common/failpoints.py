"""Named moments at which a process can be made to die, fail or stand still, to show that nothing is lost or doubled.

A moment is named where it is (`failpoint("relay.produced")`) and costs nothing while no plan is armed. Plans come from
FAILPOINTS, which `common.settings` accepts only with DERMBILL_MODE=test. See docs/architecture/backbone.md.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"[a-z_]+\.[a-z-]+")
PLAN = re.compile(
    r"(?:(?P<service>[a-z_]+):)?(?P<name>[a-z_]+\.[a-z-]+)="
    r"(?P<action>kill|raise|disconnect|delay:(?P<delay>[0-9]{1,6}))(?:@(?P<nth>[1-9][0-9]{0,6}))?"
)
FORM = "[service:]name=kill|raise|disconnect|delay:<ms>[@<n>], separated by blanks"


class FailpointReached(RuntimeError):
    """What the action `raise` raises: to the code around it, a bug."""


class BadPlan(ValueError):
    """FAILPOINTS says something that cannot be done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen at a moment: at every passing, or only at the `nth` of this process."""

    name: str
    action: str
    delay: float = 0.0
    nth: int | None = None
    service: str | None = None


class _Armed:
    """A plan and how often its moment was passed."""

    def __init__(self, plan: Plan, spent: Path | None) -> None:
        self._plan = plan
        self._passed = 0
        self._spent = spent / f"{plan.name}.{plan.action}" if spent else None

    def passed(self) -> None:
        plan = self._plan
        self._passed += 1
        if (plan.nth is not None and self._passed != plan.nth) or (self._spent and self._spent.exists()):
            return
        if self._spent:
            self._spent.touch()
        ACTIONS[plan.action](plan)


_known: dict[str, str] = {}
_armed: dict[str, _Armed] = {}


def failpoint(name: str) -> None:
    """Pass the moment `name`, declared with `named`."""
    if _armed and name in _armed:
        _armed[name].passed()


def named(name: str, moment: str) -> str:
    """Declare a moment, at import, with a sentence that says what has and has not happened then; gives `name`."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not of the form part.moment")
    if _known.setdefault(name, moment) != moment:
        raise ValueError(f"two failpoints are called {name}")
    return name


def known() -> Mapping[str, str]:
    """Every moment of the modules imported so far, and its sentence."""
    return dict(sorted(_known.items()))


def plans(text: str) -> tuple[Plan, ...]:
    """Read FAILPOINTS. Raises BadPlan when a part of it is not of the form `FORM`."""
    found: list[Plan] = []
    for part in text.split():
        match = PLAN.fullmatch(part)
        if match is None:
            raise BadPlan(f"{part!r} is not of the form {FORM}")
        action, _, milliseconds = match["action"].partition(":")
        nth = int(match["nth"]) if match["nth"] else None
        found.append(Plan(match["name"], action, int(milliseconds or 0) / 1000, nth, match["service"]))
    return tuple(found)


def arm(planned: Iterable[Plan], service: str, spent: Path | None = None) -> int:
    """Arm the plans that are for every service or for this one, in place of those armed before; gives how many.

    With the folder `spent` a plan acts once, even when the process is started again. Raises BadPlan for a moment that
    this process does not have.
    """
    mine = [plan for plan in planned if plan.service in (None, service)]
    unknown = sorted({plan.name for plan in mine} - set(_known))
    if unknown:
        raise BadPlan(f"there is no failpoint {', '.join(unknown)}; there are {', '.join(known())}")
    _armed.clear()
    _armed.update((plan.name, _Armed(plan, spent)) for plan in mine)
    return len(_armed)


@contextmanager
def armed(text: str) -> Generator[None]:
    """For a test in its own process: the plans of `text` inside the block."""
    arm(plans(text), "")
    try:
        yield
    finally:
        _armed.clear()


def _kill(plan: Plan) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(plan: Plan) -> None:
    raise FailpointReached(plan.name)


def _disconnect(plan: Plan) -> None:
    raise ConnectionResetError(plan.name)


def _delay(plan: Plan) -> None:
    # The whole process stands still, its event loop and heartbeats too, as a suspended machine does.
    time.sleep(plan.delay)


ACTIONS: Mapping[str, Callable[[Plan], None]] = {
    "kill": _kill,
    "raise": _raise,
    "disconnect": _disconnect,
    "delay": _delay,
}
