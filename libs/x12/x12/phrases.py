"""The segments that every transaction writes alike: names, addresses, contacts, references, dates,
procedures.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import TypeVar

from x12 import values
from x12.model.adjustment import Adjustment
from x12.model.claim import DatedEvent
from x12.model.party import Address, Party, Reference
from x12.model.procedure import Procedure
from x12.model.segments import Segment
from x12.writer import amount, composite

T = TypeVar("T")
_REASONS_IN_CAS = 6


def name(role: str, who: Party) -> Segment:
    """NM1 of a party in a role (NM101)."""
    return (
        "NM1", role, who.kind, who.name, who.first, who.middle, who.prefix, who.suffix, who.id_qualifier,
        who.id,
    )  # fmt: skip


def party(role: str, who: Party) -> tuple[Segment, ...]:
    """NM1 and everything that follows it for the party; the caller's guide puts the segments in order."""
    return (name(role, who), *details(who))


def details(who: Party) -> list[Segment]:
    """What a party says besides its name: PRV, N3, N4, REF, PER and what was kept."""
    told: list[Segment] = []
    if who.taxonomy:
        told.append(("PRV", who.provider_role or "PE", "PXC", who.taxonomy))
    if who.address is not None:
        told += address(who.address)
    if who.references:
        told += references(who.references)
    for item in who.contacts:
        pairs = [part for pair in item.numbers for part in pair]
        told.append(("PER", item.function, item.name, *pairs))
    if who.extra:
        told += who.extra
    return told


def address(place: Address) -> list[Segment]:
    """N3 and N4, each only when it says something."""
    told: list[Segment] = []
    if place.line1 or place.line2:
        told.append(("N3", place.line1, place.line2) if place.line2 else ("N3", place.line1))
    if place.country or place.subdivision:
        city = (place.city, place.state, place.postal_code, place.country, "", "", place.subdivision)
        told.append(("N4", *city))
    elif place.city or place.state or place.postal_code:
        told.append(("N4", place.city, place.state, place.postal_code))
    return told


def references(items: Iterable[Reference]) -> list[Segment]:
    """REF segments."""
    return [
        ("REF", item.qualifier, item.value, item.description)
        if item.description
        else ("REF", item.qualifier, item.value)
        for item in items
    ]


def reference(qualifier: str, value: str) -> tuple[Segment, ...]:
    """One REF, or none when there is no value."""
    return (("REF", qualifier, value),) if value else ()


def dated(item: DatedEvent) -> Segment:
    """DTP in D8 or RD8."""
    return ("DTP", item.qualifier, *values.days_text(item.start, item.end))


def served(start: date | None, end: date | None) -> tuple[Segment, ...]:
    """DTP 472, or none."""
    return (dated(DatedEvent("472", start, end)),) if start else ()


def procedure(item: Procedure | None) -> str:
    """The procedure composite; None is empty."""
    if item is None:
        return ""
    if not item.description:
        return composite(item.qualifier, item.code, *item.modifiers)
    modifiers = [*item.modifiers, "", "", "", ""][:4]
    return composite(item.qualifier, item.code, *modifiers, item.description)


def adjustments(items: Iterable[Adjustment]) -> Iterator[Segment]:
    """CAS segments: reasons of one group that follow one another stand together, six in a segment."""
    for group, members in groupby(items, key=lambda item: item.group):
        for some in batches(list(members), _REASONS_IN_CAS):
            triplets = [(item.reason, amount(item.amount), amount(item.quantity)) for item in some]
            yield ("CAS", group, *(part for triplet in triplets for part in triplet))


def batches(items: list[T], size: int) -> Iterator[list[T]]:
    """The items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
