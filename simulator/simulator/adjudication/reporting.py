"""The same decision, told in another way: at claim level alone, in two parts, or with a line cut in two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from simulator.adjudication.decision import ZERO, Adjustment, Decision, LineDecision
from simulator.adjudication.fee_schedule import cents

_HALF = Decimal("0.5")


def at_claim_level(decision: Decision) -> Decision:
    """One sum for each reason in the claim, and no line in the remittance."""
    remarks = (*decision.remarks, *(remark for line in decision.lines for remark in line.remarks))
    return replace(
        decision,
        lines=tuple(replace(line, adjustments=(), remarks=()) for line in decision.lines),
        adjustments=_summed(decision.all_adjustments),
        remarks=tuple(dict.fromkeys(remarks)),
        claim_level_only=True,
    )


def _summed(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    sums: dict[Adjustment, Decimal] = defaultdict(lambda: ZERO)
    for one in adjustments:
        sums[replace(one, amount=ZERO)] += one.amount
    found = (replace(key, amount=amount) for key, amount in sums.items() if amount)
    return tuple(sorted(found, key=lambda one: one.group))


def in_two_parts(decision: Decision) -> tuple[Decision, Decision] | None:
    """The first lines and the others, as two claim payments of their own; None for a claim with one line."""
    middle = (len(decision.lines) + 1) // 2
    if middle == len(decision.lines) or decision.adjustments:
        return None
    return _part(decision, decision.lines[:middle]), _part(decision, decision.lines[middle:])


def _part(decision: Decision, lines: tuple[LineDecision, ...]) -> Decision:
    return replace(decision, lines=lines, charge=sum((line.charge for line in lines), ZERO))


def with_a_line_cut(decision: Decision, units: dict[int, Decimal]) -> Decision | None:
    """The first line of several `units` told as two lines that add up to it; None when there is none."""
    place = next((at for at, line in enumerate(decision.lines) if units.get(line.number, ZERO) > 1), None)
    if place is None:
        return None
    line = decision.lines[place]
    first = _half(line, (units[line.number] * _HALF).to_integral_value())
    second = _rest(line, first, units[line.number])
    return replace(decision, lines=(*decision.lines[:place], first, second, *decision.lines[place + 1 :]))


def _half(line: LineDecision, units: Decimal) -> LineDecision:
    adjustments = tuple(replace(one, amount=cents(one.amount * _HALF)) for one in line.adjustments)
    paid = cents(line.paid * _HALF)
    return replace(
        line,
        charge=paid + sum((one.amount for one in adjustments), ZERO),
        paid=paid,
        adjustments=tuple(one for one in adjustments if one.amount),
        allowed=None if line.allowed is None else cents(line.allowed * _HALF),
        units=units,
    )


def _rest(line: LineDecision, first: LineDecision, units: Decimal) -> LineDecision:
    taken = {replace(one, amount=ZERO): one.amount for one in first.adjustments}
    rest = tuple(
        replace(one, amount=one.amount - taken.get(replace(one, amount=ZERO), ZERO)) for one in line.adjustments
    )
    return replace(
        line,
        charge=line.charge - first.charge,
        paid=line.paid - first.paid,
        adjustments=tuple(one for one in rest if one.amount),
        allowed=None if line.allowed is None else line.allowed - (first.allowed or ZERO),
        units=units - (first.units or ZERO),
    )
