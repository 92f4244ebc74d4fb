"""The edge: bytes, through python-hl7, into segments of plain text that the rest of this library reads.

Nothing of python-hl7 leaves this module. What it would do with input that is too large, not a message, or several
messages at once never happens: that is refused before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import hl7  # pyright: ignore[reportMissingTypeStubs]

from hl7v2.charset import decoded
from hl7v2.delimiters import Delimiters, declared, unescaped
from hl7v2.errors import Code, Place, rejected

LARGEST = 1024 * 1024
MOST_SEGMENTS = 2_000
# Every separator makes an object of several hundred bytes; a full ADT has about a thousand.
MOST_PARTS = 60_000
NULL = '""'
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")

Component = tuple[str, ...]
Repetition = tuple[Component, ...]
Field = tuple[Repetition, ...]


# repr=False: it holds what names a person.
@dataclass(frozen=True, slots=True, repr=False)
class Segment:
    """One segment: `fields[0]` is field 1. `sequence` counts the segments of its name from 1."""

    name: str
    sequence: int
    fields: tuple[Field, ...]

    def repetitions(self, field: int) -> Field:
        """The repetitions of a field that say anything; a field that is absent has none."""
        given = self.fields[field - 1] if field <= len(self.fields) else ()
        return tuple(repetition for repetition in given if any(any(component) for component in repetition))


@dataclass(frozen=True, slots=True, repr=False)
class Tree:
    """A message taken apart: `segments[0]` is MSH."""

    delimiters: Delimiters
    segments: tuple[Segment, ...]

    def named(self, name: str) -> Iterator[Segment]:
        return (segment for segment in self.segments if segment.name == name)


def parse(data: bytes) -> Tree:
    """Take a message apart. Raises Unreadable (AR) for anything that is not one message within the limits."""
    if len(data) > LARGEST:
        says = f"The message is larger than {LARGEST} bytes."
        raise rejected(Code.TOO_LONG, None, says, "Send documents by reference, or in several messages.")
    text = decoded(data)
    _begins(text)
    delimiters = declared(text)
    _within_limits(text, delimiters)
    parsed = cast(Any, hl7).parse("\r".join(_lines(text)))
    return Tree(delimiters, tuple(_segments(parsed, delimiters)))


def _begins(text: str) -> None:
    if text[:3] in {"FHS", "BHS"}:
        says = "It is a batch or a file of messages."
        raise rejected(
            Code.SEGMENT_SEQUENCE, Place(text[:3]), says, "Send every message by itself, without FHS and BHS."
        )
    if text[:3] != "MSH":
        says = "It does not begin with MSH."
        raise rejected(Code.SEGMENT_SEQUENCE, Place("MSH"), says, "Send an HL7 v2 message in the encoding ER7.")


def _within_limits(text: str, delimiters: Delimiters) -> None:
    if text.count("\r") >= MOST_SEGMENTS:
        says = f"The message has more than {MOST_SEGMENTS} segments."
        raise rejected(Code.TOO_LONG, None, says, "Send it in several messages.")
    if sum(text.count(separator) for separator in delimiters.separators) > MOST_PARTS:
        says = f"The message has more than {MOST_PARTS} fields and parts of fields."
        raise rejected(Code.TOO_LONG, None, says, "Send it in several messages.")


def _lines(text: str) -> Iterator[str]:
    """The segments that are one by their names; an empty line is no segment."""
    counts: dict[str, int] = {}
    for line in text.split("\r"):
        if not line.strip():
            continue
        name = line[:3]
        counts[name] = counts.get(name, 0) + 1
        named = _NAME.fullmatch(name) is not None and line[3:4] in ("", text[3])
        if not named:
            says = "A line does not begin with the name of a segment."
            mend = "End every segment with CR, and escape line breaks within data as \\.br\\."
            raise rejected(Code.SEGMENT_SEQUENCE, _last(counts, name), says, mend)
        if name == "MSH" and counts[name] > 1:
            says = "A second message begins within the first."
            raise rejected(Code.SEGMENT_SEQUENCE, Place("MSH", 2), says, "Send every message in its own frame.")
        yield line.rstrip(" \t")


def _last(counts: dict[str, int], unnamed: str) -> Place:
    """The last segment before a line that is none."""
    named = [(name, count) for name, count in counts.items() if name != unnamed]
    return Place(*named[-1]) if named else Place("MSH")


def _segments(parsed: Any, delimiters: Delimiters) -> Iterator[Segment]:
    counts: dict[str, int] = {}
    for segment in parsed:
        name = str(segment[0])
        counts[name] = counts.get(name, 0) + 1
        header = name == "MSH"
        # The two fields of MSH that hold the separators are data as they stand.
        fields = tuple(
            _verbatim(field) if header and position < 2 else _field(field, delimiters)
            for position, field in enumerate(segment[1:])
        )
        yield Segment(name, counts[name], fields)


def _verbatim(field: Any) -> Field:
    return (((str(field),),),)


def _field(field: Any, delimiters: Delimiters) -> Field:
    return tuple(_repetition(part, delimiters) for part in _parts(field))


def _repetition(repetition: Any, delimiters: Delimiters) -> Repetition:
    return tuple(_component(part, delimiters) for part in _parts(repetition))


def _component(component: Any, delimiters: Delimiters) -> Component:
    return tuple(unescaped(str(part), delimiters).strip() for part in _parts(component))


def _parts(container: Any) -> tuple[Any, ...]:
    """The parts of a container; python-hl7 leaves out the levels that a piece of text has no separators for."""
    return (container,) if isinstance(container, str) else tuple(container)
