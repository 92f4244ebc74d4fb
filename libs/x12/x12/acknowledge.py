"""Findings to acknowledgements: the 999 of each group and the TA1 of an interchange (rulebook 9.4)."""

from collections.abc import Iterable

from x12.envelope import readable_moment
from x12.findings import Finding
from x12.model.acknowledgement import (
    Context,
    ElementError,
    FunctionalAck,
    InterchangeAck,
    SegmentError,
    SetAck,
)  # fmt: skip
from x12.validate import GroupReport, InterchangeReport, SetReport

_ACKNOWLEDGEMENT = "FA"
_JUDGED = frozenset({"interchange", "syntax", "guide"})
"""Levels that a 999 answers for. Balance and codes are for the payer's 277CA and 835."""
_SEGMENTS_IN_ERROR = "5"
_DATA_ELEMENT_ERRORS = "8"
_MOST_CODES = 5
_LOOP_IDENTIFIER = 4
"""IK303 holds four characters: loop 2010AA is named 2010."""
_GROUP_WITHOUT_SETS = "5"


def acknowledge(report: InterchangeReport) -> tuple[FunctionalAck, ...]:
    """One 999 for each group of an interchange; groups of acknowledgements are not acknowledged.

    A set with an error of syntax or guide is rejected (R), one with warnings accepted with errors (E). A
    group that is itself broken (count, control number, trailer) is rejected whole and names no sets. An
    interchange that is rejected by its TA1 gets none.
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
    errors = _codes(report.findings)
    sets = () if errors else tuple(map(_set_ack, report.sets))
    accepted = sum(item.code != "R" for item in sets)
    if not report.sets and not errors:
        errors = (_GROUP_WITHOUT_SETS,)
    return FunctionalAck(
        functional_id=report.group.functional_id,
        group_control_number=report.group.control_number,
        version=report.group.version,
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
    judged = [finding for finding in report.findings if finding.level in _JUDGED]
    inside = [finding for finding in judged if finding.scope in ("segment", "element")]
    codes = _codes(finding for finding in judged if finding.scope == "set")
    if inside:
        codes = (*codes[: _MOST_CODES - 1], _SEGMENTS_IN_ERROR)
    rejected = any(finding.severity == "error" for finding in judged)
    return SetAck(
        kind=report.set.kind,
        control_number=report.set.control_number,
        version=report.set.version,
        code="R" if rejected else "E" if judged else "A",
        errors=codes,
        segments=_segment_errors(inside),
    )


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
        SegmentError(segment, position, loop, code, _element_errors(found), _context(found))
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
    units = {finding.unit for finding in findings if finding.unit is not None}
    return tuple(Context(name, value) for name, value in units if value)
