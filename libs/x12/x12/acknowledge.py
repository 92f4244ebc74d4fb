"""Findings to acknowledgements: the TA1 of an interchange, the 999 of each group, the 277CA of its claims
(rulebook 9.4).

A set of claims is not lost for one of them: what is wrong within a claim, its subscriber or its patient is
noted in the 999, which accepts the set with errors (IK501 E), and rejects that claim in the 277CA. The set
is rejected (R) for what concerns it as a whole, and when no claim is left.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby, islice

from x12.envelope import readable_moment
from x12.findings import Finding
from x12.model.acknowledgement import (
    AckSource,
    ClaimAck,
    ClaimAckPart,
    Context,
    ElementError,
    FunctionalAck,
    InterchangeAck,
    LevelAck,
    SegmentError,
    SetAck,
    Status,
    StatusReport,
)  # fmt: skip
from x12.model.party import Party
from x12.rejections import statuses_of
from x12.validate import GroupReport, InterchangeReport, SetReport
from x12.verdicts import JudgedClaim

_ACKNOWLEDGEMENT = "FA"
JUDGED = frozenset({"interchange", "syntax", "guide", "situation"})
"""Levels that a 999 answers for. Balance and codes are for the 277CA and the payer's 835."""
_SEGMENTS_IN_ERROR = "5"
_DATA_ELEMENT_ERRORS = "8"
_MOST_CODES = 5
_LOOP_IDENTIFIER = 4
"""IK303 holds four characters: loop 2010AA is named 2010."""
_GROUP_WITHOUT_SETS = "5"
_SET_NUMBER = 9
"""AK202 holds four to nine characters, whatever ST02 was."""
_UNIT = re.compile(r"[0-9A-Za-z .,/#_-]{1,35}")
"""What CTX can hold of the value of a business unit; any other is left out."""
_UNWRITABLE = re.compile(r"[*~:^\x00-\x1f\x7f]+")
_NO_IDENTIFIER = re.compile("[^0-9A-Z]")
_UNITS = frozenset({"CLM01", "TRN02"})
"""Business units that the 999 has names for."""
_MOST_REPORTS = 5
_STATUSES_OF_A_REPORT = 3


def acknowledge(report: InterchangeReport) -> tuple[FunctionalAck, ...]:
    """One 999 for each group of an interchange; groups of acknowledgements are not acknowledged.

    A set is rejected (R) for an error that concerns it as a whole, or when all its claims are in error; one
    with errors in some claims or with warnings is accepted with errors (E). A group that is itself broken
    (count, control number, trailer) is rejected whole and names no sets. An interchange that is rejected by
    its TA1 gets none.
    """
    if acknowledge_interchange(report).code == "R":
        return ()
    return tuple(_group_ack(group) for group in report.groups if group.group.functional_id != _ACKNOWLEDGEMENT)


def acknowledge_interchange(report: InterchangeReport) -> InterchangeAck:
    """The TA1: A with note 000, E with the first warning's note, or R with the first error's note."""
    interchange = report.interchange
    created = readable_moment(interchange.date, interchange.time)
    for severity, code in (("error", "R"), ("warning", "E")):
        for finding in report.findings:
            if finding.severity == severity:
                return InterchangeAck(interchange.control_number, created, code, finding.code)
    return InterchangeAck(interchange.control_number, created, "A", "000")


def _group_ack(report: GroupReport) -> FunctionalAck:
    errors = _codes(finding for finding in report.findings if finding.severity == "error")
    sets = () if errors else tuple(map(_set_ack, report.sets))
    accepted = sum(item.code != "R" for item in sets)
    if not report.sets and not errors:
        errors = (_GROUP_WITHOUT_SETS,)
    return FunctionalAck(
        functional_id=_echoed(report.group.functional_id),
        group_control_number=_echoed(report.group.control_number),
        version=_echoed(report.group.version),
        code=_verdict(sets, accepted),
        included=report.declared if report.declared >= 0 else len(report.sets),
        received=len(report.sets),
        accepted=accepted,
        errors=errors,
        sets=sets,
    )


def _verdict(sets: tuple[SetAck, ...], accepted: int) -> str:
    """AK901: accepted whole, accepted but for errors, in part, or rejected."""
    if not accepted:
        return "R"
    if accepted < len(sets):
        return "P"
    return "E" if any(item.code == "E" for item in sets) else "A"


def _set_ack(report: SetReport) -> SetAck:
    judged = [finding for finding in report.findings if finding.level in JUDGED and finding.severity != "info"]
    inside = [finding for finding in judged if finding.scope in ("segment", "element")]
    codes = _codes(finding for finding in judged if finding.scope == "set")
    if inside:
        codes = (*codes[: _MOST_CODES - 1], _SEGMENTS_IN_ERROR)
    return SetAck(
        kind=_echoed(report.set.kind),
        control_number=_echoed(report.set.control_number).zfill(4)[:_SET_NUMBER],
        version=_echoed(report.set.version),
        code="R" if report.rejected else "E" if judged else "A",
        errors=codes,
        segments=_segment_errors(inside),
    )


def _echoed(text: str) -> str:
    """Text of the sender that can be written back under any of the usual delimiters."""
    return _UNWRITABLE.sub(" ", text).strip()


