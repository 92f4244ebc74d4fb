"""Reading what questions to a payer and its answers share: the head, traces, people, and their kept rests."""

from dataclasses import replace

from x12 import values
from x12.fields import bad, birth, frozen, longer, needed, party, procedure
from x12.model.inquiry import Person, Trace, TransactionHead
from x12.model.party import Party
from x12.model.procedure import Procedure
from x12.model.segments import COMPONENT, REPETITION, Segment, element
from x12.reader import OpenLoop
from x12.tokens import Elements

_NAME_ELEMENTS = 9


def head_of(loop: OpenLoop) -> TransactionHead:
    """BHT of the set a loop stands in, read once. Raises MissingSegment, BadElement."""
    root = loop
    while root.around is not None:
        root = root.around
    if isinstance(root.value, TransactionHead):
        return root.value
    segment = needed(root, "BHT")
    try:
        created = values.moment(element(segment, 4), element(segment, 5))
    except ValueError as error:
        raise bad(root, segment, 4, str(error)) from None
    root.value = TransactionHead(
        reference=element(segment, 3),
        created=created,
        structure=element(segment, 1),
        purpose=element(segment, 2),
        kind=element(segment, 6),
        extra=tuple(frozen(item) for item in root.segments if item is not segment) + rest(segment, 6),
    )
    return root.value


def trace(segment: Elements) -> Trace:
    """TRN."""
    return Trace(element(segment, 2), element(segment, 1), element(segment, 3), element(segment, 4))


def rest(segment: Elements, number: int) -> tuple[Segment, ...]:
    """What was sent after element `number`, as a segment whose earlier elements are empty (see `rejoined`)."""
    if not longer(segment, number):
        return ()
    return (frozen([segment[0], *([""] * number), *segment[number + 1 :]]),)


def named(loop: OpenLoop, read: int = _NAME_ELEMENTS) -> Party:
    """The party of a loop, with what NM1 says after the element `read` kept in its `extra`. Raises MissingSegment."""
    who = party(loop)
    beyond = rest(needed(loop, "NM1"), read)
    return replace(who, extra=(*who.extra, *beyond)) if beyond else who


def without(who: Party, *taken: Elements) -> Party:
    """The party without segments that found a field of their own."""
    kept = list(who.extra)
    for segment in taken:
        kept.remove(frozen(segment))
    return replace(who, extra=tuple(kept))


def person(loop: OpenLoop, demographic: Elements | None = None) -> Person:
    """The person of an NM1 loop; `demographic` is its DMG where that stands outside the loop."""
    who = named(loop)
    segment = demographic
    if segment is None:
        segment = next((item for item in loop.segments if item[0] == "DMG" and plain_birth(item)), None)
        if segment is not None:
            who = without(who, segment)
    if segment is None:
        return Person(who)
    return Person(who, birth(loop, segment) if element(segment, 2) else None, element(segment, 3))


def plain_birth(segment: Elements) -> bool:
    """Whether a DMG holds nothing but a birth date in D8 and a sex."""
    return bool(element(segment, 2)) == (element(segment, 1) == "D8") and not longer(segment, 3) and any(segment[1:])


def texts(segment: Elements, number: int) -> tuple[str, ...]:
    """The repetitions of an element."""
    text = element(segment, number)
    return tuple(text.split(REPETITION)) if text else ()


def pointers(text: str) -> tuple[int, ...]:
    """A composite of whole numbers. Raises ValueError."""
    return tuple(values.integer(part) for part in text.split(COMPONENT))


def ranged_procedure(text: str) -> tuple[Procedure, str]:
    """A procedure composite and its eighth component, the last code of a range. Raises ValueError."""
    parts = text.split(COMPONENT)
    if len(parts) > 8:
        raise ValueError("has more components than a procedure")
    return procedure(text), parts[7] if len(parts) == 8 else ""
