"""Readers of single values: each takes a place in a segment and gives a typed value, None, or a noted fault.

None means that nothing was sent. Where HL7's null (`""`) may matter the reader says so: text gives the empty string,
which tells the receiver to delete what it has (chapter 2, 2.5.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import TypeVar

from hl7v2.errors import Code, Fault, Place
from hl7v2.tree import NULL, Component, Repetition, Segment

LONGEST_TEXT = 20_000
LONGEST_VALUE = 2_000
_TIMESTAMP = re.compile(r"(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)?(\d\d)?(?:\.\d{1,4})?)?([+-]\d{4})?")
_NUMBER = re.compile(r"[+-]?(\d{1,15})(\.\d{1,10})?|[+-]?\.\d{1,10}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with the time of day and the distance from UTC where they were sent."""

    day: date
    time: time | None = None
    offset: timedelta | None = None

    def at(self, zone: tzinfo) -> datetime:
        """The moment; what was sent without a distance from UTC is of `zone`, and without a time its midnight."""
        of = timezone(self.offset) if self.offset is not None else zone
        return datetime.combine(self.day, self.time or time(), of)


@dataclass(slots=True)
class Faults:
    """Everything wrong with one message, so that it is mended in one go."""

    found: list[Fault] = field(default_factory=list[Fault])

    def add(self, code: Code, place: Place, says: str, mend: str) -> None:
        self.found.append(Fault(code, place, says, mend))


@dataclass(frozen=True, slots=True, repr=False)
class At:
    """One repetition of one field, and where it stands; `component` and `sub` count from 1."""

    place: Place
    content: Repetition
    faults: Faults

    def text(self, component: int = 1, sub: int = 1) -> str | None:
        """What stands there; None when nothing does, the empty string for HL7's null."""
        value = self._raw(component, sub)
        if not value:
            return None
        if value == NULL:
            return ""
        if not value.isprintable() or len(value) > LONGEST_TEXT:
            return self._fault(
                Code.DATA_TYPE, component, sub, "It is not one line of printable text.", "Send plain text."
            )
        return value

    def said(self, component: int = 1, sub: int = 1) -> str | None:
        """The same, where null means no more than nothing."""
        return self.text(component, sub) or None

    def kept(self) -> str | None:
        """What stands there where it is one short line; a document or a picture is passed over."""
        value = self._raw(1, 1)
        return value if value and value != NULL and value.isprintable() and len(value) <= LONGEST_VALUE else None

    def day(self, component: int = 1) -> date | None:
        """The day of a date or a timestamp, as it was where it was written."""
        found = self.moment(component)
        return found and found.day

    def moment(self, component: int = 1) -> Moment | None:
        value = self.said(component)
        if value is None:
            return None
        found = _moment(value)
        if found is None:
            mend = "Send YYYYMMDD, or YYYYMMDDHHMM with seconds and an offset from UTC as needed."
            return self._fault(Code.DATA_TYPE, component, 1, "It is not a date that exists.", mend)
        return found

    def number(self, component: int = 1, sub: int = 1) -> Decimal | None:
        value = self.said(component, sub)
        if value is None:
            return None
        if not _NUMBER.fullmatch(value):
            return self._fault(
                Code.DATA_TYPE, component, sub, "It is not a number.", "Send digits and a decimal point."
            )
        return Decimal(value)

    def whole(self, component: int = 1) -> int | None:
        found = self.number(component)
        if found is None:
            return None
        if found != found.to_integral_value():
            return self._fault(Code.DATA_TYPE, component, 1, "It is not a whole number.", "Send digits alone.")
        return int(found)

    def needed(self, value: T | None, component: int, says: str, mend: str) -> T | None:
        """`value`, noting a fault when it is absent."""
        if value is None or value == "":
            return self._fault(Code.REQUIRED_FIELD_MISSING, component, 1, says, mend)
        return value

    def _raw(self, component: int, sub: int) -> str:
        given: Component = self.content[component - 1] if component <= len(self.content) else ()
        return given[sub - 1] if sub <= len(given) else ""

    def _fault(self, code: Code, component: int, sub: int, says: str, mend: str) -> None:
        at = self.place
        place = Place(at.segment, at.sequence, at.field, at.repetition, component, sub if sub > 1 else 0)
        self.faults.add(code, place, says, mend)


@dataclass(frozen=True, slots=True, repr=False)
class Fields:
    """One segment being read."""

    segment: Segment
    faults: Faults

    def place(self, number: int = 0) -> Place:
        return Place(self.segment.name, self.segment.sequence, number)

    def at(self, number: int) -> At:
        """The first repetition of a field; an absent field has nothing in it."""
        return next(self.each(number), At(self._of(number, 1), (), self.faults))

    def each(self, number: int) -> Iterator[At]:
        """Every repetition that says anything."""
        for ordinal, content in enumerate(self.segment.repetitions(number), 1):
            yield At(self._of(number, ordinal), content, self.faults)

    def all(self, number: int, reader: Callable[[At], T | None]) -> tuple[T, ...]:
        """What `reader` makes of every repetition, without those it makes nothing of."""
        return tuple(found for found in map(reader, self.each(number)) if found is not None)

    def is_null(self, number: int) -> bool:
        """Whether the field says `""`: delete it."""
        return self.segment.repetitions(number) == (((NULL,),),)

    def needs(self, number: int, says: str, mend: str) -> None:
        """Note a fault at the field."""
        self.faults.add(Code.REQUIRED_FIELD_MISSING, self.place(number), says, mend)

    def _of(self, number: int, repetition: int) -> Place:
        return Place(self.segment.name, self.segment.sequence, number, repetition)


def _moment(value: str) -> Moment | None:
    parts = _TIMESTAMP.fullmatch(value)
    if parts is None or parts[3] is None:
        return None
    year, month, day, hour, minute, second, offset = parts.groups()
    try:
        at = time(int(hour), int(minute or 0), min(int(second or 0), 59)) if hour else None
        return Moment(date(int(year), int(month), int(day)), at, _offset(offset))
    except (ValueError, OverflowError):
        return None


def _offset(text: str | None) -> timedelta | None:
    """Raises ValueError for a distance that no place of the world has."""
    if text is None:
        return None
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    if minutes > 14 * 60 or int(text[3:5]) > 59:
        raise ValueError(text)
    return timedelta(minutes=-minutes if text[0] == "-" else minutes)
