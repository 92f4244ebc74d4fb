"""Writing what questions to a payer and its answers share."""

from collections.abc import Iterable, Iterator, Mapping

from x12 import values
from x12.guides.spec import Guide, LoopSpec
from x12.model.inquiry import Person, Trace, TransactionHead
from x12.model.party import Party
from x12.model.procedure import Procedure
from x12.model.segments import Segment
from x12.phrases import details, name
from x12.writer import composite


def head(said: TransactionHead) -> Iterator[Segment]:
    """BHT and what was kept with it."""
    begin = (
        "BHT", said.structure, said.purpose, said.reference, values.day_text(said.created),
        values.time_text(said.created),
        said.kind,
    )  # fmt: skip
    yield from rejoined(begin, said.extra)


def trace(item: Trace) -> Segment:
    """TRN."""
    return ("TRN", item.kind, item.number, item.originator, item.supplement)


def rejoined(segment: Segment, extra: Iterable[Segment]) -> Iterator[Segment]:
    """The segment with what `inquiry_fields.rest` kept of it put back, then the other kept segments."""
    others: list[Segment] = []
    size = len(segment)
    for item in extra:
        if item[0] == segment[0] and len(item) > size and not any(item[1:size]) and len(segment) == size:
            segment = (*segment, *item[size:])
        else:
            others.append(item)
    yield segment
    yield from others


def who(role: str, party: Party, relationship: str | None = None) -> Iterator[Segment]:
    """NM1 and everything that follows it; NM110 when `relationship` is given."""
    opening = name(role, party)
    if relationship is not None:
        opening = (*opening, relationship)
    yield from rejoined(opening, details(party))


def birth(person: Person) -> Iterator[Segment]:
    """DMG, or nothing."""
    if person.birth_date is not None:
        yield ("DMG", "D8", values.day_text(person.birth_date), person.sex)
    elif person.sex:
        yield ("DMG", "", "", person.sex)


def numbers(pointers: Iterable[int]) -> str:
    """A composite of whole numbers."""
    return composite(*map(str, pointers))


def ranged_procedure(item: Procedure | None, end: str) -> str:
    """The procedure composite with the last code of a range; None is empty."""
    if item is None:
        return ""
    modifiers = [*item.modifiers, "", "", "", ""][:4]
    return composite(item.qualifier, item.code, *modifiers, item.description, end)


def places(guide: Guide) -> Mapping[str, LoopSpec]:
    """The loops of a guide by id."""
    found: dict[str, LoopSpec] = {}
    waiting = [guide.root]
    while waiting:
        spec = waiting.pop()
        found.setdefault(spec.id, spec)
        waiting.extend(spec.loops)
    return found
