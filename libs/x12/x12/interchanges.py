"""What a file says of itself at the level of its envelopes, without looking into its sets."""

from collections.abc import Iterator
from dataclasses import dataclass

from x12.envelope import GroupEnd, InterchangeEnd, SetEnd, read_events
from x12.errors import LimitExceeded, X12Error
from x12.findings import Finding
from x12.model.acknowledgement import InterchangeAck
from x12.model.envelope import Group, Interchange, SetHeader
from x12.tokens import DEFAULT_LIMITS, Limits, Source


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A set and how many segments it held, ST and SE included."""

    set: SetHeader
    segments: int


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """A group and its sets; `declared` is GE01, -1 when there is none."""

    group: Group
    sets: tuple[SetSummary, ...]
    declared: int


@dataclass(frozen=True, slots=True)
class InterchangeSummary:
    """One interchange at the level of its envelope: groups, TA1 segments, and what does not nest, match or
    count.
    """

    interchange: Interchange
    groups: tuple[GroupSummary, ...]
    acks: tuple[InterchangeAck, ...]
    findings: tuple[Finding, ...]


def read_interchanges(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[InterchangeSummary]:
    """Stream a file interchange by interchange without looking into its sets. Raises as `read_events`."""
    groups: list[GroupSummary] = []
    sets: list[SetSummary] = []
    acks: list[InterchangeAck] = []
    findings: list[Finding] = []
    for event in read_events(source, limits=limits):
        match event:
            case SetEnd():
                sets.append(SetSummary(event.set, event.segments))
                check_remembered(len(sets) + len(groups), limits)
            case GroupEnd():
                groups.append(GroupSummary(event.group, tuple(sets), event.declared))
                sets = []
            case InterchangeAck():
                acks.append(event)
            case Finding():
                findings.append(event)
            case InterchangeEnd():
                yield InterchangeSummary(event.interchange, tuple(groups), tuple(acks), tuple(findings))
                groups, acks, findings = [], [], []
            case _:
                pass


def check_remembered(count: int, limits: Limits) -> None:
    """Raise LimitExceeded when more sets or findings would be held than allowed."""
    if count > limits.sets:
        raise LimitExceeded("The interchange holds more sets or findings than the limit")


def read_interchange_acks(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[InterchangeAck]:
    """Stream the TA1 segments of a file. Raises as `read_events`."""
    for event in read_events(source, limits=limits):
        if isinstance(event, InterchangeAck):
            yield event


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file says about itself: the first ISA, and the (ST01, version) pairs met, in order, each
    once.
    """

    interchange: Interchange
    kinds: tuple[tuple[str, str], ...]
    complete: bool


def sniff(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> Sniffed:
    """Look at the first interchange of a file, or at the first bytes of it (`complete` is then False).

    Raises NotX12 or BadDelimiters when there is no readable ISA.
    """
    interchange: Interchange | None = None
    kinds: dict[tuple[str, str], None] = {}
    complete = True
    try:
        for event in read_events(source, limits=limits):
            match event:
                case Interchange():
                    interchange = event
                case SetHeader():
                    kinds[event.kind, event.version] = None
                case Finding(scope="interchange", code="023"):
                    complete = False
                case InterchangeEnd():
                    break
                case _:
                    pass
    except X12Error:
        if interchange is None:
            raise
        complete = False
    if interchange is None:
        raise AssertionError("the event stream begins with an interchange")
    return Sniffed(interchange, tuple(kinds), complete)
