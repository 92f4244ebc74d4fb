"""Requests for authorization (278): what the codes of UM, HCR and AAA mean, in our own words, and what to do next
(rulebook 7.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codes.eligibility import RejectReason, reject_reason

CATEGORIES: Mapping[str, str] = {
    "AR": "admission",
    "HS": "health services",
    "IN": "individual services",
    "SC": "specialty care referral",
}
"""UM01."""

CERTIFICATIONS: Mapping[str, str] = {
    "1": "immediate appeal",
    "2": "standard appeal",
    "3": "cancellation",
    "4": "extension",
    "I": "initial",
    "N": "reconsideration",
    "R": "renewal",
    "S": "revision",
}
"""UM02."""


@dataclass(frozen=True, slots=True)
class Action:
    """HCR01: what was decided. `certifies` says whether something may be done and billed under the number, `final`
    whether no further answer is to be expected.
    """

    code: str
    label: str
    certifies: bool
    final: bool
    next_step: str


ACTIONS: Mapping[str, Action] = {
    code: Action(code, label, certifies, final, step)
    for code, label, certifies, final, step in (
        ("A1", "certified in total", True, True, "Keep the number, the codes, the units and the dates for the claim."),
        ("A2", "certified in part", True, True, "Compare what was certified with what was asked; appeal the rest."),
        ("A3", "not certified", False, True, "Read the reason; ask for a peer-to-peer talk, or appeal."),
        ("A4", "pended", False, False, "Send what the payer asks for, and wait for the final answer."),
        ("A6", "modified", True, True, "Compare what was certified with what was asked before treating."),
        ("C", "cancelled", False, True, "Ask anew when the service is still wanted."),
        ("CT", "contact the payer", False, False, "Call the payer; there is no decision yet."),
        ("NA", "no authorization required", False, True, "Keep the answer as proof, and treat."),
    )
}
"""HCR01."""

REASONS: Mapping[str, str] = {
    "0U": "more information about the patient is needed",
}
"""HCR03, as far as we are sure of it: payers send many more, which are passed on as they come."""


def action(code: str) -> Action:
    """What HCR01 means. A code outside the table certifies nothing and is not final: a person looks at it."""
    known = ACTIONS.get(code)
    return known or Action(code, f"decided with code {code}, which our table does not know", False, False, _CALL)


_CALL = "Call the payer or look at its portal."
_REVIEW = "Complete the request and send it again."
_SERVICE = "Mend the service, its units or its dates, and send the request again."

_REJECT_REASONS: Mapping[str, RejectReason] = {
    code: RejectReason(code, cause, step)
    for code, cause, step in (
        ("33", "an entry is wrong", _REVIEW),
        ("56", "the date does not suit", _SERVICE),
        ("57", "the date of service is wrong or missing", _SERVICE),
        ("T4", "the payer's name or identifier is wrong or missing", "Mend the payer and send the request again."),
    )
}


def review_reject_reason(code: str) -> RejectReason:
    """Cause and next step of AAA03 of a 278; those that eligibility answers share are in `codes.eligibility`."""
    return _REJECT_REASONS.get(code) or reject_reason(code)
