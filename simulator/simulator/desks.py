"""Who answers which kind of question, and with which kind of answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import x12
from simulator import authorization_desk, claim_status_desk, coverage_desk
from simulator.asking import Question
from simulator.claim_status_file import SPEAKER
from simulator.clock import Clock
from simulator.mailboxes import Outgoing, send_sets
from simulator.records import Route
from simulator.store import Due, Store


@dataclass(frozen=True, slots=True)
class Desk:
    """`answers` is the kind of the answer, `bodies` gives one for every set that asks."""

    answers: str
    bodies: Callable[[Question], list[x12.TransactionSet]]


DESKS: Mapping[str, Desk] = {
    "270": Desk("271", coverage_desk.answers),
    "276": Desk("277", claim_status_desk.answers),
    "278": Desk("278", authorization_desk.answers),
}


def answer_batch(store: Store, clock: Clock, due: Due) -> None:
    """The answers to a batch of questions, one interchange for each kind, into the mailbox of who asked."""
    interchange, accepted, route_facts = json.loads(due.subject)
    route = Route(**route_facts)
    content = store.content(interchange) or b""
    question = Question(store, clock, due.at, content, route, {(group, number) for group, number in accepted})
    kinds = sorted({asked.kind for asked in question.sets()} & DESKS.keys())
    for kind in kinds:
        desk = DESKS[kind]
        sets = desk.bodies(question)
        if sets:
            send_sets(store, due.at, clock.moment(due.at), Outgoing(route, desk.answers, SPEAKER), sets)
