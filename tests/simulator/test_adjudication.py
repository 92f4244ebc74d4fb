"""What each rule of a payer says, over plain data."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from simulator.adjudication.adjudicate import decide
from simulator.adjudication.balance import imbalances
from simulator.adjudication.case import Case, PriorLine
from simulator.adjudication.claim import Claim, EarlierPayer, LeftOver, Line, Person, Provider
from simulator.adjudication.decision import Decision
from simulator.adjudication.downcoding import downcoded
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Contract, NecessityPolicy, Override, Payer
from simulator.adjudication.reporting import at_claim_level, in_two_parts, with_a_line_cut
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

    def test_a_schedule_of_the_contract_goes_before_the_relative_values(self):
        agreed = replace(PLAIN, contract=replace(PLAIN.contract, fee_schedule={"99213": Decimal("101.50")}))
        (visit,) = judged(claim(line(1, "99213", "200")), agreed).lines
        assert (visit.allowed, visit.paid) == (Decimal("101.50"), Decimal("101.50"))

    def test_sequestration_is_taken_off_the_payment_and_is_nobodys_to_pay(self):
        medicare = replace(PLAIN, contract=replace(PLAIN.contract, sequestration=Decimal("0.02")))
        (visit,) = judged(claim(line(1, "99213", "200")), medicare).lines
        assert [(one.carc, one.amount, one.bearer) for one in visit.adjustments] == [
            ("45", Decimal("111.05"), "contract"),
            ("253", Decimal("1.78"), "contract"),
        ]
        assert visit.paid == Decimal("87.17")

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

    def test_nobody_pays_beyond_the_out_of_pocket_maximum(self):
        member = Member(
            "ABC123456", deductible_remaining=Decimal(50), coinsurance=Decimal("0.20"),
            out_of_pocket_remaining=Decimal(60),
        )  # fmt: skip
        decision = judged(claim(line(1, "99213", "200", modifiers=("25",)), line(2, "11102", "400")), member=member)
        assert decision.patient_responsibility == Decimal(60) == decision.out_of_pocket_applied
        after = member.charged(decision.deductible_applied, decision.out_of_pocket_applied)
        assert (after.deductible_remaining, after.out_of_pocket_remaining) == (0, 0)

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
        payer = replace(PLAIN, authorization_cpts=("9692",))
        assert reasons(judged(claim(line(1, "96920")), payer), 1) == [("CO", "197")]
        assert reasons(judged(claim(line(1, "96920"), authorization="A1"), payer), 1) == [("CO", "45")]
        strict = replace(FREE, authorizations=("A2",))
        assert reasons(judged(claim(line(1, "96920"), authorization="A1"), payer, strict), 1) == [("CO", "197")]
        by_line = claim(line(1, "96920", authorization="A2"), line(2, "96921"), authorization="A1")
        assert [reasons(judged(by_line, payer, strict), place) for place in (1, 2)] == [[("CO", "45")], [("CO", "197")]]

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


GROUP = "1234567893"


def surgery(cpt: str, days_ago: int, **changes: object) -> PriorLine:
    day = VISIT - timedelta(days=days_ago)
    plain = PriorLine(cpt, (), Decimal(1), Decimal(900), day, NPI, allowed=True, billing_npi=GROUP)
    return replace(plain, **changes)


class TestTheGlobalPeriod:
    @pytest.mark.parametrize(("days", "carc"), [(10, "97"), (11, "45")])
    def test_of_an_excision_covers_ten_days_after_it(self, days: int, carc: str):
        decision = judged(claim(line(1, "99213")), history=(surgery("11603", days),))
        assert reasons(decision, 1) == [("CO", carc)]
        assert decision.lines[0].remarks == (("N525",) if carc == "97" else ())

    @pytest.mark.parametrize(("days", "carc"), [(90, "97"), (91, "45"), (-1, "97"), (-2, "45")])
    def test_of_a_flap_covers_ninety_days_after_it_and_the_day_before(self, days: int, carc: str):
        assert reasons(judged(claim(line(1, "99213")), history=(surgery("14040", days),)), 1) == [("CO", carc)]

    def test_does_not_cover_an_unrelated_visit(self):
        unrelated = claim(line(1, "99213", modifiers=("24",)))
        assert reasons(judged(unrelated, history=(surgery("11603", 5),)), 1) == [("CO", "45")]

    def test_does_not_cover_the_visit_that_decided_for_it(self):
        decided = claim(line(1, "99213", modifiers=("57",)))
        assert reasons(judged(decided, history=(surgery("14040", -1),)), 1) == [("CO", "45")]

    @pytest.mark.parametrize("modifier", ["58", "78", "79"])
    def test_covers_a_procedure_without_the_modifier_that_sets_it_apart(self, modifier: str):
        bare, apart = claim(line(1, "17000")), claim(line(1, "17000", modifiers=(modifier,)))
        assert reasons(judged(bare, history=(surgery("11603", 5),)), 1) == [("CO", "97")]
        assert reasons(judged(apart, history=(surgery("11603", 5),)), 1) == [("CO", "45")]

    def test_covers_no_test_no_other_group_and_nothing_after_a_denied_surgery(self):
        slide = claim(line(1, "88305"))
        assert reasons(judged(slide, history=(surgery("11603", 5),)), 1) == [("CO", "45")]
        visit = claim(line(1, "99213"))
        for before in (surgery("11603", 5, billing_npi="1987654328"), surgery("11603", 5, allowed=False)):
            assert reasons(judged(visit, history=(before,)), 1) == [("CO", "45")]

    def test_is_no_matter_to_a_payer_without_it(self):
        lenient = replace(PLAIN, global_periods=False)
        assert reasons(judged(claim(line(1, "99213")), lenient, history=(surgery("11603", 5),)), 1) == [("CO", "45")]


class TestOtherPayers:
    def test_a_claim_that_another_payer_has_to_answer_first(self):
        member = replace(FREE, other_payer_first=True)
        assert reasons(judged(claim(line(1, "99213")), member=member), 1) == [("CO", "22")]

    def test_a_second_payers_claim_without_the_first_ones_decision(self):
        decision = judged(claim(line(1, "99213"), responsibility="S"))
        assert (reasons(decision, 1), decision.lines[0].remarks) == ([("CO", "16")], ("MA04",))

    def second(self, *left: str, **changes: object) -> Claim:
        earlier = EarlierPayer("FIRST", Decimal(60), Decimal(0), tuple(map(_left_over, enumerate(left, 1))))
        return claim(line(1, "99213", "200"), responsibility="S", earlier=replace(earlier, **changes))

    def test_the_second_pays_what_the_first_left_to_the_patient(self):
        (visit,) = judged(self.second("28.95")).lines
        assert [(one.group, one.carc, one.amount) for one in visit.adjustments] == [("OA", "23", Decimal("171.05"))]
        assert visit.paid == Decimal("28.95")

    def test_the_second_pays_no_more_than_were_it_the_first(self):
        member = replace(FREE, deductible_remaining=Decimal("78.95"))
        (visit,) = judged(self.second("28.95"), member=member).lines
        assert visit.paid == Decimal("10.00")
        assert [(one.group, one.carc, one.amount) for one in visit.adjustments] == [
            ("OA", "23", Decimal("171.05")),
            ("PR", "2", Decimal("18.95")),
        ]

    def test_a_sum_for_the_claim_is_laid_on_its_lines(self):
        (visit,) = judged(self.second(patient=Decimal("12.34"))).lines
        assert visit.paid == Decimal("12.34")

    def test_the_filing_limit_counts_from_the_first_ones_decision(self):
        late = replace(self.second("28.95"), received_on=VISIT + timedelta(days=300))
        assert reasons(judged(late), 1) == [("CO", "29")]
        told = replace(late, earlier=replace(late.earlier, decided_on=VISIT + timedelta(days=200)))
        assert reasons(judged(told), 1) == [("OA", "23")]


def _left_over(numbered: tuple[int, str]) -> LeftOver:
    return LeftOver(numbered[0], Decimal(numbered[1]))


class TestDowncoding:
    def test_pays_a_lower_code_and_leaves_the_difference_open(self):
        sent = claim(line(1, "99214", "300"))
        decision = downcoded(Case(sent, PLAIN, FREE, CODEBOOK, sent.lines))
        assert decision is not None
        assert imbalances(decision) == ()
        (visit,) = decision.lines
        assert (visit.paid_cpt, visit.paid) == ("99213", Decimal("88.95"))
        billed = judged(sent).lines[0]
        lost = [one for one in visit.adjustments if one.carc == "150"]
        assert [(one.amount, one.bearer) for one in lost] == [(billed.paid - visit.paid, "denied")]

    def test_is_nothing_where_no_lower_code_is(self):
        sent = claim(line(1, "99211", "300"))
        assert downcoded(Case(sent, PLAIN, FREE, CODEBOOK, sent.lines)) is None


class TestTellingItOtherwise:
    def decision(self) -> Decision:
        member = replace(FREE, deductible_remaining=Decimal("33.33"), coinsurance=Decimal("0.15"))
        return judged(
            claim(line(1, "99213", modifiers=("25",)), line(2, "17000"), line(3, "17003", "91.01")), member=member
        )

    def test_at_claim_level_the_sums_are_the_same(self):
        plain, told = self.decision(), at_claim_level(self.decision())
        assert imbalances(told) == ()
        assert (told.paid, told.patient_responsibility) == (plain.paid, plain.patient_responsibility)
        assert len(told.adjustments) == len({(one.group, one.carc) for one in plain.all_adjustments})

    def test_two_parts_add_up_to_the_whole(self):
        plain, parts = self.decision(), in_two_parts(self.decision())
        assert parts is not None
        assert [imbalances(part) for part in parts] == [(), ()]
        assert sum(part.paid for part in parts) == plain.paid
        assert sum(part.charge for part in parts) == plain.charge

    @pytest.mark.parametrize("units", [2, 3, 7])
    def test_a_line_cut_in_two_adds_up_to_the_line(self, units: int):
        plain, cut = self.decision(), with_a_line_cut(self.decision(), {3: Decimal(units)})
        assert cut is not None
        assert imbalances(cut) == ()
        assert [one.number for one in cut.lines] == [1, 2, 3, 3]
        assert (cut.paid, cut.charge) == (plain.paid, plain.charge)
        assert sum(one.units for one in cut.lines if one.units) == units


class TestReversals:
    def test_a_reversal_is_the_exact_contra(self):
        decision = judged(claim(line(1, "99213", modifiers=("25",)), line(2, "17000")))
        contra = decision.reversed()
        assert imbalances(contra) == ()
        assert contra.paid == -decision.paid
        assert contra.reversed() == decision
