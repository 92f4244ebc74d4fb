"""The sums an 835 must keep to the cent: line and claim (rulebook 11)."""

from __future__ import annotations

from simulator.adjudication.decision import ZERO, Decision


def imbalances(decision: Decision) -> tuple[str, ...]:
    """What does not add up, a sentence each; empty for every decision this package makes."""
    found = [
        f"line {line.number}: charge less adjustments is not what was paid"
        for line in decision.lines
        if not decision.claim_level_only
        and line.charge - sum((one.amount for one in line.adjustments), ZERO) != line.paid
    ]
    adjusted = sum((one.amount for one in decision.all_adjustments), ZERO)
    if decision.charge - adjusted != decision.paid:
        found.append("claim: charge less all adjustments is not what was paid")
    if decision.charge != sum((line.charge for line in decision.lines), ZERO):
        found.append("claim: the lines do not add up to the charge")
    return tuple(found)
