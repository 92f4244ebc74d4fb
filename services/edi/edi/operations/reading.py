"""A file to its interchanges: what each holds, what it acknowledges, and what we owe it; or why it cannot be read.

Pure: it is run in a thread, because a large 835 would hold up everything else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

import x12
from common.logging import get_logger
from edi.domain.acknowledgement import GroupAck, InterchangeVerdict, code_like, outcome_of
from edi.domain.events import SetError, SetOutcome
from edi.domain.inbound import MOST_FINDINGS, Flaw, Found, Reading, Reason, flaws_of, misdirected, tally
from edi.domain.kinds import kind_of
from x12.delimiters import LONGEST_ISA, find_header

log = get_logger(__name__)

MOST_ERRORS = 1_000
_BLANK = b" \t\r\n\x00\x1a\xef\xbb\xbf"

# Faults of a set's envelope (IK502: no trailer, number or count that does not match, no number, number twice).
# What is wrong inside a set is answered by our 999; a broken envelope leaves nothing to answer.
_SET_ENVELOPE = frozenset({"2", "3", "4", "7", "23"})
_SEGMENTS_IN_ERROR = "5"

# A kind or version that nobody here reads is no broken envelope: it is kept and reported as it is. AK905 says so by 1
# and 2, TA105 by 024 of GS01.
_UNKNOWN_GROUP = frozenset({"1", "2"})


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_file(content: bytes, ours: str) -> Reading:
    """The interchanges of a file addressed to `ours`, or the reason and flaws that put it into quarantine."""
    try:
        reports = tuple(x12.examine(content))
        flaws = [flaw for report in reports for flaw in _envelope_flaws(report)]
        places = tuple(_places(content))
        if len(places) != len(reports):
            flaws.append(Flaw("interchanges", "The interchanges of the file do not follow one another cleanly."))
        if flaws:
            return _malformed(flaws)
        found = tuple(_found(report, content, place) for report, place in zip(reports, places, strict=True))
    except x12.X12Error as error:
        return _malformed([_flaw_of_error(error)])
    except Exception as fault:
        # One file that the reader cannot stand must not keep those behind it in the mailbox.
        log.error("the reader failed on a file", exc=fault, bytes=len(content))
        return Reading(reason=Reason.READER_FAILED, flaws=(Flaw("reader", "The reader failed on this file."),))
    flaws = [flaw for ordinal, each in enumerate(found, start=1) for flaw in flaws_of(each, ordinal)]
    return _malformed(flaws) if flaws else misdirected(Reading(found), ours)


def _malformed(flaws: Sequence[Flaw]) -> Reading:
    return Reading(reason=Reason.MALFORMED, flaws=tuple(flaws[:MOST_FINDINGS]))


def _envelope_flaws(report: x12.InterchangeReport) -> Iterator[Flaw]:
    for finding in report.all_findings():
        unknown = finding.code in _UNKNOWN_GROUP if finding.scope == "group" else _names_a_stranger(finding)
        envelope = finding.scope in ("interchange", "group") and not unknown
        if finding.severity == "error" and (envelope or (finding.scope == "set" and finding.code in _SET_ENVELOPE)):
            place = finding.position
            yield Flaw(
                f"{finding.scope}-{finding.code}",
                finding.message,
                place.interchange,
                place.group,
                place.set,
                place.segment,
            )


def _names_a_stranger(finding: x12.Finding) -> bool:
    return (finding.scope, finding.segment, finding.element) == ("interchange", "GS", 1)


def _flaw_of_error(error: x12.X12Error) -> Flaw:
    place = error.position
    what = f"{error.what}. {error.mend}"
    return Flaw("unreadable", what, place.interchange, place.group, place.set, place.segment)


def _places(content: bytes) -> Iterator[tuple[int, int]]:
    """Start and size of every interchange, as its own ISA delimits it."""
    at = 0
    while at < len(content):
        start = len(content) - len(content[at:].lstrip(_BLANK))
        if start == len(content):
            return
        header = find_header(content[start : start + LONGEST_ISA], x12.Position(segment=1))
        mark, separator = header.delimiters.segment.encode(), header.delimiters.element.encode()
        closing = re.compile(
            re.escape(mark) + rb"[\r\n ]*IEA" + re.escape(separator) + rb"[^" + re.escape(mark) + rb"]*"
        )
        closed = closing.search(content, start + header.end - 1)
        at = min(closed.end() + 1, len(content)) if closed else len(content)
        yield start, at - start


def _found(report: x12.InterchangeReport, content: bytes, place: tuple[int, int]) -> Found:
    start, size = place
    part = content[start : start + size]
    groups = report.groups
    return Found(
        sender=report.interchange.sender,
        receiver=report.interchange.receiver,
        control=report.interchange.control_number,
        groups=tuple(group.group.control_number for group in groups),
        usage=report.interchange.usage,
        start=start,
        size=size,
        sha256=digest(part),
        kinds=tally(kind_of(item.set.kind, item.set.version) for group in groups for item in group.sets),
        group_acks=_group_acks(part, sum(len(group.sets) for group in groups if _acknowledges(group))),
        verdicts=_verdicts(part) if b"TA1" in part else (),
        acknowledgement=tuple(x12.render_functional_ack_body(ack) for ack in x12.acknowledge(report)),
    )


def _verdicts(part: bytes) -> tuple[InterchangeVerdict, ...]:
    return tuple(
        InterchangeVerdict(code_like(ack.control_number), code_like(ack.code), code_like(ack.note))
        for ack in x12.read_interchange_acks(part)
    )


def _acknowledges(group: x12.GroupReport) -> bool:
    return group.group.functional_id == "FA"


def _group_acks(part: bytes, expected: int) -> tuple[GroupAck, ...]:
    """Raises X12Error when an acknowledgement is there that cannot be read: it must not pass in silence."""
    if not expected:
        return ()
    acks = tuple(_group_ack(received.value) for received in x12.read_functional_acks(part))
    if len(acks) != expected:
        raise x12.MissingSegment("A set in a group of acknowledgements is not a 999 of guide 005010X231")
    return acks


def _group_ack(ack: x12.FunctionalAck) -> GroupAck:
    errors = [SetError("", "", 0, code_like(code)) for code in ack.errors]
    for verdict in ack.sets:
        errors.extend(_set_errors(verdict))
    return GroupAck(
        group_control=code_like(ack.group_control_number),
        outcome=outcome_of(ack.code),
        errors=tuple(errors[:MOST_ERRORS]),
        sets=tuple(SetOutcome(code_like(each.control_number), outcome_of(each.code)) for each in ack.sets),
    )


def _set_errors(verdict: x12.SetAck) -> Iterable[SetError]:
    control = code_like(verdict.control_number)
    for code in verdict.errors:
        if code != _SEGMENTS_IN_ERROR or not verdict.segments:
            yield SetError(control, "", 0, code_like(code))
    for segment in verdict.segments:
        name = code_like(segment.segment)
        if not segment.elements:
            yield SetError(control, name, segment.position, code_like(segment.code))
        for element in segment.elements:
            yield SetError(control, name, segment.position, code_like(element.code), element.element)
