"""Files on their way into mailboxes, through whatever trouble a test asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import x12
from simulator.adjudication.payer import Wire
from simulator.faults import FILES, Fault
from simulator.records import Route
from simulator.store import Store

HELD_BACK = "held_back"
CANONICAL = Wire()
NONSENSE = b"<html><head><title>502 Bad Gateway</title></head></html>"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file before it has a name: who gets it, what it is, who speaks, and how its envelope looks."""

    route: Route
    kind: str
    speaker: str
    wire: Wire = CANONICAL


def wrapped(
    store: Store, created: datetime, outgoing: Outgoing, sets: Sequence[x12.TransactionSet]
) -> tuple[int, bytes]:
    """The number and the bytes of an interchange of the next number around these bodies."""
    header = _header(store, created, outgoing)
    return header.control_number, x12.write_interchange(header, sets)


def wrapped_interchange_ack(
    store: Store, created: datetime, outgoing: Outgoing, ack: x12.InterchangeAck
) -> tuple[int, bytes]:
    """The number and the bytes of an interchange that is a TA1."""
    header = _header(store, created, outgoing)
    return header.control_number, x12.write_interchange_acks(header, [ack])


def send_sets(store: Store, day: float, created: datetime, outgoing: Outgoing, sets: list[x12.TransactionSet]) -> str:
    """Wrap bodies into one interchange of the next number and put it into the mailbox; the file's name."""
    return deliver(store, day, outgoing, *wrapped(store, created, outgoing, sets))


def send_interchange_ack(
    store: Store, day: float, created: datetime, outgoing: Outgoing, ack: x12.InterchangeAck
) -> str:
    """A TA1 in an interchange of its own."""
    return deliver(store, day, outgoing, *wrapped_interchange_ack(store, created, outgoing, ack))


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


@dataclass(frozen=True, slots=True)
class Posting:
    """A file at the door of a mailbox, on simulated `day`."""

    store: Store
    day: float
    name: str
    receiver: str
    kind: str
    content: bytes

    def post(self, name: str = "", content: bytes | None = None) -> None:
        self.store.post(name or self.name, self.receiver, self.kind, self.content if content is None else content)

    def post_later(self, days: float, name: str = "") -> int:
        """Let the file come after `days`; gives the key it is held back under."""
        key = self.store.hold_back(name or self.name, self.receiver, self.kind, self.content)
        self.store.schedule(self.day + days, HELD_BACK, str(key))
        return key


def deliver(store: Store, day: float, outgoing: Outgoing, number: int, content: bytes) -> str:
    """Post the file, or what the first fault that matches makes of it; then what has waited for another to go first."""
    name = f"{outgoing.kind.lower()}-{number:09d}.edi"
    posting = Posting(store, day, name, outgoing.route.sender, outgoing.kind, content)
    waiting = store.take_behind(posting.receiver)
    fault = store.struck_by(FILES, posting.receiver, kind=posting.kind)
    if fault is None:
        posting.post()
    else:
        _FATES[fault.fault](posting, fault)
    for key in waiting:
        store.post_held_back(key)
    return name


def _twice(posting: Posting, _: Fault) -> None:
    posting.post()
    posting.post(f"again-{posting.name}")


def _again(posting: Posting, fault: Fault) -> None:
    posting.post()
    posting.post_later(fault.days, f"again-{posting.name}")


def _late(posting: Posting, fault: Fault) -> None:
    posting.post_later(fault.days)


def _cut(posting: Posting, fault: Fault) -> None:
    posting.post(f"cut-{posting.name}", posting.content[: len(posting.content) * 2 // 3])
    posting.post_later(fault.days)


def _nonsense(posting: Posting, fault: Fault) -> None:
    posting.post(f"bad-{posting.name}", NONSENSE + f"<!-- {posting.name} -->".encode())
    posting.post_later(fault.days)


def _behind(posting: Posting, fault: Fault) -> None:
    posting.store.put_behind_the_next(posting.receiver, posting.post_later(fault.days))


def _never(_: Posting, __: Fault) -> None:
    """Nobody hears of it."""


_FATES: Mapping[str, Callable[[Posting, Fault], None]] = {
    "duplicate": _twice,
    "redelivered": _again,
    "late": _late,
    "truncated": _cut,
    "malformed": _nonsense,
    "out_of_order": _behind,
    "silence": _never,
}
