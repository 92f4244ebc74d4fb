"""Reading typed values out of a loop, and the parts that every transaction shares: parties, dates,
procedures.

Whatever cannot be read is a `BadElement` or `MissingSegment` with the loop, segment and element named.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

from x12 import values
from x12.errors import BadElement, MissingSegment
from x12.model.adjustment import Adjustment
from x12.model.claim import DatedEvent
from x12.model.party import Address, Contact, Party, Reference
from x12.model.procedure import Procedure
from x12.model.record import maker
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop
from x12.tokens import Elements, Rows

T = TypeVar("T")
_NO_ELEMENTS = [""] * 9
_PLAIN_REFERENCE = 3
_make_reference = maker(Reference)
_CAS_STARTS = range(2, 20, 3)


def value(loop: OpenLoop, segment: Elements, number: int, convert: Callable[[str], T]) -> T:
    """Element `number` converted. Raises BadElement when it is missing or not of its type."""
    try:
        return convert(element(segment, number))
    except ValueError as error:
        raise bad(loop, segment, number, str(error)) from None


def optional(loop: OpenLoop, segment: Elements, number: int, convert: Callable[[str], T]) -> T | None:
    """Element `number` converted, or None when it was not sent. Raises BadElement."""
    return value(loop, segment, number, convert) if element(segment, number) else None


def bad(loop: OpenLoop, segment: Elements, number: int, complaint: str) -> BadElement:
    """The error for an element that cannot be read; `complaint` begins with a verb."""
    return BadElement(
        f"An element {complaint}",
        loop.position(segment),
        loop=loop.id,
        segment=segment[0],
        element=number,
    )


def amount(loop: OpenLoop, segment: Elements, number: int) -> Decimal:
    """A required amount or quantity."""
    return value(loop, segment, number, values.decimal)


def optional_amount(loop: OpenLoop, segment: Elements, number: int) -> Decimal | None:
    """An amount or quantity that may be absent."""
    return optional(loop, segment, number, values.decimal)


def first(loop: OpenLoop, identifier: str) -> Elements | None:
    """The first segment of the loop with that identifier."""
    for segment in loop.segments:
        if segment[0] == identifier:
            return segment
    return None


def needed(loop: OpenLoop, identifier: str) -> Elements:
    """The first segment of the loop with that identifier. Raises MissingSegment."""
    segment = first(loop, identifier)
    if segment is None:
        raise MissingSegment("A segment is missing", loop.position(), loop=loop.id, segment=identifier)
    return segment


def needed_loop(loop: OpenLoop, loop_id: str, opened_by: str) -> OpenLoop:
    """The first inner loop of that id. Raises MissingSegment naming the segment that would open it."""
    inner = loop.inner(loop_id)
    if inner is None:
        raise MissingSegment("A loop is missing", loop.position(), loop=loop_id, segment=opened_by)
    return inner


def enclosing(loop: OpenLoop, loop_id: str, opened_by: str) -> OpenLoop:
    """The loop of that id around this one. Raises MissingSegment."""
    outer = loop.enclosing(loop_id)
    if outer is None:
        raise MissingSegment("A loop is missing", loop.position(), loop=loop_id, segment=opened_by)
    return outer


def frozen(segment: Elements) -> Segment:
    """A segment kept as it came, trailing empty elements cut."""
    last = len(segment)
    while last > 1 and not segment[last - 1]:
        last -= 1
    return tuple(segment[:last])


def longer(segment: Elements, number: int) -> bool:
    """Whether anything was sent after element `number`, which a typed field would not hold."""
    return len(segment) > number + 1 and any(segment[number + 1 :])


def dated(loop: OpenLoop, segment: Elements) -> DatedEvent:
    """A DTP segment in D8 or RD8. Raises BadElement."""
    try:
        start, end = values.days(element(segment, 2), element(segment, 3))
    except ValueError as error:
        raise bad(loop, segment, 3, str(error)) from None
    return DatedEvent(element(segment, 1), start, end)


def in_days(segment: Elements) -> bool:
    """Whether a DTP is a plain day or range of days; other forms (with a time) are kept as they came."""
    return element(segment, 2) in ("D8", "RD8")


def procedure(text: str) -> Procedure:
    """A procedure composite: qualifier, code, modifiers, description. Raises ValueError when there is no
    code.
    """
    parts = text.split(COMPONENT)
    if len(parts) < 2 or not parts[1]:
        raise ValueError("has no procedure code")
    modifiers = tuple(parts[2:6])
    while modifiers and not modifiers[-1]:
        modifiers = modifiers[:-1]
    return Procedure(parts[1], modifiers, parts[0], parts[6] if len(parts) > 6 else "")


def reference(segment: Elements) -> Reference | None:
    """A REF segment, or None when it has components that a `Reference` does not hold."""
    if len(segment) == _PLAIN_REFERENCE:
        return _make_reference(segment[1], segment[2])
    if longer(segment, 3):
        return None
    return Reference(element(segment, 1), element(segment, 2), element(segment, 3))


def party(loop: OpenLoop, opening: Elements | None = None) -> Party:
    """The party of a loop that NM1 opens, with its address, contacts and references. Raises
    MissingSegment.
    """
    return party_of(loop.segments, opening or needed(loop, "NM1"))


def party_of(rows: Rows, named: Elements) -> Party:
    """The party that some segments tell of; `named` is its NM1 among them."""
    street: Elements | None = None
    city: Elements | None = None
    contacts: list[Contact] = []
    references: list[Reference] = []
    extra: list[Segment] = []
    taxonomy = role = ""
    for segment in rows:
        identifier = segment[0]
        if segment is named:
            continue
        if identifier == "N3" and street is None:
            street = segment
        elif identifier == "N4" and city is None and not any(segment[5:7]):
            city = segment
        elif identifier == "PER":
            contacts.append(contact(segment))
        elif identifier == "REF" and (read := reference(segment)) is not None:
            references.append(read)
        elif identifier == "PRV" and not taxonomy and element(segment, 2) == "PXC" and not longer(segment, 3):
            role, taxonomy = element(segment, 1), element(segment, 3)
        else:
            extra.append(frozen(segment))
    return Party(*_name(named), address(street, city), tuple(contacts), tuple(references), taxonomy, role, tuple(extra))


def _name(named: Elements) -> tuple[str, str, str, str, str, str, str, str]:
    """NM103, 02, 04-09, as a `Party` has them."""
    _, _, kind, last, first_name, middle, prefix, suffix, qualifier, identifier = (named + _NO_ELEMENTS)[:10]
    return last, kind, first_name, middle, prefix, suffix, qualifier, identifier


def named_only(segment: Elements) -> Party:
    """A party of which only NM1 is sent."""
    return Party(*_name(segment))


def adjustments(loop: OpenLoop, segment: Elements) -> Iterator[Adjustment]:
    """The reasons of a CAS segment. Raises BadElement."""
    for start in _CAS_STARTS:
        if any(segment[start : start + 3]):
            reason = element(segment, start)
            if not reason:
                raise bad(loop, segment, start, "has an amount but no reason")
            taken = amount(loop, segment, start + 1)
            yield Adjustment(element(segment, 1), reason, taken, optional_amount(loop, segment, start + 2))


def address(street: Elements | None, city: Elements | None) -> Address | None:
    """N3 and N4 together, or None when neither was sent."""
    if street is None and city is None:
        return None
    street, city = street or [], city or []
    return Address(
        element(street, 1), element(street, 2), element(city, 1), element(city, 2), element(city, 3),
        element(city, 4),
        element(city, 7),
    )  # fmt: skip


def contact(segment: Elements) -> Contact:
    """PER: function, name, and the pairs of qualifier and number."""
    pairs = [(element(segment, at), element(segment, at + 1)) for at in (3, 5, 7)]
    while pairs and pairs[-1] == ("", ""):
        pairs.pop()
    return Contact(element(segment, 1), element(segment, 2), tuple(pairs))


def birth(loop: OpenLoop, segment: Elements) -> date:
    """DMG02 of a person. Raises BadElement."""
    return value(loop, segment, 2, values.day)
