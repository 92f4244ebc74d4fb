"""Questions answered on the line: a desk for each kind, which gives the bodies of the answer."""

from __future__ import annotations

import x12
from simulator.asking import Question
from simulator.claim_status_file import SPEAKER
from simulator.clock import Clock
from simulator.desks import DESKS
from simulator.intake import accepted_of, acknowledgements, rendered, route_of, verdict
from simulator.mailboxes import Outgoing, wrapped, wrapped_interchange_ack
from simulator.store import Store
from simulator.world import World


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
    bodies = desk.bodies(Question(store, clock, day, content, route, accepted_of(acks)))
    _, told = wrapped(store, moment, Outgoing(route, desk.answers, SPEAKER), bodies)
    return desk.answers, told
