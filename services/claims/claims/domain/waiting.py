"""What becomes of a wait that ends without what was waited for."""

from __future__ import annotations

from datetime import datetime

from claims.domain.claim import Claim
from common.change import Change


def remind(claim: Claim, now: datetime) -> Change[Claim]:
    """Raise a follow-up for the claim's deadline, if it has one and that has come."""
    deadline = claim.deadline
    if deadline is None or now < deadline.remind_at:
        return Change(claim)
    facts = {"wait": deadline.wait.value, "due_at": deadline.due_at.isoformat()}
    return Change(claim.note("wait_ended", now, facts).flag(deadline.wait.value, now, facts))
