"""Questions answered on the line: a desk for each kind, which gives the bodies of the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import x12
from simulator.clock import Clock
from simulator.intake import SPEAKER, acknowledgements, rendered, route_of, verdict
from simulator.mailboxes import Outgoing, wrapped, wrapped_interchange_ack
from simulator.store import Store
from simulator.world import World


@dataclass(frozen=True, slots=True)
class Question:
    """An interchange that asks; `day` is the simulated one."""

    store: Store
    clock: Clock
    day: float
    content: bytes


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers a kind of question, and the kind of the answer."""

    answers: str
    bodies: Callable[[Question], list[x12.TransactionSet]]


DESKS: Mapping[str, Desk] = {}


def answer(world: World, kind: str, content: bytes) -> tuple[str, bytes]:
    """The kind and the bytes of the answer: a TA1 when the interchange is faulty, a 999 when a set is, or what was
    asked for. Nothing goes to the mailbox. Raises X12Error when no ISA can be read.
    """
    with world.store.transaction():
        return _answered(world.store, world.clock, kind, content)


def _answered(store: Store, clock: Clock, kind: str, content: bytes) -> tuple[str, bytes]:
    day = clock.now()
    moment = clock.moment(day)
    report = next(iter(x12.examine(content)))
    isa, route, ack = report.interchange, route_of(report), verdict(store, report)
    outcome = "rejected" if ack.code == "R" else "taken"
    store.archive(isa.sender, isa.control_number, outcome, kind, moment.isoformat(), content)
    if ack.code == "R":
        _, told = wrapped_interchange_ack(store, moment, Outgoing(route, "TA1", SPEAKER), ack)
        return "TA1", told
    acks = acknowledgements(store, report, route)
    if any(one.code == "R" for each in acks for one in each.sets):
        _, told = wrapped(store, moment, Outgoing(route, "999", SPEAKER), rendered(acks))
        return "999", told
    desk = DESKS[kind]
    bodies = desk.bodies(Question(store, clock, day, content))
    _, told = wrapped(store, moment, Outgoing(route, desk.answers, SPEAKER), bodies)
    return desk.answers, told
