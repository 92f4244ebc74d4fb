"""Which case to work next, with the factors that say so (rulebook 10: expected recovery, urgency, effort)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from denials.domain.case import DenialCase
from denials.domain.playbook import Action

# Minutes of a specialist's work; engineering estimates, as the chances are.
EFFORT: Mapping[Action, int] = {
    Action.CORRECT: 10,
    Action.CHECK_ORIGINAL: 10,
    Action.VERIFY_COVERAGE: 15,
    Action.BILL_OTHER_PAYER: 15,
    Action.SEND_RECORDS: 20,
    Action.APPEAL: 30,
    Action.APPEAL_WITH_RECORDS: 45,
    Action.REVIEW: 20,
    Action.WRITE_OFF: 5,
}
SOON, LATER = 7, 30


@dataclass(frozen=True, slots=True)
class Priority:
    """`score` = dollars denied x chance x urgency / effort in minutes, to two places; larger is sooner."""

    score: Decimal
    denied: Decimal
    chance: Decimal
    urgency: Decimal
    effort_minutes: int
    days_left: int


def priority(case: DenialCase, today: date) -> Priority:
    days_left = (case.respond_by - today).days
    urgency = Decimal(3) if days_left <= SOON else Decimal("1.5") if days_left <= LATER else Decimal(1)
    play = case.play
    effort = EFFORT[play.action]
    score = case.denial.denied.amount * play.chance * urgency / effort
    return Priority(
        score=score.quantize(Decimal("0.01"), ROUND_HALF_UP),
        denied=case.denial.denied.amount,
        chance=play.chance,
        urgency=urgency,
        effort_minutes=effort,
        days_left=days_left,
    )
