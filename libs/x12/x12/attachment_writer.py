"""Attachments to the body of a 275."""

from collections.abc import Iterable, Iterator

from x12 import values
from x12.errors import WriteRefused
from x12.inquiry_phrases import rejoined, trace
from x12.model.attachment import AttachedDocument, AttachmentCategory, AttachmentHead, AttachmentParty, ClaimAttachment
from x12.model.segments import Segment
from x12.phrases import dated, name, references
from x12.phrases import details as details_of
from x12.writer import body_text, flatten

_PARTY_ORDER = {name: place for place, name in enumerate(("N3", "N4", "PER", "PRV", "REF", "DMG", "DTP"))}


def render_attachments_body(attachments: Iterable[ClaimAttachment]) -> str:
    """The segments between ST and SE of one 275, in canonical delimiters.

    Documents stand in it as hexadecimal digits; `write_interchange` puts their bytes in place. Raises WriteRefused
    when nothing is given or heads or parties differ, DelimiterInData.
    """
    return body_text(_segments(attachments))


def _segments(attachments: Iterable[ClaimAttachment]) -> Iterator[Segment]:
    first: ClaimAttachment | None = None
    for item in attachments:
        if first is None:
            first = item
            yield from _head(item.head)
            for party in item.parties:
                yield from _party(party)
        elif (item.head, item.parties) != (first.head, first.parties):
            raise WriteRefused("The attachments of one 275 do not share head and parties")
        yield from _item(item)
    if first is None:
        raise WriteRefused("There is no attachment to write")


def _head(said: AttachmentHead) -> Iterator[Segment]:
    begin = ("BGN", said.purpose, said.reference, values.day_text(said.created), said.time)
    yield from rejoined(begin, said.extra)


def _party(said: AttachmentParty) -> Iterator[Segment]:
    told = [*rejoined(name(said.role, said.party), details_of(said.party)), *map(dated, said.dates)]
    yield told[0]
    yield from sorted(told[1:], key=lambda item: _PARTY_ORDER.get(item[0], len(_PARTY_ORDER)))


def _item(item: ClaimAttachment) -> Iterator[Segment]:
    opening, *others = rejoined(("LX", item.number), item.extra)
    yield opening
    yield from map(trace, item.traces)
    yield from item.statuses
    yield from references(item.references)
    yield from others
    for category in item.categories:
        yield from _category(category)
    for loop in item.loops:
        yield from flatten(loop, None)


def _category(said: AttachmentCategory) -> Iterator[Segment]:
    opening = ("DTP", said.date_qualifier, said.date_form, said.date)
    opening, *others = rejoined(opening, said.extra)
    yield opening
    if said.report_type or said.format:
        category, *others = rejoined(("CAT", said.report_type, said.format), others)
        yield category
    yield from others
    for document in said.documents:
        yield from _document(document)
    for loop in said.loops:
        yield from flatten(loop, None)


def _document(said: AttachedDocument) -> Iterator[Segment]:
    yield ("EFI", said.security, *said.format)
    if said.content is not None:
        size, digits = str(len(said.content)), said.content.hex()
        yield ("BIN", size, digits) if said.filter is None else ("BDS", said.filter, size, digits)
    yield from said.extra
