"""Interchange, group and set: the facts of ISA, GS and ST, read and to be written."""

from datetime import datetime
from typing import Generic, TypeVar

from x12.delimiters import CANONICAL, Delimiters
from x12.errors import Position
from x12.model.record import record

T = TypeVar("T")


@record
class Interchange:
    """ISA as received, padding removed; nothing is converted, so that a faulty ISA can still be
    acknowledged.
    """

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    date: str
    time: str
    control_number: str
    version: str
    ack_requested: str
    usage: str
    delimiters: Delimiters
    ordinal: int = 1


@record
class Group:
    """GS as received. `functional_id` GS01: HC 837, HP 835, FA 999, HN 277."""

    functional_id: str
    sender: str
    receiver: str
    date: str
    time: str
    control_number: str
    version: str
    ordinal: int = 1


@record
class SetHeader:
    """ST as received; `version` is ST03, or the group's when ST03 was not sent (an 835 sends none)."""

    kind: str
    control_number: str
    version: str
    ordinal: int = 1


@record
class Envelope:
    """The three control numbers and everything beside them that belong to one transaction set."""

    interchange: Interchange
    group: Group
    set: SetHeader


@record
class Received(Generic[T]):
    """A typed thing with the envelope it came in and the position of its first segment."""

    envelope: Envelope
    position: Position
    value: T


@record
class InterchangeHeader:
    """What `write_interchange` puts in ISA and GS. `created` is local time as the partners agreed; numbers
    are ours.

    Groups take `group_control_number` and the numbers after it, one for each run of sets of one kind and
    version. `line_break` (empty, or a line feed) follows every segment.
    """

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    created: datetime
    control_number: int
    group_control_number: int
    usage: str = "P"
    ack_requested: bool = False
    group_sender: str = ""
    group_receiver: str = ""
    delimiters: Delimiters = CANONICAL
    line_break: str = ""


@record
class TransactionSet:
    """A body to be wrapped: what stands between ST and SE, in canonical delimiters (`* : ~ ^`), as renderers
    make it.

    `kind` is ST01; `version` is GS08 and, but for the 835, ST03.
    """

    kind: str
    version: str
    body: str
