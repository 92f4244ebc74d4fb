"""What a later payer adds to what the payer before it decided (rulebook 8 and 9.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from simulator.adjudication.claim import Claim, EarlierPayer
from simulator.adjudication.decision import PATIENT, ZERO, Adjustment, LineDecision

PRIOR_PAYER, COINSURANCE = "23", "2"


def left_to_patient(claim: Claim, earlier: EarlierPayer) -> Mapping[int, Decimal]:
    """What the payer before left to the patient, by line number, never more than the line's charge.

    A claim that gives it in one sum has it laid on its lines in their order.
    """
    if earlier.left_over:
        said = {one.line: one.patient for one in earlier.left_over}
        return {line.number: min(said.get(line.number, ZERO), line.charge) for line in claim.lines}
    rest, found = earlier.patient, dict[int, Decimal]()
    for line in claim.lines:
        found[line.number] = min(rest, line.charge)
        rest -= found[line.number]
    return found


def coordinated(own: LineDecision, left: Decimal) -> LineDecision:
    """The line decided after another payer: all that it settled is OA-23; of the rest this payer pays its own benefit.

    `own` is what this payer would pay were it the first. What neither pays stays with the patient as coinsurance.
    """
    settled, paid = own.charge - left, min(own.paid, left)
    parts = (
        Adjustment("OA", PRIOR_PAYER, settled, "prior_payer"),
        Adjustment(PATIENT, COINSURANCE, left - paid, "patient"),
    )
    reason = f"the payer before settled {settled} and left {left}"
    return replace(
        own, paid=paid, adjustments=tuple(one for one in parts if one.amount), reasons=(*own.reasons, reason)
    )
