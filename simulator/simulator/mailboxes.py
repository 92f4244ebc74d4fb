"""Files on their way into mailboxes, through whatever trouble a test asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import x12
from simulator.adjudication.payer import Wire
from simulator.records import Fault, Route
from simulator.store import Store

HELD_BACK = "held_back"
CANONICAL = Wire()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file before it has a name: who gets it, what it is, who speaks, and how its envelope looks."""

    route: Route
    kind: str
    speaker: str
    wire: Wire = CANONICAL


def send_sets(store: Store, day: float, created: datetime, outgoing: Outgoing, sets: list[x12.TransactionSet]) -> str:
    """Wrap bodies into one interchange of the next number and put it into the mailbox; the file's name."""
    header = _header(store, created, outgoing)
    return deliver(store, day, outgoing, header.control_number, x12.write_interchange(header, sets))


def send_interchange_ack(
    store: Store, day: float, created: datetime, outgoing: Outgoing, ack: x12.InterchangeAck
) -> str:
    """A TA1 in an interchange of its own."""
    header = _header(store, created, outgoing)
    return deliver(store, day, outgoing, header.control_number, x12.write_interchange_acks(header, [ack]))


def _header(store: Store, created: datetime, outgoing: Outgoing) -> x12.InterchangeHeader:
    route, wire = outgoing.route, outgoing.wire
    return x12.InterchangeHeader(
        sender_qualifier=route.receiver_qualifier,
        sender=route.receiver,
        receiver_qualifier=route.sender_qualifier,
        receiver=route.sender,
        created=created,
        control_number=store.next_number("interchange"),
        group_control_number=store.next_number("group"),
        usage=route.usage,
        group_sender=outgoing.speaker,
        group_receiver=route.group_sender or route.sender,
        delimiters=x12.Delimiters(
            wire.delimiters[0], wire.delimiters[1], segment=wire.delimiters[3], repetition=wire.delimiters[2]
        ),
        line_break=wire.line_break,
    )


def deliver(store: Store, day: float, outgoing: Outgoing, number: int, content: bytes) -> str:
    """Post the file, or what the first fault that matches makes of it."""
    name = f"{outgoing.kind.lower()}-{number:09d}.edi"
    receiver, kind = outgoing.route.sender, outgoing.kind
    fault = take_fault(store, kind, receiver, {"duplicate", "late", "truncated"})
    if fault is None:
        store.post(name, receiver, kind, content)
    elif fault.fault == "duplicate":
        store.post(name, receiver, kind, content)
        store.post(f"again-{name}", receiver, kind, content)
    else:
        if fault.fault == "truncated":
            store.post(f"cut-{name}", receiver, kind, content[: len(content) * 2 // 3])
        key = store.hold_back(name, receiver, kind, content)
        store.schedule(day + fault.days, HELD_BACK, str(key))
    return name


def take_fault(store: Store, kind: str, receiver: str, wanted: set[str]) -> Fault | None:
    """The oldest fault of these that matches, used once more; None when there is none."""
    for key, _, fault in store.faults():
        if fault.fault in wanted and fault.kind in ("", kind) and fault.receiver in ("", receiver):
            store.use_fault(key)
            return fault
    return None
