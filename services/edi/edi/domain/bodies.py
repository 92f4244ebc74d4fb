"""The bodies of a transmission: what may stand between ST and SE."""

from __future__ import annotations

import re
from collections.abc import Sequence

from edi.domain.kinds import POSTABLE, WRITTEN, SetKind
from edi.domain.refusals import BadBody, UnknownKind

LONGEST_BODY = 8 * 1024 * 1024
LONGEST_SEGMENT = 16_384
MOST_BODIES = 5_000
MOST_SEGMENTS = 500_000

_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{1,2}(?:\*[^\x00-\x1f\x7f]*)")
_ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})


def postable(kind: str) -> SetKind:
    """The set of a kind that a service may ask to send. Raises UnknownKind."""
    if kind not in POSTABLE:
        raise UnknownKind(known=", ".join(POSTABLE))
    return WRITTEN[kind]


def check(bodies: Sequence[str], kind: SetKind) -> None:
    """Every body is complete segments in canonical delimiters, begins as its guide does and holds no envelope.

    Raises BadBody with the ordinals of the body and the segment, from 1, and nothing of what they hold.
    """
    if not 1 <= len(bodies) <= MOST_BODIES:
        raise BadBody(number=len(bodies), segment=0, what=f"a transmission has 1 to {MOST_BODIES} bodies")
    for number, body in enumerate(bodies, start=1):
        _check_size(number, body)
        segments = body.removesuffix("~").split("~")
        for place, segment in enumerate(segments, start=1):
            fault = _fault(segment, place, kind)
            if fault:
                raise BadBody(number=number, segment=place, what=fault)


def _check_size(number: int, body: str) -> None:
    if len(body) > LONGEST_BODY or body.count("~") > MOST_SEGMENTS:
        raise BadBody(number=number, segment=0, what="the body is too large; make several")
    if not body.endswith("~"):
        raise BadBody(number=number, segment=body.count("~") + 1, what="the last segment is not terminated")


def _fault(segment: str, place: int, kind: SetKind) -> str | None:
    name = segment.partition("*")[0]
    if not _SEGMENT.fullmatch(segment):
        return "it does not begin with a segment id, has no element, or holds a control character"
    if name in _ENVELOPE:
        return "a segment of the envelope stands inside the body"
    if len(segment) > LONGEST_SEGMENT:
        return "the segment is too long"
    if place == 1 and name != kind.first:
        return f"the body does not begin with {kind.first}"
    return None
