"""Requests whose first day lies behind: which of them a payer hears (rulebook 7.4: emergencies, eligibility that was
found out later, or within the payer's own days, two to fourteen as a rule).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from authorizations.domain.clocks import Urgency
from authorizations.domain.wish import Wish

DELAYS: Mapping[str, str] = {
    "1": "eligibility could not be proved",
    "2": "a court case",
    "3": "the authorization itself was late",
    "4": "the certifying clinician was late",
    "5": "forms were late",
    "6": "a custom-made appliance was late",
    "7": "a third party was late",
    "8": "eligibility was decided late",
    "9": "the claim was denied for another reason first",
    "10": "the payer's own approval process was late",
    "11": "another reason",
    "15": "a natural disaster",
}
"""UM10 (X12 element 1514), in our own words."""
_ELIGIBILITY = frozenset({"1", "8"})


def is_retroactive(wish: Wish, today: date) -> bool:
    return wish.first < today


def is_too_late(wish: Wish, today: date, payer_days: int | None) -> bool:
    """Whether the payer's register entry says that it hears no such request; None where nobody knows its days."""
    if payer_days is None or wish.urgency is Urgency.EMERGENCY or wish.delay in _ELIGIBILITY:
        return False
    return (today - wish.first).days > payer_days
