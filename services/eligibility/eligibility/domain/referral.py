"""What a payer says of referrals (rulebook 7.4).

X12 has no element for it. Payers say it in words (MSG), name a referral that they have on file (REF 9F), or leave it to
be concluded: from the kind of plan (EB04 HM, HN, PS), a primary care provider (EB01 L) or a managed care coordinator
(EB01 MC). Words that speak of referrals and are none of the usual sentences are shown as unclear, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eligibility.domain.heard import BenefitLine

ON_FILE = "9F"
YES, NO, UNKNOWN = "Y", "N", "U"

# EB04 of plans in which a primary care provider usually has to send the patient (rulebook 7.4: HMO and POS).
GATED_PLANS: Mapping[str, str] = {
    "HM": "the plan is an HMO",
    "HN": "the plan is a Medicare HMO",
    "PS": "the plan is point of service",
}
GATE_KEEPERS: Mapping[str, str] = {
    "L": "the plan has a primary care provider on file",
    "MC": "the plan has a managed care coordinator",
}

_SPEAKS = re.compile(r"\bREFERRALS?\b")
_NO = re.compile(
    r"\bNO (?:\w+ ){0,2}REFERRALS?\b(?: (?:IS |ARE )?(?:REQUIRED|NEEDED|NECESSARY))?"
    r"|\bREFERRALS? (?:IS |ARE )?(?:NOT|NEVER) (?:REQUIRED|NEEDED|NECESSARY)"
    r"|\b(?:DOES|DO) NOT (?:REQUIRE|NEED) (?:AN? )?(?:\w+ ){0,2}REFERRALS?\b"
    r"|\bREFERRALS?(?: REQUIRED| NEEDED)? ?[:=-] ?(?:NO?|NONE)\b"
    r"|\bWITHOUT (?:AN? )?(?:\w+ )?REFERRALS?\b"
)
_YES = re.compile(
    r"\bREFERRALS?\b[^.;]{0,40}\b(?:REQUIRED|NEEDED|NECESSARY|MANDATORY)\b"
    r"|\b(?:REQUIRES?|REQUIRED|NEEDS?|MUST HAVE|OBTAIN)\b[^.;]{0,40}\bREFERRALS?\b"
    r"|\bREFERRALS? ?[:=-] ?Y(?:ES)?\b"
)


@dataclass(frozen=True, slots=True)
class Likely:
    """An EB line from which a referral may be concluded, and why."""

    line: int
    reason: str


def said_of(message: str) -> str:
    """Y, N or U where a message speaks of referrals, else nothing. U is for both, and for what no rule reads."""
    words = " ".join(message.upper().split())
    if not _SPEAKS.search(words):
        return ""
    rest, denied = _NO.subn(" ", words)
    needed = _YES.search(rest) is not None
    if denied and not needed and not _SPEAKS.search(rest):
        return NO
    return YES if needed and not denied else UNKNOWN


def said_by(line: BenefitLine) -> str:
    """What the messages of a line say together."""
    said = {word for message in line.messages if (word := said_of(message))}
    return said.pop() if len(said) == 1 else UNKNOWN if said else ""


def is_on_file(line: BenefitLine) -> bool:
    return any(qualifier == ON_FILE for qualifier, _ in line.references)


def likely(lines: Iterable[BenefitLine]) -> tuple[Likely, ...]:
    """Lines from which a referral may be concluded."""
    return tuple(
        Likely(line.number, reason)
        for line in lines
        if (reason := GATED_PLANS.get(line.insurance_type) or GATE_KEEPERS.get(line.information))
    )
