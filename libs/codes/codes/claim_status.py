"""277CA and 277 claim status: category, status and action codes (rulebook 9.4). Labels are our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a status category says about the claim."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDING = "pending"
    FINALISED = "finalised"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class CategoryCode:
    """STC01-1. A rejection is not a denial: the claim is mended and sent again with frequency 1."""

    code: str
    outcome: Outcome
    label: str


CATEGORIES: Mapping[str, CategoryCode] = {
    category.code: category
    for category in (
        CategoryCode("A0", Outcome.RECEIVED, "forwarded to another entity"),
        CategoryCode("A1", Outcome.RECEIVED, "received, not yet accepted"),
        CategoryCode("A2", Outcome.ACCEPTED, "accepted into adjudication"),
        CategoryCode("A3", Outcome.REJECTED, "returned as unprocessable"),
        CategoryCode("A4", Outcome.REJECTED, "not found"),
        CategoryCode("A5", Outcome.ACCEPTED, "split into several claims"),
        CategoryCode("A6", Outcome.REJECTED, "rejected for missing information"),
        CategoryCode("A7", Outcome.REJECTED, "rejected for invalid information"),
        CategoryCode("A8", Outcome.REJECTED, "rejected: data contradict one another"),
        CategoryCode("F0", Outcome.FINALISED, "finalised"),
        CategoryCode("F1", Outcome.FINALISED, "paid"),
        CategoryCode("F2", Outcome.FINALISED, "denied"),
        CategoryCode("F3", Outcome.FINALISED, "revised"),
        CategoryCode("F3F", Outcome.FINALISED, "forwarded to another payer"),
        CategoryCode("F3N", Outcome.FINALISED, "finalised, not forwarded"),
        CategoryCode("F4", Outcome.FINALISED, "decided, nothing to be paid"),
        CategoryCode("P0", Outcome.PENDING, "pending"),
        CategoryCode("P1", Outcome.PENDING, "in process"),
        CategoryCode("P2", Outcome.PENDING, "in review"),
        CategoryCode("P3", Outcome.PENDING, "information asked of the provider"),
        CategoryCode("P4", Outcome.PENDING, "information asked of the patient"),
        CategoryCode("P5", Outcome.PENDING, "held in the payer's own system"),
        CategoryCode("R0", Outcome.PENDING, "request for more information"),
        CategoryCode("R1", Outcome.PENDING, "information about an entity asked for"),
        CategoryCode("R3", Outcome.PENDING, "information about the claim or line asked for"),
        CategoryCode("R4", Outcome.PENDING, "documentation asked for"),
        CategoryCode("R5", Outcome.PENDING, "information again asked for"),
        CategoryCode("D0", Outcome.UNANSWERED, "not found on the date or number given"),
        CategoryCode("E0", Outcome.UNANSWERED, "the question was in error"),
        CategoryCode("E1", Outcome.UNANSWERED, "the payer cannot answer now"),
        CategoryCode("E2", Outcome.UNANSWERED, "the information holder does not answer"),
        CategoryCode("E3", Outcome.UNANSWERED, "the question needs correction"),
        CategoryCode("E4", Outcome.UNANSWERED, "the partner agreement does not allow the question"),
    )
}

# STC01-2: the external claim status codes that the platform reads or the simulator says.
STATUSES: Mapping[str, str] = {
    "0": "status cannot be given",
    "1": "see the remittance for detail",
    "19": "receipt acknowledged",
    "20": "accepted for processing",
    "21": "information missing or invalid",
    "26": "entity not found",
    "33": "subscriber and number not found",
    "54": "duplicate of a claim already processed",
    "65": "paid",
    "88": "not eligible on the date of service",
    "97": "eligibility not found",
    "116": "sent to the wrong payer",
    "128": "tax identifier",
    "145": "taxonomy code",
    "153": "identifier of the named entity",
    "164": "member number",
    "178": "submitted charges",
    "187": "date of service",
    "249": "place of service",
    "254": "principal diagnosis",
    "255": "diagnosis code",
    "400": "claim does not balance",
    "453": "procedure modifier",
    "454": "procedure code",
    "464": "payer's claim number",
    "477": "diagnosis pointer",
    "478": "submitter's claim number",
    "481": "format of the submission",
    "507": "HCPCS code",
    "535": "claim frequency code",
    "562": "NPI of the named entity",
}

# STC03: whether the receiver took the claim.
ACTIONS: Mapping[str, str] = {"WQ": "accepted", "U": "rejected"}


def outcome_of(category: str) -> Outcome:
    """What the category says. Raises ValueError for a code outside the table."""
    try:
        return CATEGORIES[category.upper()].outcome
    except KeyError:
        raise ValueError(f"{category!r} is not a claim status category that is known here.") from None


def label_of(status: str) -> str:
    """Our short label of a status code; the code itself when it is not in the table."""
    return STATUSES.get(status.lstrip("0") or "0", f"status {status}")
