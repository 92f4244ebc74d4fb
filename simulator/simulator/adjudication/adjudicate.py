"""The order in which a claim is decided: denials rule by rule, then the contract, then the member's share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from simulator.adjudication.case import Case, Denial, Rule
from simulator.adjudication.claim import Line
from simulator.adjudication.coordination import coordinated, left_to_patient
from simulator.adjudication.cost_sharing import Benefits
from simulator.adjudication.decision import PATIENT, ZERO, Adjustment, Bearer, Decision, LineDecision
from simulator.adjudication.fee_schedule import cents, unit_rate
from simulator.adjudication.multiple_procedures import reductions
from simulator.adjudication.reporting import at_claim_level
from simulator.adjudication.rules import (
    add_ons,
    authorization,
    bundling,
    coordination,
    duplicates,
    eligibility,
    global_period,
    missing_information,
    modifiers,
    necessity,
    overrides,
    timely_filing,
    units,
)

# A line denied by one rule is out of the sight of those after it: a primary that was denied leaves its add-on
# without a primary, and bundles nothing.
RULES: tuple[Rule, ...] = (
    overrides.find,
    timely_filing.find,
    eligibility.find,
    coordination.find,
    missing_information.find,
    duplicates.find,
    modifiers.find,
    authorization.find,
    necessity.find,
    bundling.find,
    global_period.find,
    units.find,
    add_ons.find,
)
CONTRACT, MULTIPLE_PROCEDURES, SEQUESTRATION = "45", "59", "253"


def decide(case: Case, ordered: Iterable[Denial] = ()) -> Decision:
    """Decide every line of the case; `ordered` are denials a scenario asked for, which come before any rule."""
    denials = {denial.line: denial for denial in ordered}
    case = _without(case, denials)
    for rule in RULES:
        found: dict[int, Denial] = {}
        for denial in rule(case):
            found.setdefault(denial.line, denial)
        denials |= found
        case = _without(case, found)
    allowed = _allowed(case)
    lines = tuple(
        _denied(line, denials[line.number]) if line.number in denials else allowed[line.number]
        for line in case.claim.lines
    )
    return _as_reported(case, lines)


def _without(case: Case, denials: Mapping[int, Denial]) -> Case:
    return replace(case, lines=tuple(line for line in case.lines if line.number not in denials))


def _denied(line: Line, denial: Denial) -> LineDecision:
    bearer: Bearer = "patient" if denial.group == PATIENT else "denied"
    adjustments = (Adjustment(denial.group, denial.carc, line.charge, bearer),) if line.charge else ()
    reasons = (f"{denial.group}-{denial.carc}: {denial.reason}",)
    return LineDecision(line.number, line.charge, ZERO, adjustments, denial.remarks, reasons=reasons)


def _allowed(case: Case) -> Mapping[int, LineDecision]:
    reduced = reductions(case, case.lines)
    benefits = Benefits.of(case.member)
    earlier = case.claim.earlier
    left = None if earlier is None else left_to_patient(case.claim, earlier)
    decided: dict[int, LineDecision] = {}
    for line in case.lines:
        rate = cents(unit_rate(case, line) * line.units)
        allowed = min(rate - reduced.get(line.number, ZERO), line.charge)
        contractual = _contractual(case, line, min(rate, line.charge), allowed)
        share, benefits = benefits.share(allowed, visit=case.procedure(line).evaluation)
        held_back = cents((allowed - share.total) * case.payer.contract.sequestration)
        own = LineDecision(
            line.number,
            line.charge,
            allowed - share.total - held_back,
            contractual + share.adjustments + _off_the_books((SEQUESTRATION, held_back)),
            allowed=allowed,
            reasons=(f"contract rate {rate}, reduced by {reduced.get(line.number, ZERO)}",),
        )
        decided[line.number] = own if left is None else coordinated(own, left[line.number])
    return decided


def _contractual(case: Case, line: Line, rate: Decimal, allowed: Decimal) -> tuple[Adjustment, ...]:
    over_schedule, reduction = line.charge - rate, rate - allowed
    if not case.payer.contract.mppr_as_own_reason:
        over_schedule, reduction = over_schedule + reduction, ZERO
    return _off_the_books((CONTRACT, over_schedule), (MULTIPLE_PROCEDURES, reduction))


def _off_the_books(*parts: tuple[str, Decimal]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment("CO", carc, amount, "contract") for carc, amount in parts if amount)


def _as_reported(case: Case, lines: tuple[LineDecision, ...]) -> Decision:
    """With the claim's charge, and at claim level alone where that is the payer's habit for the denial."""
    charge = sum((line.charge for line in lines), ZERO)
    deductible = sum(
        (one.amount for line in lines for one in line.adjustments if (one.group, one.carc) == ("PR", "1")), ZERO
    )
    borne = sum(
        (one.amount for line in lines if not line.denied for one in line.adjustments if one.group == PATIENT), ZERO
    )
    decision = Decision(charge, lines, deductible_applied=deductible, out_of_pocket_applied=borne)
    carcs = {one.carc for line in lines for one in line.adjustments}
    habit = len(carcs) == 1 and decision.denied and charge and carcs <= set(case.payer.claim_level_carcs)
    return at_claim_level(decision) if habit else decision