def _identifier(segment: str) -> str:
    """IK301 holds two or three letters and digits, whatever stood at the head of the segment."""
    return (_NO_IDENTIFIER.sub("", segment.upper()) + "ZZ")[: min(max(len(segment), 2), 3)]


def _codes(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.code for finding in findings))[:_MOST_CODES]


def _segment_errors(findings: list[Finding]) -> tuple[SegmentError, ...]:
    """IK3 for each segment and kind of error, in file order, the element errors of a segment together
    under one.
    """
    places: dict[tuple[int, str, str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda item: item.position.segment):
        code = finding.code if finding.scope == "segment" else _DATA_ELEMENT_ERRORS
        loop = "" if finding.loop == "ST" else finding.loop[:_LOOP_IDENTIFIER]
        places.setdefault((finding.position.segment, finding.segment, loop, code), []).append(finding)
    return tuple(
        SegmentError(_identifier(segment), position, loop, code, _element_errors(found), _context(found))
        for (position, segment, loop, code), found in places.items()
    )


def _element_errors(findings: list[Finding]) -> tuple[ElementError, ...]:
    return tuple(
        ElementError(finding.element, finding.code, finding.component or None)
        for finding in findings
        if finding.scope == "element" and finding.element
    )


def _context(findings: list[Finding]) -> tuple[Context, ...]:
    """The business unit (CTX), so that the sender finds the claim without counting segments."""
    units = dict.fromkeys(finding.unit for finding in findings if finding.unit is not None)
    return tuple(Context(name, value) for name, value in units if name in _UNITS and _UNIT.fullmatch(value))


def acknowledge_claims(claims: Iterable[JudgedClaim], source: AckSource, today: date) -> tuple[ClaimAckPart, ...]:
    """The parts of one 277CA for the claims of one submission (one BHT03): each accepted (A2, WQ) or
    rejected (U) with a status for each thing found wrong, and the totals of providers and of the receiver.

    Hand in the claims of a set that its 999 accepted. Empty when there are none. `today` is the day the
    statuses hold for.
    """
    judged = list(claims)
    if not judged:
        return ()
    receiver = _receiver_level(judged, source, today)
    parts: list[ClaimAckPart] = [receiver]
    for _, group in groupby(judged, key=lambda claim: claim.provider):
        parts.extend(_provider_claims(list(group), source, receiver, today))
    return tuple(parts)


def _receiver_level(claims: list[JudgedClaim], source: AckSource, today: date) -> LevelAck:
    total = sum((claim.charge for claim in claims), Decimal(0))
    report = StatusReport((Status("A1", "19", source.entity),), today, "WQ", total)
    return _level(
        "receiver", claims, source, claims[0].submitter, reports=(report,), trace=_echoed(claims[0].reference)
    )


def _level(
    level: str,
    claims: list[JudgedClaim],
    source: AckSource,
    party: Party,
    *,
    receiver: LevelAck | None = None,
    reports: tuple[StatusReport, ...] = (),
    trace: str = "",
) -> LevelAck:
    good = [claim.charge for claim in claims if claim.accepted]
    bad = [claim.charge for claim in claims if not claim.accepted]
    return LevelAck(
        "receiver" if level == "receiver" else "provider", source, _party(party), receiver, trace, reports,
        accepted_count=Decimal(len(good)) if good else None, rejected_count=Decimal(len(bad)) if bad else None,
        accepted_amount=sum(good, Decimal(0)) if good else None, rejected_amount=sum(bad, Decimal(0)) if bad else None,
    )  # fmt: skip


def _provider_claims(
    claims: list[JudgedClaim], source: AckSource, receiver: LevelAck, today: date
) -> Iterable[ClaimAckPart]:
    provider = _level("provider", claims, source, claims[0].provider, receiver=receiver)
    yield provider
    for claim in claims:
        start, end = claim.served()
        yield ClaimAck(
            _echoed(claim.control_number), tuple(_reports(claim, source, today)), source, receiver, provider,
            _named(claim), service_from=start or today, service_to=end if end != start else None,
        )  # fmt: skip


def _named(claim: JudgedClaim) -> Party:
    """NM1 of the patient with the member id, which a patient who is not the subscriber shares with it."""
    patient, member = claim.patient, claim.subscriber
    named = Party(
        patient.name, "1", patient.first, patient.middle, "", patient.suffix, member.id_qualifier or "MI", member.id
    )
    return _party(named)


def _party(who: Party) -> Party:
    return Party(
        _echoed(who.name), _echoed(who.kind), _echoed(who.first), _echoed(who.middle), "", _echoed(who.suffix),
        _echoed(who.id_qualifier), _echoed(who.id),
    )  # fmt: skip


def _reports(claim: JudgedClaim, source: AckSource, today: date) -> Iterable[StatusReport]:
    statuses = statuses_of(claim.findings)
    if not statuses:
        yield StatusReport((Status("A2", "20", source.entity),), today, "WQ", claim.charge)
        return
    waiting = iter(statuses[: _MOST_REPORTS * _STATUSES_OF_A_REPORT])
    while batch := tuple(islice(waiting, _STATUSES_OF_A_REPORT)):
        yield StatusReport(batch, today, "U", claim.charge)
