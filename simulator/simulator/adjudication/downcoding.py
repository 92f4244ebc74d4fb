"""A payer that pays another code than the one billed, and says so in SVC06 (rulebook 11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from simulator.adjudication.adjudicate import CONTRACT, decide
from simulator.adjudication.case import Case, Denial
from simulator.adjudication.claim import Line
from simulator.adjudication.decision import ZERO, Adjustment, Decision, LineDecision

# The next lower service of the same kind.
LOWER: Mapping[str, str] = {
    "99205": "99204", "99204": "99203", "99203": "99202", "99215": "99214", "99214": "99213", "99213": "99212",
    "11104": "11102", "11106": "11104", "17111": "17110", "17004": "17000",
}  # fmt: skip
NOT_SUPPORTED = "150"


def downcoded(case: Case, ordered: Iterable[Denial] = ()) -> Decision | None:
    """The case decided with its first line that has a lower code paid as that one; None when nothing is lost by it.

    What the line lost is CO-150: the record does not support the code that was billed.
    """
    target = next((line for line in case.claim.lines if line.cpt in LOWER), None)
    if target is None:
        return None
    denials = tuple(ordered)
    billed, lower = decide(case, denials), decide(_lowered(case, target), denials)
    told = _told(_of(billed, target), _of(lower, target), LOWER[target.cpt])
    if told is None:
        return None
    return replace(lower, lines=tuple(told if line.number == target.number else line for line in lower.lines))


def _lowered(case: Case, target: Line) -> Case:
    def changed(line: Line) -> Line:
        return replace(line, cpt=LOWER[line.cpt]) if line.number == target.number else line

    claim = replace(case.claim, lines=tuple(map(changed, case.claim.lines)))
    return replace(case, claim=claim, lines=claim.lines)


def _of(decision: Decision, line: Line) -> LineDecision:
    return next(one for one in decision.lines if one.number == line.number)


def _told(billed: LineDecision, lower: LineDecision, paid_cpt: str) -> LineDecision | None:
    """The lower line with what it lost taken out of the contract's discount."""
    lost = (billed.allowed or ZERO) - (lower.allowed or ZERO)
    discount = sum((one.amount for one in lower.adjustments if one.carc == CONTRACT), ZERO)
    if billed.denied or lower.denied or not 0 < lost <= discount:
        return None
    kept = [_less(one, lost) if one.carc == CONTRACT else one for one in lower.adjustments]
    return replace(
        lower,
        adjustments=(*(one for one in kept if one.amount), Adjustment("CO", NOT_SUPPORTED, lost)),
        paid_cpt=paid_cpt,
        reasons=(*lower.reasons, f"paid as {paid_cpt}"),
    )


def _less(one: Adjustment, lost: Decimal) -> Adjustment:
    return replace(one, amount=one.amount - lost)
