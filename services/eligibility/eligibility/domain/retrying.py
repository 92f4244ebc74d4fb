"""When the same question may be asked again.

CAQH CORE forbids a real-time resend before ninety seconds (reliability.md section 6). The later pauses are ours: a
payer that is down for a moment, for a lunch and for a night.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from eligibility.domain.heard import TurnedAway

PAUSES = (
    timedelta(seconds=95),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""After the first, second ... attempt without an answer."""

MEANWHILE = timedelta(seconds=40)
"""Longer than asking can take: who has not kept an answer by then has died."""

TEN_DAYS = timedelta(days=10)
WAIT_TEN_DAYS = "X"
CANNOT_NOW = frozenset({"42", "80"})
"""AAA03 that speak of the payer's machine and not of the question."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to ask again after so many attempts without an answer; None when it is a person's turn."""
    return now + PAUSES[attempts - 1] if 1 <= attempts <= len(PAUSES) else None


def asked_again_at(turned_away: tuple[TurnedAway, ...], attempts: int, now: datetime) -> datetime | None:
    """When a question that was turned away is asked again by itself; None when something has to be mended first.

    Every AAA must be of the payer's machine, and none may forbid it (AAA04 N, S, Y).
    """
    if not turned_away or any(said.reason not in CANNOT_NOW for said in turned_away):
        return None
    if any(said.follow_up and not said.may_ask_again and said.follow_up != "C" for said in turned_away):
        return None
    if any(said.follow_up == WAIT_TEN_DAYS for said in turned_away):
        return now + TEN_DAYS if attempts <= 1 else None
    return next_attempt(attempts, now)
