"""Interchanges, groups and sets as a stream of events, with everything that does not nest, match or count."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from x12.delimiters import Header
from x12.errors import Position
from x12.findings import Finding, Scope, Severity
from x12.model.acknowledgement import InterchangeAck
from x12.model.envelope import Group, Interchange, SetHeader
from x12.model.segments import element
from x12.tokens import DEFAULT_LIMITS, ELEMENT, SEGMENT, Elements, Limits, Rows, Source, read_texts, split_rows
from x12.values import interchange_moment


@dataclass(frozen=True, slots=True)
class SetEnd:
    """The end of a set, found or (with a finding before it) supposed; `segments` counts ST and SE."""

    set: SetHeader
    segments: int


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """The end of a group; `sets` were counted, `declared` is GE01 or -1 when it cannot be read."""

    group: Group
    sets: int
    declared: int


@dataclass(frozen=True, slots=True)
class InterchangeEnd:
    """The end of an interchange; `groups` were counted."""

    interchange: Interchange
    groups: int


Event = Interchange | Group | SetHeader | Elements | SetEnd | GroupEnd | InterchangeEnd | InterchangeAck | Finding

# Acknowledgement codes of the envelope: TA105, AK905 and IK502.
_MISMATCH: dict[Scope, str] = {"interchange": "001", "group": "4", "set": "3"}
_MISCOUNT: dict[Scope, str] = {"interchange": "021", "group": "5", "set": "4"}
_NO_TRAILER: dict[Scope, str] = {"interchange": "023", "group": "3", "set": "2"}
_NO_CONTROL_NUMBER: dict[Scope, str] = {"interchange": "018", "group": "6", "set": "7"}
_ISA_LENGTH = 106
_QUALIFIER = re.compile("01|14|20|27|28|29|30|33|ZZ")
_ISA_RULES = (
    (1, "010", re.compile("0[0-6]")),
    (3, "012", re.compile("0[01]")),
    (5, "005", _QUALIFIER),
    (6, "006", re.compile(".+")),
    (7, "007", _QUALIFIER),
    (8, "008", re.compile(".+")),
    (12, "017", re.compile("00501")),
    (13, "018", re.compile("[0-9]{9}")),
    (14, "019", re.compile("[01]")),
    (15, "020", re.compile("[PTI]")),
)
"""Element, TA105 note and what is allowed there."""
_TOLERATED = frozenset({"017", "018"})


def read_events(source: Source, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Event]:
    """Stream a file as events; segments between ST and SE come as lists of str.

    Every header that was opened is closed, with a `Finding` first when the file did not do so itself.
    Raises NotX12, BadDelimiters, LimitExceeded.
    """
    for item in read_runs(source, limits):
        if isinstance(item, Run):
            yield from item.rows
        else:
            yield item


class Run:
    """Segments of one set that follow one another, as a text with SEGMENT and ELEMENT of `x12.tokens`."""

    __slots__ = ("_rows", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._rows: Rows | None = None

    @property
    def rows(self) -> Rows:
        """The segments as lists of elements."""
        if self._rows is None:
            self._rows = split_rows(self.text)
        return self._rows


def read_runs(source: Source, limits: Limits = DEFAULT_LIMITS) -> Iterator[Event | Run]:
    """The events of `read_events`, with the segments of a set in runs as long as they come, never singly."""
    state = _State()
    for token in read_texts(source, limits):
        if isinstance(token, Header):
            yield from state.open_interchange(token)
        elif token.plain and state.set is not None:
            state.segments += token.text.count(SEGMENT) + 1
            yield Run(token.text)
        else:
            yield from _sorted_out(state, token.text)
    yield from state.close_all("interchange")


def _sorted_out(state: "_State", text: str) -> Iterator[Event | Run]:
    """Segments among which there may be control segments."""
    text = SEGMENT + text
    start = 0
    for found in _CONTROLS.finditer(text):
        yield from state.passed(text[start + 1 : found.start()])
        yield from state.control(found[0][1:].split(ELEMENT))
        start = found.end()
    yield from state.passed(text[start + 1 :])


class _State:
    """Which headers are open, and the counts so far."""

    def __init__(self) -> None:
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.set: SetHeader | None = None
        self.interchanges = self.groups = self.sets = self.segments = 0
        self.outside = 0
        self._set_numbers: set[str] = set()

    @property
    def position(self) -> Position:
        segment = self.segments if self.set else self.outside
        return Position(
            self.interchanges,
            self.groups if self.group else 0,
            self.sets if self.set else 0,
            segment,
        )

    def passed(self, text: str) -> Iterator[Event | Run]:
        """Segments that are no control segments, or none at all."""
        if not text:
            return
        if self.set is None:
            for row in split_rows(text):
                yield from self.control(row)
        else:
            self.segments += text.count(SEGMENT) + 1
            yield Run(text)

    def control(self, segment: Elements) -> Iterator[Event]:
        self.outside += 1
        handler = _CONTROL.get(segment[0])
        if handler is None:
            yield self._finding("interchange", "022", "A segment stands outside any transaction set", segment[0])
        else:
            yield from handler(self, segment)

    def open_interchange(self, header: Header) -> Iterator[Event]:
        yield from self.close_all("interchange")
        self.interchanges += 1
        self.groups, self.outside = 0, 1
        isa = [item.strip() for item in header.elements]
        self.interchange = Interchange(
            isa[5], isa[6], isa[7], isa[8], isa[9], isa[10], isa[13], isa[12], isa[14], isa[15],
            header.delimiters, self.interchanges,
        )  # fmt: skip
        yield self.interchange
        if header.length != _ISA_LENGTH:
            yield self._finding("interchange", "022", "The ISA segment is not 106 characters long", "ISA")
        for number, note, allowed in _ISA_RULES:
            if not allowed.fullmatch(isa[number]):
                severity: Severity = "warning" if note in _TOLERATED else "error"
                yield self._finding("interchange", note, "ISA holds what is not allowed there", "ISA", number, severity)
        if readable_moment(isa[9], isa[10]) is None:
            yield self._finding("interchange", "014", "ISA has no readable date and time", "ISA", 9)

    def open_group(self, segment: Elements) -> Iterator[Event]:
        yield from self.close_all("group")
        self.groups += 1
        self.sets = 0
        self._set_numbers = set()
        functional, sender, receiver, on, at, number, version = (
            element(segment, place) for place in (1, 2, 3, 4, 5, 6, 8)
        )
        self.group = Group(functional, sender, receiver, on, at, number, version, self.groups)
        yield self.group
        if not number:
            yield self._finding("group", _NO_CONTROL_NUMBER["group"], "GS has no control number", "GS", 6)

    def open_set(self, segment: Elements) -> Iterator[Event]:
        yield from self.close_all("set")
        if self.group is None:
            self.groups += 1
            self.sets = 0
            self.group = Group("", "", "", "", "", "", "", self.groups)
            yield self.group
            yield self._finding("interchange", "024", "A transaction set stands outside any group", "ST")
        number = element(segment, 2)
        self.sets += 1
        self.segments = 1
        self.set = SetHeader(element(segment, 1), number, element(segment, 3) or self.group.version, self.sets)
        yield self.set
        if not number:
            yield self._finding("set", _NO_CONTROL_NUMBER["set"], "ST has no control number", "ST", 2)
        elif number in self._set_numbers:
            yield self._finding("set", "23", "The set control number occurs twice in the group", "ST", 2)
        elif len(self._set_numbers) < DEFAULT_LIMITS.sets:
            self._set_numbers.add(number)

    def close_set(self, segment: Elements) -> Iterator[Event]:
        if self.set is None:
            yield self._finding("group", "1", "SE without ST", "SE")
            return
        self.segments += 1
        yield from self._compare("set", segment, self.segments, self.set.control_number)
        ended = SetEnd(self.set, self.segments)
        self.set = None
        yield ended

    def close_group(self, segment: Elements) -> Iterator[Event]:
        yield from self.close_all("set")
        if self.group is None:
            yield self._finding("interchange", "024", "GE without GS", "GE")
            return
        yield from self._compare("group", segment, self.sets, self.group.control_number)
        ended = GroupEnd(self.group, self.sets, _count(element(segment, 1)))
        self.group = None
        yield ended

    def close_interchange(self, segment: Elements) -> Iterator[Event]:
        yield from self.close_all("group")
        if self.interchange is None:
            return
        yield from self._compare("interchange", segment, self.groups, self.interchange.control_number)
        ended = InterchangeEnd(self.interchange, self.groups)
        self.interchange = None
        yield ended

    def acknowledged(self, segment: Elements) -> Iterator[Event]:
        """A TA1 stands between ISA and the first GS."""
        moment = readable_moment(element(segment, 2), element(segment, 3))
        yield InterchangeAck(element(segment, 1), moment, element(segment, 4), element(segment, 5))

    def close_all(self, outermost: Scope) -> Iterator[Event]:
        """Close what the file left open, up to the level given."""
        if self.set is not None:
            yield self._finding("set", _NO_TRAILER["set"], "The transaction set has no SE", "SE")
            ended: Event = SetEnd(self.set, self.segments)
            self.set = None
            yield ended
        if outermost == "set":
            return
        if self.group is not None:
            yield self._finding("group", _NO_TRAILER["group"], "The group has no GE", "GE")
            ended = GroupEnd(self.group, self.sets, -1)
            self.group = None
            yield ended
        if outermost == "interchange" and self.interchange is not None:
            yield self._finding("interchange", _NO_TRAILER["interchange"], "The interchange has no IEA", "IEA")
            ended = InterchangeEnd(self.interchange, self.groups)
            self.interchange = None
            yield ended

    def _compare(self, scope: Scope, segment: Elements, counted: int, control_number: str) -> Iterator[Finding]:
        name = segment[0]
        if _count(element(segment, 1)) != counted:
            yield self._finding(scope, _MISCOUNT[scope], f"{name} does not count what was sent ({counted})", name, 1)
        if element(segment, 2).strip() != control_number:
            yield self._finding(scope, _MISMATCH[scope], f"{name} does not repeat the control number", name, 2)

    def _finding(
        self,
        scope: Scope,
        code: str,
        message: str,
        segment: str,
        number: int = 0,
        severity: Severity = "error",
    ) -> Finding:
        level = "interchange" if scope == "interchange" else "syntax"
        return Finding(severity, level, scope, code, message, self.position, segment=segment, element=number)


_CONTROL: dict[str, Callable[[_State, Elements], Iterator[Event]]] = {
    "GS": _State.open_group,
    "ST": _State.open_set,
    "SE": _State.close_set,
    "GE": _State.close_group,
    "IEA": _State.close_interchange,
    "TA1": _State.acknowledged,
}
_CONTROLS = re.compile(f"{SEGMENT}(?:{'|'.join(_CONTROL)})(?![^{SEGMENT}{ELEMENT}])[^{SEGMENT}]*+")


def readable_moment(day_text: str, time_text: str) -> datetime | None:
    """The date and time of ISA or TA1, or None when they cannot be read."""
    try:
        return interchange_moment(day_text, time_text)
    except ValueError:
        return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else -1
