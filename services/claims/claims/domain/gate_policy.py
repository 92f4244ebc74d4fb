"""What a practice wants to know before a claim goes (docs/adr/0011)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# As far from the day of the visit as eligibility lets an answer stand for it before it asks again.
DEFAULT_COVERAGE_DAYS = 3


class Ask(StrEnum):
    """KNOWN holds what is known to forbid a claim; REQUIRED holds also what is not known to allow it."""

    KNOWN = "known"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """`coverage_days`: how far from the date of service an active answer stands for it where one is required."""

    coverage: Ask = Ask.KNOWN
    authorization: Ask = Ask.KNOWN
    referral: Ask = Ask.KNOWN
    enrollment: Ask = Ask.KNOWN
    coverage_days: int = DEFAULT_COVERAGE_DAYS


DEFAULT_POLICY = GatePolicy()
