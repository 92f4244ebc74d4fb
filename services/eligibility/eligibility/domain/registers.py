"""What the practice says of itself and of its payers, as questions need it."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_SERVICES = ("30", "98")
"""The plan as a whole and the office visit (rulebook 8)."""

DEFAULT_FRESH_HOURS = 72
"""An answer older than this is not trusted for a visit of the same day (rulebook 8)."""

DEFAULT_DAYS_BEFORE = 3
DEFAULT_CLAIM_WINDOW = 3


@dataclass(frozen=True, slots=True)
class Payer:
    """How a payer is asked.

    `service_types` EQ01 of a usual question; an answer stands in for an equal question for `fresh_hours`.
    """

    payer_id: str
    name: str = ""
    service_types: tuple[str, ...] = DEFAULT_SERVICES
    fresh_hours: int = DEFAULT_FRESH_HOURS


@dataclass(frozen=True, slots=True)
class AskingProvider:
    """Who asks (loop 2100B): the group's name and NPI as its payers have them enrolled.

    Appointments are checked `days_before_visit`; a coded visit without a check within `claim_window_days` of it is
    checked before its claim. `automatic`: whether checks are begun by registrations, appointments and coded visits.
    """

    name: str
    npi: str
    days_before_visit: int = DEFAULT_DAYS_BEFORE
    claim_window_days: int = DEFAULT_CLAIM_WINDOW
    automatic: bool = True
