"""Whatever course a claim takes, what is put on cheques adds up to what the payer decided in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from simulator.adjudication.adjudicate import decide
from simulator.adjudication.balance import imbalances
from simulator.adjudication.case import Case, Denial
from simulator.adjudication.claim import Claim, Line, Person, Provider
from simulator.adjudication.member import Member
from simulator.course import COMPANIONS, COURSES, Plan, Situation, planned
from simulator.payers import CASCADIA, MERIDIAN
from simulator.records import Level, Payable
from simulator.tables import CODEBOOK
from simulator.telling import SHAPES, told

VISIT = date(2026, 3, 2)
MEMBER = Member("ABC123456", deductible_remaining=Decimal("41.17"), coinsurance=Decimal("0.20"))
DENIALS = ((), (Denial(3, "50", "asked for"),), tuple(Denial(number, "29", "asked for") for number in (1, 2, 3)))


def claim() -> Claim:
    services = (("99214", "300", 1, ("25",)), ("17000", "180", 1, ()), ("17003", "120.01", 5, ()))
    lines = tuple(
        Line(number, cpt, Decimal(charge), Decimal(units), VISIT, modifiers, ("L570",), "11", "1245319599")
        for number, (cpt, charge, units, modifiers) in enumerate(services, 1)
    )
    holder = Person("DOE", "JANE", "ABC123456")
    charge = sum((line.charge for line in lines), Decimal(0))
    billing = Provider("1234567893", "DERM GROUP", "123456789")
    return Claim("C1", "MERIDIAN", holder, holder, billing, lines, charge, VISIT + timedelta(days=1))


def situation(ordered: tuple[Denial, ...]) -> Situation:
    sent = claim()
    case = Case(sent, MERIDIAN, MEMBER, CODEBOOK, sent.lines)
    return Situation(7, MERIDIAN, "MM1", case, ordered, decide(case, ordered), 10.0, 5.0, CASCADIA)


def own(plan: Plan) -> list[Payable]:
    """What this payer pays on the claim that was sent."""
    return [one for one in plan.payables if one.payer_id == MERIDIAN.id and not one.control_number and one.decision]


@pytest.mark.parametrize("ordered", DENIALS, ids=("nothing denied", "a line denied", "all denied"))
@pytest.mark.parametrize("kind", COURSES)
def test_a_course_nets_to_the_decision_that_stands(kind: str, ordered: tuple[Denial, ...]) -> None:
    at = situation(ordered)
    plan, effective = planned(at, (kind,))
    assert effective in ((kind,), ())
    decisions = [one.decision for one in own(plan) if one.decision]
    assert all(imbalances(one) == () for one in decisions)
    assert sum(one.paid for one in decisions) == plan.standing.paid
    assert sum(one.patient_responsibility for one in decisions) == plan.standing.patient_responsibility
    assert sum(one.charge for one in decisions) == at.case.claim.charge
    for reversal in (one for one in own(plan) if one.reverses):
        (original,) = [one for one in own(plan) if one.part == reversal.reverses]
        assert original.decision is not None
        assert reversal.decision == original.decision.reversed()
        assert reversal.ripe_at > original.ripe_at
    assert len({one.part for one in plan.payables}) == len(plan.payables)


@pytest.mark.parametrize("companion", COMPANIONS)
@pytest.mark.parametrize("kind", COURSES)
def test_what_stands_beside_a_course_changes_nothing_of_the_claim(kind: str, companion: str) -> None:
    alone, _ = planned(situation(()), (kind,))
    plan, effective = planned(situation(()), (kind, companion))
    assert [one.decision for one in own(plan)] == [one.decision for one in own(alone)]
    assert companion in effective or kind == "zero_pay" or kind == "sent_on"


@pytest.mark.parametrize("kind", COURSES)
def test_the_claim_that_nobody_sent_is_a_payment_whatever_it_stands_beside(kind: str) -> None:
    plan, _ = planned(situation(()), (kind, "unknown_claim"))
    (stray,) = [one for one in plan.payables if one.control_number]
    assert (stray.status, stray.levels) in (("", ()), ("19", ()))
    assert stray.decision is not None
    assert stray.decision.charge > 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", COURSES)
def test_a_shape_changes_no_sum(kind: str, shape: str) -> None:
    plan, _ = planned(situation(()), (kind,))
    shaped, effective = told(plan.payables, claim(), (shape,))
    assert effective == (shape,)
    for before, after in zip(plan.payables, shaped, strict=True):
        if before.decision and after.decision:
            assert imbalances(after.decision) == ()
            assert (after.decision.paid, after.decision.charge) == (before.decision.paid, before.decision.charge)
            assert after.decision.patient_responsibility == before.decision.patient_responsibility


def levels(kind: str) -> list[tuple[str, Decimal]]:
    plan, _ = planned(situation(()), (kind,))
    return [(level.reason, level.amount) for one in plan.payables for level in one.levels]


def test_an_announced_recovery_gives_first_what_it_takes_later() -> None:
    (given, before), (taken, after) = levels("recovery_announced")
    assert (given, taken) == ("WO", "WO")
    assert before == -after < 0


def test_a_refund_that_came_in_makes_the_recovery_needless() -> None:
    (_, left), (acknowledged, refund), (offset, recovery) = levels("refund_returned")
    assert (acknowledged, offset) == ("72", "WO")
    assert refund == -recovery == left < 0


def test_interest_is_the_yearly_rate_for_the_days_of_delay() -> None:
    at = replace(situation(()), payer=replace(MERIDIAN, interest_rate=Decimal("0.10")))
    plan, _ = planned(at, ("interest",))
    (payment,) = plan.payables
    assert payment.ripe_at == at.ripe_at + 30
    assert payment.levels == (Level("L6", -payment.interest, "MM1"),)
    assert payment.interest == (at.decision.paid * 3 / 365).quantize(Decimal("0.01"))


def test_a_forwarded_claim_is_paid_by_the_second_payer_out_of_the_patients_share() -> None:
    at = situation(())
    first, second = planned(at, ("crossover",))[0].payables
    assert (first.status, second.status, second.payer_id) == ("19", "2", "CASCADIA")
    assert second.decision is not None
    settled = [one.amount for one in second.decision.all_adjustments if one.carc == "23"]
    assert sum(settled) == at.case.claim.charge - at.decision.patient_responsibility
    assert second.decision.paid + second.decision.patient_responsibility == at.decision.patient_responsibility
