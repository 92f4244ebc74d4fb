"""By when a payer must decide, and what says so (rulebook 7.4; CMS-0057-F; CAQH CORE prior authorization rules)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from codes import business_days

FEDERAL_FROM = date(2026, 1, 1)
_EXPEDITED, _STANDARD = timedelta(hours=72), timedelta(days=7)
_CORE_BUSINESS_DAYS = 2


class Program(StrEnum):
    """What kind of plan it is, as far as clocks care."""

    COMMERCIAL = "commercial"
    MEDICARE = "medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICAID = "medicaid"
    CHIP = "chip"


FEDERAL = frozenset({Program.MEDICARE_ADVANTAGE, Program.MEDICAID, Program.CHIP})


class Urgency(StrEnum):
    """UM06: `standard` is left out of the 278."""

    STANDARD = "standard"
    URGENT = "urgent"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Clock:
    """When the payer's answer is due, and the rule that sets it."""

    due_at: datetime
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class PayerDays:
    """Calendar days that the payer's contract or its state gives it; None where nothing is known."""

    standard: int | None = None
    urgent: int | None = None


NO_DAYS = PayerDays()


def decision_clock(
    program: Program, urgency: Urgency, received_at: datetime, *, drug: bool, days: PayerDays
) -> Clock | None:
    """When a decision is due, counted from when the payer had the request; None where no clock is known to run.

    The federal clocks run for services, never for drugs, of Medicare Advantage, Medicaid and CHIP plans.
    """
    expedited = urgency is not Urgency.STANDARD
    if program in FEDERAL and not drug and received_at.date() >= FEDERAL_FROM:
        rule = "CMS-0057-F, 72 hours" if expedited else "CMS-0057-F, 7 calendar days"
        return Clock(received_at + (_EXPEDITED if expedited else _STANDARD), rule, "rulebook 7.4")
    own = days.urgent if expedited and days.urgent is not None else days.standard
    if own is None:
        return None
    return Clock(received_at + timedelta(days=own), f"the payer's {own} days", "the practice's register of payers")


def response_clock(received_at: datetime) -> Clock:
    """CAQH CORE: an answer, be it a pend, within two business days of a complete request: at the same hour of the day,
    in the zone of `received_at`, federal holidays left out.
    """
    due_on = business_days.after(received_at.date(), _CORE_BUSINESS_DAYS)
    due_at = datetime.combine(due_on, received_at.timetz())
    return Clock(due_at, "CAQH CORE, 2 business days", "rulebook 7.4; 5 U.S.C. 6103")
