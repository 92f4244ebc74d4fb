"""Segments to text and bodies to interchanges: counts for itself, trims, and refuses a delimiter inside
data.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby, islice

from x12 import values
from x12.binary import encoded
from x12.delimiters import CANONICAL, Delimiters
from x12.errors import DelimiterInData, WriteRefused
from x12.guides.spec import LoopSpec
from x12.memo import Memo
from x12.model.acknowledgement import InterchangeAck
from x12.model.envelope import InterchangeHeader, TransactionSet
from x12.model.segments import COMPONENT, REPETITION, Loop, Segment

FUNCTIONAL_IDS = {
    "837": "HC",
    "835": "HP",
    "999": "FA",
    "277": "HN",
    "276": "HR",
    "270": "HS",
    "271": "HB",
    "275": "PI",
    "278": "HI",
}
"""GS01 by ST01."""

# 835 alone among these writes no ST03 (guide 005010X221A1).
_WITHOUT_ST03 = frozenset({"835"})
_RESERVED = re.compile(r"[*~:^\x00-\x1d\x7f]")
_ENVELOPE = re.compile(r"~\s*(?:ISA|GS|ST|SE|GE|IEA|TA1)\*")
_UNEXPECTED = re.compile(r"[:^\x00-\x1d\x7f]")
_LOOSE = re.compile(f"{COMPONENT}[*~]")
_BLOCK = 128
_CONTROL_LIMIT = 10**9
_UNLISTED = 10_000


def segment_text(segment: Sequence[str]) -> str:
    """One segment in canonical delimiters, with its terminator; empty elements at the end are cut.

    Raises DelimiterInData when an element holds `* : ~ ^` or a control character.
    """
    text = "*".join(segment)
    if _RESERVED.search(text.replace("*", "", len(segment) - 1)) or text.count("*") >= len(segment):
        raise _refused(segment)
    text = text.rstrip("*" + COMPONENT)
    if COMPONENT in text:
        text = _trim_components(text)
    return text.replace(REPETITION, "^") + "~"


def _trim_components(text: str) -> str:
    while COMPONENT + "*" in text:
        text = text.replace(COMPONENT + "*", "*")
    return text.replace(COMPONENT, ":")


def _refused(segment: Sequence[str]) -> DelimiterInData:
    place = next((number for number, text in enumerate(segment) if _RESERVED.search(text)), 0)
    return DelimiterInData("An element holds a delimiter or a control character", segment=segment[0], element=place)


def composite(*components: str) -> str:
    """Components joined for one element; empty ones at the end are cut."""
    return COMPONENT.join(components).rstrip(COMPONENT)


def amount(value: Decimal | None) -> str:
    """An amount or quantity as text; None is empty. Raises WriteRefused when it is no finite number."""
    if value is None:
        return ""
    try:
        return _AMOUNTS[str(value)]
    except ValueError as error:
        raise WriteRefused(f"An amount {error}") from None


_AMOUNTS = Memo(lambda text: values.amount_text(Decimal(text)))


def flatten(loop: Loop, spec: LoopSpec | None) -> Iterator[Segment]:
    """The segments of a loop in the guide's order, kept ones among the typed ones; unknown ones come last."""
    segments: list[Segment] = []
    _flatten(loop, spec, segments)
    return iter(segments)


def _flatten(loop: Loop, spec: LoopSpec | None, segments: list[Segment]) -> None:
    if spec is None:
        segments += loop.segments
        for inner in loop.loops:
            _flatten(inner, None, segments)
        return
    order = _ORDERS.get(spec) or _ORDERS.setdefault(spec, _Order(spec))
    own = loop.segments
    if len(own) > 2:
        ranks = [order.rank(segment) for segment in own[1:]]
        if ranks != sorted(ranks):
            own = (own[0], *sorted(own[1:], key=order.rank))
    segments += own
    loops = loop.loops
    if len(loops) > 1:
        loops = sorted(loops, key=order.place)
    for inner in loops:
        found = order.places.get(inner.id)
        _flatten(inner, found[1] if found else None, segments)


class _Order:
    """The order of the segments and inner loops of a loop."""

    def __init__(self, spec: LoopSpec) -> None:
        self.places = {inner.id: (place, inner) for place, inner in enumerate(spec.loops)}
        self._ranks = spec.ranks
        self._alike = {name: alike[0][1] for name, alike in spec.ranks.items() if len({rank for _, rank in alike}) == 1}

    def rank(self, segment: Segment) -> int:
        rank = self._alike.get(segment[0])
        if rank is not None:
            return rank
        alike = self._ranks.get(segment[0])
        if not alike:
            return _UNLISTED
        return next((rank for known, rank in alike if known.covers(segment)), alike[-1][1])

    def place(self, loop: Loop) -> int:
        found = self.places.get(loop.id)
        return found[0] if found else _UNLISTED


_ORDERS: dict[LoopSpec, _Order] = {}


def write_interchange(header: InterchangeHeader, sets: Sequence[TransactionSet]) -> bytes:
    """Wrap bodies into one interchange.

    Sets that follow one another with the same kind and version share a group; ST02 runs from 0001 within
    it. Raises DelimiterInData when the header's delimiters occur in a body, WriteRefused when a body is
    empty or holds an envelope segment, a kind is unknown, binary data are not as long as they say, or an
    identifier does not fit ISA.
    """
    parts = [_isa(header)]
    groups = 0
    for (kind, version), members in groupby(sets, key=lambda item: (item.kind, item.version)):
        number = header.group_control_number + groups
        parts.append(_gs(header, kind, version, number))
        count = 0
        for count, member in enumerate(members, start=1):
            parts.append(_wrapped(member, count, header.delimiters))
        parts.append(_line(header.delimiters, "GE", str(count), str(number)))
        groups += 1
    return _closed(header, parts, groups)


