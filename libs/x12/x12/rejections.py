"""What a 277CA says of a claim: status category, code and entity for each thing found wrong (STC01)."""

from collections.abc import Iterable, Mapping

from x12.findings import Finding
from x12.model.acknowledgement import Status

_MISSING = frozenset({"1", "2", "3", "I6", "I7", "I9"})
"""Codes of IK304 and IK403 that say something is not there."""

_ENTITIES: Mapping[str, str] = {
    "2010AA": "85", "2000A": "85", "2010AB": "87", "2000B": "IL", "2010BA": "IL", "2010BB": "PR", "2000C": "QC",
    "2010CA": "QC", "2310A": "DN", "2310B": "82", "2310C": "77", "2310D": "DQ", "2320": "GB", "2330A": "GB",
    "2420A": "82", "2420B": "QB", "2420C": "77", "2420D": "DQ", "2420E": "DK", "2420F": "DN",
}  # fmt: skip

_STATUSES: Mapping[tuple[str, int], str] = {
    ("NM1", 3): "125", ("NM1", 4): "125", ("NM1", 9): "153", ("N3", 0): "126", ("N4", 0): "126", ("DMG", 2): "158",
    ("DMG", 3): "157", ("DMG", 0): "158", ("HI", 1): "254", ("HI", 0): "255", ("SV1", 1): "454", ("SV1", 2): "178",
    ("SV1", 3): "476", ("SV1", 4): "476", ("SV1", 5): "249", ("SV1", 7): "477", ("CLM", 2): "178", ("CLM", 5): "249",
    ("DTP", 0): "187", ("PRV", 0): "145", ("REF", 0): "464",
}  # fmt: skip
"""Claim status codes by segment and element; 0 stands for any element."""
_FORMAT_INVALID = "481"
_BALANCE = "400"
_NPI, _MEMBER, _FREQUENCY, _MODIFIER = "562", "164", "535", "453"
_MEMBERS = frozenset({"2010BA", "2330A"})
_PAYERS = frozenset({"2010BB", "2330B"})


def statuses_of(findings: Iterable[Finding]) -> tuple[Status, ...]:
    """The statuses of what is graver than a warning, each once, in order: A6 for what is missing, A8 for
    what contradicts itself, A7 for the rest.
    """
    return tuple(dict.fromkeys(_status(finding) for finding in findings if finding.severity == "error"))


def _status(finding: Finding) -> Status:
    entity = _ENTITIES.get(finding.loop, "")
    return Status(_category(finding), _code(finding), entity)


def _category(finding: Finding) -> str:
    if finding.level == "balance":
        return "A8"
    return "A6" if finding.code in _MISSING else "A7"


def _code(finding: Finding) -> str:
    place = (finding.segment, finding.element)
    if finding.level == "balance" and place == ("CLM", 2):
        return _BALANCE
    if place == ("NM1", 9):
        if finding.loop in _MEMBERS:
            return _MEMBER
        return "153" if finding.loop in _PAYERS else _NPI
    if place == ("CLM", 5) and finding.component == 3:
        return _FREQUENCY
    if place == ("SV1", 1) and finding.component > 2:
        return _MODIFIER
    return _STATUSES.get(place) or _STATUSES.get((finding.segment, 0)) or _FORMAT_INVALID
