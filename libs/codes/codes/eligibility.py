"""Eligibility answers (271): what the codes of EB and AAA mean, in our own words, and what to do about a rejection
(rulebook section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INFORMATION: Mapping[str, str] = {
    "1": "active",
    "2": "active, full risk capitation",
    "3": "active, services capitated",
    "4": "active, services capitated to the primary care provider",
    "5": "active, pending investigation",
    "6": "inactive",
    "7": "inactive, pending eligibility update",
    "8": "inactive, pending investigation",
    "A": "coinsurance",
    "B": "copay",
    "C": "deductible",
    "CB": "basis of coverage",
    "D": "benefit description",
    "E": "exclusion",
    "F": "limitation",
    "G": "out of pocket",
    "I": "not covered",
    "J": "cost containment",
    "L": "primary care provider",
    "MC": "managed care coordinator",
    "N": "services restricted to a provider",
    "P": "disclaimer",
    "R": "other or additional payer",
    "U": "contact for benefits",
    "V": "cannot be processed",
    "W": "other source of data",
    "X": "health care facility",
    "Y": "spend down",
}
"""EB01."""

ACTIVE = frozenset({"1", "2", "3", "4", "5"})
INACTIVE = frozenset({"6", "7", "8"})
"""EB01 that say whether coverage holds at all."""

COVERAGE_LEVELS: Mapping[str, str] = {
    "CHD": "children only",
    "DEP": "dependents only",
    "ECH": "employee and children",
    "EMP": "employee only",
    "ESP": "employee and spouse",
    "FAM": "family",
    "IND": "individual",
    "SPC": "spouse and children",
    "SPO": "spouse only",
}
"""EB02."""

TIME_PERIODS: Mapping[str, str] = {
    "6": "hour",
    "7": "day",
    "13": "24 hours",
    "21": "years",
    "22": "service year",
    "23": "calendar year",
    "24": "year to date",
    "25": "contract",
    "26": "episode",
    "27": "visit",
    "28": "outlier",
    "29": "remaining",
    "30": "exceeded",
    "31": "not exceeded",
    "32": "lifetime",
    "33": "lifetime remaining",
    "34": "month",
    "35": "week",
}
"""EB06."""

QUANTITIES: Mapping[str, str] = {
    "8H": "minimum",
    "99": "used",
    "CA": "covered",
    "DB": "deductible blood units",
    "DY": "days",
    "HS": "hours",
    "LA": "lifetime reserve, actual",
    "LE": "lifetime reserve, estimated",
    "M2": "maximum",
    "MN": "months",
    "P6": "services or procedures",
    "QA": "approved",
    "S7": "age, high",
    "S8": "age, low",
    "VS": "visits",
    "YY": "years",
}
"""EB09."""

ANSWERS: Mapping[str, str] = {"Y": "yes", "N": "no", "U": "unknown", "W": "not applicable"}
"""EB11 (authorization required) and EB12 (in network)."""


@dataclass(frozen=True, slots=True)
class RejectReason:
    """AAA03: why a question was not answered, and what the practice does next."""

    code: str
    cause: str
    next_step: str


_PROVIDER = "Compare the provider's data with the payer's enrollment record, mend them and ask again."
_PATIENT = "Compare the data with the insurance card and the patient, mend them and ask again."
_DATE = "Mend the date and ask again."
_SERVICE = "Ask for another service type or code, or ask without one."
_CALL = "Call the payer or look at its portal."

REJECT_REASONS: Mapping[str, RejectReason] = {
    code: RejectReason(code, cause, step)
    for code, cause, step in (
        ("04", "more was asked than the payer takes in one question", "Split the question and ask again."),
        ("15", "required data are missing", "Complete the patient's and provider's data and ask again."),
        ("33", "an entry is wrong", "Mend the data named by the level of the answer and ask again."),
        ("35", "the patient is out of network", "Tell the patient, and look for out-of-network benefits."),
        ("41", "we are not authorised to ask this payer", "Enroll with the payer for eligibility questions."),
        ("42", "the payer cannot answer now", "Wait and ask again."),
        ("43", "the provider's identifier is wrong or missing", _PROVIDER),
        ("44", "the provider's name is wrong or missing", _PROVIDER),
        ("45", "the provider's specialty is wrong or missing", _PROVIDER),
        ("46", "the provider's telephone is wrong or missing", _PROVIDER),
        ("47", "the provider's state is wrong or missing", _PROVIDER),
        ("48", "the referring provider's identifier is wrong or missing", _PROVIDER),
        (
            "49",
            "the provider is not the patient's primary care provider",
            "Find the primary care provider, or a referral.",
        ),
        ("50", "the provider may not ask this payer", "Enroll the provider with the payer."),
        ("51", "the provider is not on the payer's file", "Enroll the provider, or ask with the enrolled identifier."),
        ("52", "the date lies outside the provider's enrollment", "Check the enrollment's dates with the payer."),
        ("53", "the benefit does not suit the type of provider", _SERVICE),
        ("54", "the product or service identifier is wrong", _SERVICE),
        ("55", "the product or service identifier is wrong or unknown", _SERVICE),
        ("56", "the date does not suit", _DATE),
        ("57", "the date of service is wrong or missing", _DATE),
        ("58", "the birth date is wrong or missing", _PATIENT),
        ("60", "the birth date is after the date of service", _PATIENT),
        ("61", "the patient died before the date of service", _CALL),
        ("62", "the date lies outside the span the payer answers for", _DATE),
        ("63", "the date lies in the future", "Ask again with today's date, or nearer to the visit."),
        ("64", "the patient's identifier is wrong or missing", _PATIENT),
        ("65", "the patient's name is wrong or missing", _PATIENT),
        ("66", "the patient's sex is wrong or missing", _PATIENT),
        ("67", "the patient was not found", _PATIENT),
        ("68", "the patient's identifier belongs to several people", "Add the birth date and name and ask again."),
        ("69", "the service does not suit the patient's age", _SERVICE),
        ("70", "the service does not suit the patient's sex", _SERVICE),
        ("71", "the birth date does not match the payer's", _PATIENT),
        ("72", "the subscriber's identifier is wrong or missing", _PATIENT),
        ("73", "the subscriber's name is wrong or missing", _PATIENT),
        ("74", "the subscriber's sex is wrong or missing", _PATIENT),
        ("75", "the subscriber was not found", _PATIENT),
        ("76", "the subscriber's identifier belongs to several people", "Add the birth date and name and ask again."),
        ("77", "the subscriber was found, the patient not", "Check the dependent's name, birth date and relationship."),
        ("78", "the subscriber is not in the group or plan named", "Check the group number and plan on the card."),
        ("79", "the participant's identifier is wrong", "Check the payer's and our trading partner numbers."),
        ("80", "the payer did not answer the clearinghouse", "Wait and ask again."),
        ("97", "the provider's address is wrong or missing", _PROVIDER),
        ("T4", "the payer's name or identifier is missing", "Complete the payer's name and identifier and ask again."),
    )
}
"""AAA03."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """AAA04: what the payer asks to be done. `resend` says whether the same member may be asked about again."""

    code: str
    label: str
    resend: bool


FOLLOW_UPS: Mapping[str, FollowUp] = {
    code: FollowUp(code, label, resend)
    for code, label, resend in (
        ("C", "correct and send again", True),
        ("N", "do not send again", False),
        ("P", "send the original again", True),
        ("R", "sending again is allowed", True),
        ("S", "do not send again; contact the payer", False),
        ("W", "wait 30 seconds to 10 days and send again", True),
        ("X", "wait 10 days and send again", True),
        ("Y", "do not send again; an answer will come", False),
    )
}
"""AAA04."""


def reject_reason(code: str) -> RejectReason:
    """Cause and next step of AAA03. A code outside the table is named as such, with the advice to call."""
    known = REJECT_REASONS.get(code)
    return known or RejectReason(code, f"the payer gave reason {code}, which our table does not know", _CALL)