def write_interchange_acks(header: InterchangeHeader, acks: Sequence[InterchangeAck]) -> bytes:
    """An interchange of TA1 segments alone, without a group. Raises as `write_interchange`."""
    parts = [_isa(header)]
    for ack in acks:
        text = ("000000", "0000")
        if ack.created is not None:
            text = ack.created.strftime("%y%m%d"), ack.created.strftime("%H%M")
        parts.append(_line(header.delimiters, "TA1", ack.control_number, *text, ack.code, ack.note))
    return _closed(header, parts, 0)


def _closed(header: InterchangeHeader, parts: list[str], groups: int) -> bytes:
    parts.append(_line(header.delimiters, "IEA", str(groups), f"{header.control_number:09d}"))
    return encoded("".join(parts), header.delimiters, header.line_break)


def _line(delimiters: Delimiters, *elements: str) -> str:
    return redelimit(segment_text(elements), delimiters)


def _isa(header: InterchangeHeader) -> str:
    marks = header.delimiters
    if header.line_break not in ("", "\n", "\r\n", "\r"):
        raise WriteRefused("The line break is not CR, LF or both")
    fields = (
        "00", " " * 10, "00", " " * 10, _fit(header.sender_qualifier, 2, "ISA", 5), _fit(header.sender, 15,
            "ISA", 6),
        _fit(header.receiver_qualifier, 2, "ISA", 7), _fit(header.receiver, 15, "ISA", 8),
        header.created.strftime("%y%m%d"), header.created.strftime("%H%M"), marks.repetition, "00501",
        _control(header.control_number), "1" if header.ack_requested else "0", _usage(header.usage),
        marks.component,
    )  # fmt: skip
    return marks.element.join(("ISA", *fields)) + marks.segment


def _gs(header: InterchangeHeader, kind: str, version: str, number: int) -> str:
    functional = FUNCTIONAL_IDS.get(kind)
    if functional is None:
        raise WriteRefused("The kind of transaction is not one this library writes")
    _control(number)
    return _line(
        header.delimiters, "GS", functional, header.group_sender or header.sender,
        header.group_receiver or header.receiver, values.day_text(header.created),
        values.time_text(header.created), str(number),
        "X", version,
    )  # fmt: skip


def _fit(text: str, width: int, segment: str, place: int) -> str:
    if not text or len(text) > width or _RESERVED.search(text):
        raise WriteRefused(
            f"An identifier is empty, longer than {width} or holds a delimiter",
            segment=segment,
            element=place,
        )
    return text.ljust(width)


def _control(number: int) -> str:
    if not 0 < number < _CONTROL_LIMIT:
        raise WriteRefused("A control number is not between 1 and 999999999")
    return f"{number:09d}"


def _usage(usage: str) -> str:
    if usage not in ("P", "T"):
        raise WriteRefused("The usage indicator is neither P nor T", segment="ISA", element=15)
    return usage


def _wrapped(member: TransactionSet, number: int, delimiters: Delimiters) -> str:
    body = member.body
    if not body.endswith("~"):
        raise WriteRefused("A body is empty or its last segment is not terminated")
    if _ENVELOPE.search(body) or _ENVELOPE.match("~" + body.lstrip()[:8]):
        raise WriteRefused("A body holds an envelope segment")
    control = f"{number:04d}"
    version = () if member.kind in _WITHOUT_ST03 else (member.version,)
    opening = segment_text(("ST", member.kind, control, *version))
    closing = segment_text(("SE", str(body.count("~") + 2), control))
    return redelimit(opening + body + closing, delimiters)


def redelimit(text: str, delimiters: Delimiters) -> str:
    """Canonical text in other delimiters. Raises DelimiterInData when one of them stands in the data."""
    if delimiters == CANONICAL:
        return text
    pairs = [
        (CANONICAL.element, delimiters.element),
        (CANONICAL.component, delimiters.component),
        (CANONICAL.segment, delimiters.segment),
        (CANONICAL.repetition, delimiters.repetition),
    ]
    ours = {old for old, _ in pairs}
    for _, new in pairs:
        if new not in ours and new in text:
            raise DelimiterInData("A body holds one of the delimiters chosen for the interchange")
    return text.translate({ord(old): new for old, new in pairs})


def body_text(segments: Iterable[Segment]) -> str:
    """Segments as a body in canonical delimiters. Raises DelimiterInData."""
    stream = iter(segments)
    return "".join(map(_block_text, iter(lambda: list(islice(stream, _BLOCK)), [])))


def _block_text(segments: list[Segment]) -> str:
    """Many segments at once: they are joined, and the delimiters counted that must be there. When there are others,
    each is written for itself, which names the one that holds a delimiter.
    """
    text = "~".join(map("*".join, segments)) + "~"
    if (
        text.count("*") != sum(map(len, segments)) - len(segments)
        or text.count("~") != len(segments)
        or _UNEXPECTED.search(text)
        or _LOOSE.search(text)
    ):
        return "".join(map(segment_text, segments))
    while "*~" in text:
        text = text.replace("********~", "~").replace("****~", "~").replace("**~", "~").replace("*~", "~")
    return text.replace(COMPONENT, ":").replace(REPETITION, "^")
