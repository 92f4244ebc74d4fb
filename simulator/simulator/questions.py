"""A set that asks, as a tree of HL levels: what stands under each, element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import x12
from x12.model.segments import COMPONENT, REPETITION

_SEPARATORS = re.compile(r"[*:^~|>\x00-\x1f\x7f]")


@dataclass(slots=True)
class Level:
    """One HL: its code (20 source, 21 receiver, 19 provider, 22 subscriber, 23 dependent, EV, SS) and its segments."""

    code: str
    number: str
    parent: Level | None
    segments: list[list[str]] = field(default_factory=list)
    children: list[Level] = field(default_factory=list)

    def all(self, name: str, *qualifiers: str) -> Iterator[list[str]]:
        """The segments of that name, with one of these as first element when any is given."""
        for segment in self.segments:
            if segment[0] == name and (not qualifiers or at(segment, 1) in qualifiers):
                yield segment

    def first(self, name: str, *qualifiers: str) -> list[str]:
        """The first of them; an empty one when there is none."""
        return next(self.all(name, *qualifiers), [name])

    def up(self, code: str) -> Level:
        """This level or the one around it with that code; an empty one when there is none."""
        level: Level | None = self
        while level is not None and level.code != code:
            level = level.parent
        return level or Level(code, "", None)

    def down(self, *codes: str) -> Iterator[Level]:
        """Every level below, and this one, with one of these codes."""
        if self.code in codes:
            yield self
        for child in self.children:
            yield from child.down(*codes)


@dataclass(frozen=True, slots=True)
class AskedSet:
    """One set, by its kind and by the control numbers of its group and itself.

    `head` is what stands before the first HL, `roots` the levels that have no parent. Delimiters are canonical.
    """

    kind: str
    control: tuple[str, str]
    head: Level
    roots: tuple[Level, ...]

    def levels(self, *codes: str) -> Iterator[Level]:
        for root in self.roots:
            yield from root.down(*codes)


def read_sets(content: bytes) -> Iterator[AskedSet]:
    """The sets of a file whose envelope is sound."""
    kind, group, number_of_set, segments = "", "", "", list[list[str]]()
    for event in x12.read_events(content):
        match event:
            case x12.Group():
                group = event.control_number
            case x12.SetHeader():
                kind, number_of_set, segments = event.kind, event.control_number, []
            case list():
                segments.append([_canonical(str(element)) for element in event])
            case x12.SetEnd():
                yield _tree(kind, (group, number_of_set), segments)
            case _:
                pass


def _tree(kind: str, control: tuple[str, str], segments: Sequence[list[str]]) -> AskedSet:
    head = level = Level("", "", None)
    by_number: dict[str, Level] = {}
    roots: list[Level] = []
    for segment in segments:
        if segment[0] != "HL":
            level.segments.append(segment)
            continue
        parent = by_number.get(at(segment, 2))
        level = by_number[at(segment, 1)] = Level(at(segment, 3), at(segment, 1), parent)
        (parent.children if parent else roots).append(level)
    return AskedSet(kind, control, head, tuple(roots))


def _canonical(element: str) -> str:
    """With the parts of a composite and the repetitions told by : and ^, as in what is written here."""
    return element.replace(COMPONENT, ":").replace(REPETITION, "^")


def at(segment: Sequence[str], place: int) -> str:
    """An element, by its place as in its name (NM109 is 9); empty when it is not there."""
    return segment[place] if place < len(segment) else ""


def plain(text: str) -> str:
    """Without the marks that part elements in some file, so that every answer can be written."""
    return _SEPARATORS.sub(" ", text).strip()


def day(text: str) -> date | None:
    """D8, or the first of an RD8; None when it is no date."""
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 (a date has no zone)
    except ValueError:
        return None


def last_day(text: str) -> date | None:
    """The last of an RD8, or the one day of a D8."""
    return day(text.partition("-")[2]) or day(text)


def number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def written(*elements: object) -> str:
    """One segment in canonical delimiters, without empty elements at its end."""
    texts = ["" if one is None else format(one, "f") if isinstance(one, Decimal) else str(one) for one in elements]
    while texts and not texts[-1]:
        texts.pop()
    return "*".join(texts) + "~"


def echoed(segment: Sequence[str]) -> str:
    """A segment as it was asked, in canonical delimiters; composites, which nothing here echoes, lose their parts."""
    return written(*(plain(element) for element in segment))
