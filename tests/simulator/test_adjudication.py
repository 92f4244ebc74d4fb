"""What each rule of a payer says, over plain data."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from simulator.adjudication.adjudicate import decide
from simulator.adjudication.balance import imbalances
from simulator.adjudication.case import Case, PriorLine
from simulator.adjudication.claim import Claim, Line, Person, Provider
from simulator.adjudication.decision import Decision
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Contract, NecessityPolicy, Override, Payer
from simulator.tables import CODEBOOK

VISIT = date(2026, 3, 2)
NPI = "1245319599"
PLAIN = Payer(id="PLAIN", name="PLAIN", contract=Contract(Decimal("32.3465")))
FREE = Member("ABC123456")


def line(number: int, cpt: str, charge: str = "500", **changes: object) -> Line:
    plain = Line(number, cpt, Decimal(charge), Decimal(1), VISIT, diagnoses=("L570",), rendering_npi=NPI)
    return replace(plain, **changes)


def claim(*lines: Line, **changes: object) -> Claim:
    holder = Person("DOE", "JANE", "ABC123456")
    total = sum((one.charge for one in lines), Decimal(0))
    plain = Claim("C1", "PLAIN", holder, holder, Provider("1234567893"), lines, total, VISIT + timedelta(days=1))
    return replace(plain, **changes)


def judged(sent: Claim, payer: Payer = PLAIN, member: Member = FREE, history: tuple[PriorLine, ...] = ()) -> Decision:
    decision = decide(Case(sent, payer, member, CODEBOOK, sent.lines, history))
    assert imbalances(decision) == ()
    return decision


def reasons(decision: Decision, number: int) -> list[tuple[str, str]]:
    (found,) = [one for one in decision.lines if one.number == number]
    return [(one.group, one.carc) for one in found.adjustments]


class TestTheContract:
    def test_what_is_over_the_fee_schedule_is_contractual(self):
        (visit,) = judged(claim(line(1, "99213", "200"))).lines
        assert visit.allowed == Decimal("88.95")  # 2.75 x 32.3465
        assert [(one.carc, one.amount) for one in visit.adjustments] == [("45", Decimal("111.05"))]
        assert visit.paid == Decimal("88.95")

    def test_a_charge_below_the_schedule_is_paid_as_charged(self):
        (visit,) = judged(claim(line(1, "99213", "50"))).lines
        assert (visit.allowed, visit.paid, visit.adjustments) == (Decimal(50), Decimal(50), ())

    def test_a_facility_is_paid_the_facility_value(self):
        (visit,) = judged(claim(line(1, "99213", place_of_service="22"))).lines
        assert visit.allowed == Decimal("63.72")  # 1.97 x 32.3465

    def test_a_code_without_a_value_is_paid_a_share_of_its_charge(self):
        (drug,) = judged(claim(line(1, "J3301", "40", units=Decimal(4)))).lines
        assert drug.allowed == Decimal("24.00")

    def test_the_lesser_procedure_of_a_day_is_paid_at_half(self):
        decision = judged(claim(line(1, "11102", modifiers=("59",)), line(2, "11640")))
        assert reasons(decision, 1) == [("CO", "45"), ("CO", "59")]
        assert reasons(decision, 2) == [("CO", "45")]

    def test_a_payer_may_hide_the_reduction_in_its_discount(self):
        quiet = replace(PLAIN, contract=replace(PLAIN.contract, mppr_as_own_reason=False))
        sent = claim(line(1, "11102", modifiers=("59",)), line(2, "11640"))
        loud, silent = judged(sent), judged(sent, quiet)
        assert reasons(silent, 1) == [("CO", "45")]
        assert silent.paid == loud.paid

    def test_add_ons_are_not_reduced(self):
        decision = judged(claim(line(1, "11640"), line(2, "17000", modifiers=("59",)), line(3, "17003")))
        assert reasons(decision, 3) == [("CO", "45")]


class TestTheMembersShare:
    def test_the_deductible_comes_before_the_coinsurance(self):
        member = Member("ABC123456", deductible_remaining=Decimal("50"), coinsurance=Decimal("0.20"))
        decision = judged(claim(line(1, "99213", "200")), member=member)
        amounts = {one.carc: one.amount for one in decision.all_adjustments if one.group == "PR"}
        assert amounts == {"1": Decimal("50"), "2": Decimal("7.79")}  # 20 % of 38.95
        assert decision.deductible_applied == Decimal("50")

    def test_a_visit_under_a_copay_owes_nothing_else_and_a_claim_owes_it_once(self):
        member = Member("ABC123456", deductible_remaining=Decimal(500), coinsurance=Decimal("0.2"), copay=Decimal(30))
        decision = judged(claim(line(1, "99213", modifiers=("25",)), line(2, "17000")), member=member)
        assert reasons(decision, 1) == [("CO", "45"), ("PR", "3")]
        assert reasons(decision, 2) == [("CO", "45"), ("PR", "1")]

    def test_a_denied_line_takes_nothing_from_the_deductible(self):
        member = Member("ABC123456", deductible_remaining=Decimal(500))
        payer = replace(PLAIN, overrides=(Override("50"),))
        assert judged(claim(line(1, "99213")), payer, member).deductible_applied == 0


class TestDenials:
    def test_coverage_that_had_ended_or_not_begun(self):
        ended = replace(FREE, effective_to=VISIT - timedelta(days=1))
        later = replace(FREE, effective_from=VISIT + timedelta(days=1))
        assert reasons(judged(claim(line(1, "99213")), member=ended), 1) == [("CO", "27")]
        assert reasons(judged(claim(line(1, "99213")), member=later), 1) == [("CO", "26")]

    @pytest.mark.parametrize(("days", "carc"), [(180, "45"), (181, "29")])
    def test_the_filing_limit_counts_from_the_service(self, days: int, carc: str):
        late = claim(line(1, "99213"), received_on=VISIT + timedelta(days=days))
        assert reasons(judged(late), 1) == [("CO", carc)]

    def test_a_correction_has_the_longer_limit(self):
        late = claim(line(1, "99213"), received_on=VISIT + timedelta(days=200), frequency="7")
        assert reasons(judged(late), 1) == [("CO", "45")]

    def test_the_same_line_twice_is_a_duplicate_and_a_modifier_tells_them_apart(self):
        twice = judged(claim(line(1, "11300"), line(2, "11300")))
        assert reasons(twice, 2) == [("OA", "18")]
        told_apart = judged(claim(line(1, "11300"), line(2, "11300", modifiers=("76",))))
        assert ("OA", "18") not in reasons(told_apart, 2)

    def test_what_was_decided_before_is_a_duplicate_unless_it_was_unprocessable(self):
        before = PriorLine("99213", (), Decimal(1), Decimal(500), VISIT, NPI, allowed=True)
        assert reasons(judged(claim(line(1, "99213")), history=(before,)), 1) == [("OA", "18")]
        unprocessable = replace(before, allowed=False, unprocessable=True)
        assert reasons(judged(claim(line(1, "99213")), history=(unprocessable,)), 1) == [("CO", "45")]

    def test_a_line_contained_in_another_needs_a_modifier(self):
        bare = judged(claim(line(1, "11102"), line(2, "17000")))
        assert reasons(bare, 2) == [("CO", "97")]
        assert ("CO", "97") not in reasons(judged(claim(line(1, "11102"), line(2, "17000", modifiers=("XS",)))), 2)

    def test_no_modifier_passes_indicator_0(self):
        decision = judged(claim(line(1, "17004"), line(2, "17000", modifiers=("59",))))
        assert reasons(decision, 2) == [("CO", "97")]

    def test_a_modifier_on_the_containing_line_counts_for_payers_that_say_so(self):
        sent = claim(line(1, "11102", modifiers=("59",)), line(2, "17000"))
        assert reasons(judged(sent), 2) == [("CO", "97")]
        assert ("CO", "97") not in reasons(judged(sent, replace(PLAIN, modifier_side="either")), 2)

    def test_a_visit_with_a_procedure_needs_25(self):
        assert reasons(judged(claim(line(1, "99213"), line(2, "17000"))), 1) == [("CO", "97")]
        assert reasons(judged(claim(line(1, "99203"), line(2, "17000"))), 1) == [("CO", "97")]
        lenient = replace(PLAIN, modifier_25_on_new_visits=False)
        assert reasons(judged(claim(line(1, "99203"), line(2, "17000")), lenient), 1) == [("CO", "45")]
        separate = claim(line(1, "99213", modifiers=("25",)), line(2, "17000"))
        assert reasons(judged(separate), 1) == [("CO", "45")]

    def test_the_payers_choice_between_59_and_x_modifiers(self):
        with_59 = claim(line(1, "11102"), line(2, "17000", modifiers=("59",)))
        with_xs = claim(line(1, "11102"), line(2, "17000", modifiers=("XS",)))
        wants_x, wants_59 = (
            replace(PLAIN, distinct_modifiers="X"),
            replace(PLAIN, distinct_modifiers="59"),
        )
        assert reasons(judged(with_59, wants_x), 2) == [("CO", "4")]
        assert reasons(judged(with_xs, wants_59), 2) == [("CO", "4")]
        assert ("CO", "4") not in reasons(judged(with_xs, wants_x), 2)

    def test_a_visit_modifier_on_a_procedure_does_not_fit(self):
        assert reasons(judged(claim(line(1, "17000", modifiers=("25",)))), 1) == [("CO", "4")]

    def test_a_listed_service_needs_an_authorization_that_the_payer_knows(self):
        payer = replace(PLAIN, authorization_cpts=("96920",))
        assert reasons(judged(claim(line(1, "96920")), payer), 1) == [("CO", "197")]
        assert reasons(judged(claim(line(1, "96920"), authorization="A1"), payer), 1) == [("CO", "45")]
        strict = replace(FREE, authorizations=("A2",))
        assert reasons(judged(claim(line(1, "96920"), authorization="A1"), payer, strict), 1) == [("CO", "197")]

    def test_necessity_is_judged_by_every_diagnosis_pointed_at(self):
        payer = replace(PLAIN, necessity=(NecessityPolicy(("17110",), ("L82.1",)),))
        cosmetic = line(1, "17110", diagnoses=("L821",))
        assert reasons(judged(claim(cosmetic), payer), 1) == [("CO", "50")]
        assert judged(claim(cosmetic), payer).lines[0].remarks == ("N115",)
        assert reasons(judged(claim(replace(cosmetic, diagnoses=("L821", "B078"))), payer), 1) == [("CO", "45")]

    def test_missing_information_names_what_is_missing(self):
        assert judged(claim(line(1, "99213", diagnoses=()))).lines[0].remarks == ("M76", "MA130")
        assert judged(claim(line(1, "99213", rendering_npi=""))).lines[0].remarks == ("N290", "MA130")
        laboratory = replace(PLAIN, wants_clia=True)
        assert judged(claim(line(1, "88305")), laboratory).lines[0].remarks == ("MA120", "MA130")
        assert reasons(judged(claim(line(1, "88305"), clia_number="14D1234567"), laboratory), 1) == [("CO", "45")]

    def test_units_above_the_limit_of_the_day(self):
        assert reasons(judged(claim(line(1, "17000"), line(2, "17003", units=Decimal(14)))), 2) == [("CO", "151")]
        before = PriorLine("17000", ("76",), Decimal(1), Decimal(10), VISIT, NPI, allowed=True)
        assert reasons(judged(claim(line(1, "17000")), history=(before,)), 1) == [("CO", "151")]

    def test_an_add_on_without_its_primary_or_with_a_denied_one(self):
        assert reasons(judged(claim(line(1, "17003"))), 1) == [("CO", "107")]
        payer = replace(PLAIN, overrides=(Override("50", cpt="17000"),))
        assert reasons(judged(claim(line(1, "17000"), line(2, "17003")), payer), 2) == [("CO", "107")]

    def test_a_rule_a_test_set_matches_code_and_diagnosis(self):
        payer = replace(PLAIN, overrides=(Override("55", cpt="96", dx_prefix="L40", group="PI", remarks=("N115",)),))
        assert reasons(judged(claim(line(1, "96910")), payer), 1) == [("CO", "45")]
        decision = judged(claim(line(1, "96910", diagnoses=("L400",))), payer)
        assert reasons(decision, 1) == [("PI", "55")]

    def test_a_claim_level_habit_reports_no_line(self):
        payer = replace(PLAIN, claim_level_carcs=("29",))
        late = claim(line(1, "99213"), line(2, "11102"), received_on=VISIT + timedelta(days=400))
        decision = judged(late, payer)
        assert decision.claim_level_only
        assert [(one.carc, one.amount) for one in decision.adjustments] == [("29", Decimal(1000))]
        assert decision.denied

    def test_every_denial_says_why(self):
        decision = judged(claim(line(1, "17003")))
        assert decision.lines[0].reasons == ("CO-107: 17003 without its primary service",)


class TestReversals:
    def test_a_reversal_is_the_exact_contra(self):
        decision = judged(claim(line(1, "99213", modifiers=("25",)), line(2, "17000")))
        contra = decision.reversed()
        assert imbalances(contra) == ()
        assert contra.paid == -decision.paid
        assert contra.reversed() == decision
