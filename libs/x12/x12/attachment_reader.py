"""275 to attachments, one LX at a time."""

from collections.abc import Iterator

from x12 import values
from x12.fields import bad, dated, first, frozen, in_days, longer, needed, reference, value
from x12.guides.attachment import READING
from x12.inquiry_fields import named, rest, trace, without
from x12.model.attachment import (
    AttachedDocument,
    AttachmentCategory,
    AttachmentHead,
    AttachmentParty,
    ClaimAttachment,
)  # fmt: skip
from x12.model.claim import DatedEvent
from x12.model.envelope import Received
from x12.model.inquiry import Trace
from x12.model.party import Reference
from x12.model.segments import Segment, element
from x12.reader import OpenLoop
from x12.sets import Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source


def read_attachments(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[ClaimAttachment]]:
    """Stream the 275s of a file, one LX with its documents at a time, whatever their guide.

    A document larger than `limits.binary` is a LimitExceeded. Other errors as `read_claims`; a length that does not
    lead to the end of the binary data ends the file (BadElement, EnvelopeBroken).
    """
    return reported(_attachments(source, report, limits), report)


def _attachments(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[ClaimAttachment]]:
    for opened in read_sets(source, READING, report, limits):
        for loop in opened.loops:
            if loop.id == "2000":
                read = attempt(_attachment, loop, report)
                if read is not None:
                    yield Received(opened.envelope, loop.position(), read)


def _attachment(loop: OpenLoop) -> ClaimAttachment:
    head, parties = _shared(loop)
    traces: list[Trace] = []
    statuses: list[Segment] = []
    references: list[Reference] = []
    extra: list[Segment] = []
    opening = loop.segments[0]
    for segment in loop.segments[1:]:
        match segment[0]:
            case "TRN" if not longer(segment, 4):
                traces.append(trace(segment))
            case "STC":
                statuses.append(frozen(segment))
            case "REF" if (read := reference(segment)) is not None:
                references.append(read)
            case _:
                extra.append(frozen(segment))
    return ClaimAttachment(
        head, parties, element(opening, 1), tuple(traces), tuple(statuses), tuple(references),
        tuple(_category(inner) for inner in loop.loops if inner.id == "2100"),
        (*extra, *rest(opening, 1)),
        tuple(inner.kept() for inner in loop.loops if inner.id != "2100"),
    )  # fmt: skip


def _shared(loop: OpenLoop) -> tuple[AttachmentHead, tuple[AttachmentParty, ...]]:
    """What a set says before its first LX, read once."""
    root = loop
    while root.around is not None:
        root = root.around
    if not isinstance(root.value, _Said):
        root.value = _Said(_head(root), tuple(_party(inner) for inner in root.loops if inner.id == "1000"))
    return root.value.head, root.value.parties


class _Said:
    def __init__(self, head: AttachmentHead, parties: tuple[AttachmentParty, ...]) -> None:
        self.head = head
        self.parties = parties


def _head(root: OpenLoop) -> AttachmentHead:
    segment = needed(root, "BGN")
    others = tuple(frozen(item) for item in root.segments if item is not segment)
    return AttachmentHead(
        element(segment, 2), value(root, segment, 3, values.day), element(segment, 1), element(segment, 4),
        (*others, *rest(segment, 4)),
    )  # fmt: skip


def _party(loop: OpenLoop) -> AttachmentParty:
    dates: list[DatedEvent] = []
    taken: list[Elements] = []
    for segment in loop.segments[1:]:
        if segment[0] == "DTP" and in_days(segment) and not longer(segment, 3):
            dates.append(dated(loop, segment))
            taken.append(segment)
    return AttachmentParty(element(loop.segments[0], 1), without(named(loop), *taken), tuple(dates))


def _category(loop: OpenLoop) -> AttachmentCategory:
    opening = loop.segments[0]
    category = first(loop, "CAT") or []
    others = tuple(frozen(item) for item in loop.segments[1:] if item is not category)
    return AttachmentCategory(
        element(opening, 1), element(opening, 2), element(opening, 3), element(category, 1), element(category, 2),
        tuple(_document(inner) for inner in loop.loops if inner.id == "2110"),
        (*others, *rest(opening, 3), *(rest(category, 2) if category else ())),
        tuple(inner.kept() for inner in loop.loops if inner.id != "2110"),
    )  # fmt: skip


def _document(loop: OpenLoop) -> AttachedDocument:
    opening = loop.segments[0]
    binary = next((item for item in loop.segments if item[0] in ("BIN", "BDS")), None)
    extra = tuple(frozen(item) for item in loop.segments[1:] if item is not binary)
    if binary is None:
        return AttachedDocument(None, element(opening, 1), tuple(frozen(opening)[2:]), None, extra)
    encoded = binary[0] == "BDS"
    return AttachedDocument(
        _content(loop, binary, 2 if encoded else 1), element(opening, 1), tuple(frozen(opening)[2:]),
        element(binary, 1) if encoded else None, extra,
    )  # fmt: skip


def _content(loop: OpenLoop, segment: Elements, size_at: int) -> bytes:
    size = value(loop, segment, size_at, values.integer)
    try:
        data = bytes.fromhex(element(segment, size_at + 1))
    except ValueError:
        data = None
    if data is None or len(data) != size or longer(segment, size_at + 1):
        raise bad(loop, segment, size_at, "does not give the length of the binary data")
    return data
