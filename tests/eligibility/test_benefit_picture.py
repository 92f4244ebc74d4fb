"""What a 271 comes to: standing, figures, ambiguity; no line is lost and the order of lines means nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x12
from codes.eligibility import FOLLOW_UPS, INFORMATION, REJECT_REASONS
from common.ids import new_id
from eligibility.domain import attention
from eligibility.domain.check import LIFE, Cause, CoverageCheck, Fact, Status
from eligibility.domain.heard import BenefitLine, Dated, Delivered, Heard, Related, TurnedAway
from eligibility.domain.picture import KINDS, Kind, Network, picture
from eligibility.domain.refusals import NotPossibleNow
from eligibility.domain.retrying import PAUSES, asked_again_at, next_attempt
from eligibility.domain.standing import Standing
from eligibility.operations import hearing

DAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LAW = settings(max_examples=80, deadline=None)


def told(*lines: BenefitLine, dates: tuple[Dated, ...] = ()) -> Any:
    numbered = tuple(replace(line, number=number) for number, line in enumerate(lines, start=1))
    return picture(Heard(dates=dates, lines=numbered), DAY)


def line(information: str, *services: str, **facts: Any) -> BenefitLine:
    return BenefitLine(0, information, services=services, **facts)


class TestStanding:
    def test_an_active_line_of_the_plan_is_active_coverage(self) -> None:
        assert told(line("1", "30")).held.standing is Standing.ACTIVE

    def test_both_words_are_unclear_and_both_are_shown(self) -> None:
        seen = told(line("1", "30"), line("6", "30"))
        assert seen.held.standing is Standing.UNCLEAR
        assert (seen.held.active, seen.held.inactive) == ((1,), (2,))
        assert seen.ambiguities[0].values == ("active", "inactive")

    def test_an_inactive_service_leaves_the_plan_active(self) -> None:
        seen = told(line("1", "30"), line("6", "88"))
        assert seen.held.standing is Standing.ACTIVE
        assert seen.service("88").held.standing is Standing.INACTIVE

    def test_a_line_whose_dates_are_over_says_nothing_of_the_day(self) -> None:
        ended = line("1", "30", dates=(Dated("291", date(2025, 1, 1), date(2025, 12, 31)),))
        seen = told(ended, line("6", "30"))
        assert (seen.held.standing, seen.unread) == (Standing.INACTIVE, (1,))

    @pytest.mark.parametrize(
        ("dated", "standing"),
        [
            (Dated("347", date(2026, 3, 3)), Standing.UNCLEAR),
            (Dated("347", DAY), Standing.ACTIVE),
            (Dated("346", date(2026, 4, 1)), Standing.UNCLEAR),
            (Dated("291", date(2026, 1, 1)), Standing.ACTIVE),
            (Dated("307", date(2026, 1, 1), date(2026, 2, 1)), Standing.UNCLEAR),
            (Dated("442", date(2020, 1, 1)), Standing.ACTIVE),
        ],
    )
    def test_a_plan_that_is_active_outside_its_own_dates_is_unclear(self, dated: Dated, standing: Standing) -> None:
        assert told(line("1", "30"), dates=(dated,)).held.standing is standing

    def test_services_stand_for_a_plan_that_is_not_mentioned(self) -> None:
        assert told(line("1", "98")).held.standing is Standing.ACTIVE

    def test_money_alone_says_nothing(self) -> None:
        assert told(line("C", "30", amount=Decimal(10))).held.standing is Standing.NOT_SAID


class TestFigures:
    def test_inside_and_outside_the_network_are_two_benefits(self) -> None:
        seen = told(
            line("B", "98", amount=Decimal(30), network="Y"),
            line("B", "98", amount=Decimal(60), network="N"),
        )
        inside, outside = seen.figures(Kind.COPAY, ("98",))
        assert (inside.benefit.network, inside.value) == (Network.IN, Decimal(30))
        assert (outside.benefit.network, outside.value) == (Network.OUT, Decimal(60))
        assert seen.ambiguities == ()

    def test_two_values_of_one_benefit_stay_side_by_side(self) -> None:
        seen = told(line("B", "98", amount=Decimal(60)), line("B", "98", amount=Decimal(30)))
        [copay] = seen.figures(Kind.COPAY, ("98",))
        assert (copay.values, copay.value, copay.lines) == ((Decimal(30), Decimal(60)), None, (1, 2))
        [doubt] = seen.ambiguities
        assert (doubt.what, doubt.service, doubt.values) == ("copay", "98", ("30", "60"))

    def test_the_same_value_twice_is_no_ambiguity(self) -> None:
        seen = told(line("C", "30", amount=Decimal(5), period="29"), line("C", "30", amount=Decimal(5), period="29"))
        assert (seen.ambiguities, seen.figures(Kind.DEDUCTIBLE, ("30",))[0].lines) == ((), (1, 2))

    def test_what_is_left_is_another_benefit_than_the_whole(self) -> None:
        seen = told(
            line("C", "30", amount=Decimal(500), period="23"),
            line("C", "30", amount=Decimal(120), period="29"),
        )
        assert [figure.benefit.remaining for figure in seen.figures(Kind.DEDUCTIBLE, ("30",))] == [False, True]

    def test_visits_are_counted_by_eb_or_by_hsd(self) -> None:
        seen = told(
            line("F", "2", quantity_kind="VS", quantity=Decimal(12)),
            line("F", "98", period="29", delivered=(Delivered("VS", Decimal(3)),)),
        )
        assert [(f.benefit.service, f.benefit.unit, f.value) for f in seen.figures(Kind.LIMIT, ("2",))] == [
            ("2", "VS", Decimal(12))
        ]
        assert seen.figures(Kind.LIMIT, ("98",))[0].benefit.remaining

    def test_the_special_service_goes_before_the_plan(self) -> None:
        seen = told(line("A", "30", fraction=Decimal("0.2")), line("A", "2", fraction=Decimal("0.4")))
        assert [f.value for f in seen.figures(Kind.COINSURANCE, ("2", "30"))] == [Decimal("0.4")]
        assert [f.value for f in seen.figures(Kind.COINSURANCE, ("98", "30"))] == [Decimal("0.2")]

    def test_an_authorization_that_is_and_is_not_needed_is_unclear(self) -> None:
        seen = told(line("1", "78", authorization="Y"), line("1", "78", authorization="N"))
        assert seen.service("78").authorization.answer == "unclear"
        assert [doubt.what for doubt in seen.ambiguities] == ["authorization"]


class TestAProcedure:
    def test_is_a_benefit_of_its_own_and_says_nothing_of_the_plan(self) -> None:
        seen = told(line("1", "30"), line("6", procedure="15788"), line("B", procedure="17110", amount=Decimal(50)))
        assert seen.held.standing is Standing.ACTIVE
        assert seen.service("procedure 15788").held.standing is Standing.INACTIVE
        assert seen.figures(Kind.COPAY, ("procedure 17110", "30"))[0].value == Decimal(50)
        assert seen.figures(Kind.COPAY, ("30",)) == ()


class TestWhoElse:
    def test_another_payer_and_the_primary_care_provider_are_named(self) -> None:
        seen = told(
            line("R", related=(Related("PRP", "PI", "OTHER", "OTHER MUTUAL"),)),
            line("L", related=(Related("P3", "XX", "1234567893", "ASHBY", "5185550100"),)),
            line("1", "30", insurance_type="HM", plan="GOLD"),
        )
        assert [(one.order, one.payer_id) for one in seen.other_payers] == [("primary", "OTHER")]
        assert [one.npi for one in seen.care_providers] == ["1234567893"]
        assert [(one.line, one.reason) for one in seen.referral_likely] == [
            (2, "the plan has a primary care provider on file"),
            (3, "the plan is an HMO"),
        ]
        assert seen.plans == (("GOLD", "HM"),)

    def test_an_other_payer_without_a_name_is_still_one(self) -> None:
        assert [one.order for one in told(line("R")).other_payers] == ["unknown"]


CODES = st.sampled_from([*sorted(INFORMATION), "ZZ"])
AMOUNTS = st.none() | st.sampled_from([Decimal(0), Decimal(30), Decimal("45.50"), Decimal(500)])
DATES = st.sampled_from([Dated("291", date(2026, 1, 1), date(2026, 12, 31)), Dated("349", date(2026, 1, 1))])
LINES = st.builds(
    BenefitLine,
    number=st.just(0),
    information=CODES,
    level=st.sampled_from(["", "IND", "FAM"]),
    services=st.lists(st.sampled_from(["30", "98", "2", "88"]), max_size=3, unique=True).map(tuple),
    procedure=st.sampled_from(["", "", "", "17110"]),
    period=st.sampled_from(["", "23", "29"]),
    amount=AMOUNTS,
    fraction=st.none() | st.sampled_from([Decimal("0.2"), Decimal("0.35")]),
    quantity_kind=st.just("VS"),
    quantity=AMOUNTS,
    authorization=st.sampled_from(["", "Y", "N", "U"]),
    network=st.sampled_from(["", "Y", "N", "W", "U"]),
    dates=st.lists(DATES, max_size=1).map(tuple),
)


class TestLaws:
    @LAW
    @given(st.lists(LINES, max_size=12))
    def test_no_value_is_lost_and_none_is_made_up(self, lines: list[BenefitLine]) -> None:
        seen = told(*lines)
        used = [each for each in lines if not any(dated.qualifier == "349" for dated in each.dates)]
        wanted = {
            (service, value)
            for each in used
            if each.information in KINDS
            for service in each.about
            for value in (each.amount, each.fraction, each.quantity)
            if value is not None
        }
        found = {(f.benefit.service, v) for service in seen.services for f in service.figures for v in f.values}
        assert found == wanted

    @LAW
    @given(st.lists(LINES, max_size=10), st.randoms())
    def test_the_order_of_lines_means_nothing(self, lines: list[BenefitLine], chance: Any) -> None:
        other = list(lines)
        chance.shuffle(other)
        one, two = told(*lines), told(*other)
        assert one.held.standing is two.held.standing
        assert _facts(one) == _facts(two)
        assert {(d.what, d.service, d.values) for d in one.ambiguities} == {
            (d.what, d.service, d.values) for d in two.ambiguities
        }

    @LAW
    @given(st.lists(LINES, max_size=12))
    def test_several_values_are_always_named_as_ambiguous(self, lines: list[BenefitLine]) -> None:
        seen = told(*lines)
        several = {(f.benefit.kind.value, f.values) for s in seen.services for f in s.figures if len(f.values) > 1}
        named = {(doubt.what, doubt.values) for doubt in seen.ambiguities}
        assert {(what, tuple(map(str, values))) for what, values in several} <= named

    @LAW
    @given(st.lists(LINES, max_size=12))
    def test_every_line_that_no_rule_can_use_is_named(self, lines: list[BenefitLine]) -> None:
        strange = {number for number, each in enumerate(lines, start=1) if each.information not in INFORMATION}
        assert strange <= set(told(*lines).unread)


def _facts(seen: Any) -> set[Any]:
    figures = {(f.benefit, f.values) for service in seen.services for f in service.figures}
    return figures | {(s.service, s.held.standing, s.authorization.answer, bool(s.excluded)) for s in seen.services}


def waiting() -> CoverageCheck:
    return CoverageCheck(new_id(), new_id(), DAY, Cause.DESK)


def asking() -> CoverageCheck:
    return waiting().written_down(UUID(int=7), "PAYERA", ("30",), NOW)


class TestTheLifeOfACheck:
    def test_silence_is_borne_by_schedule_and_then_left_to_a_person(self) -> None:
        check = asking()
        for pause in PAUSES:
            check = check.heard_nothing("status-504", NOW)
            assert (check.status, check.ask_at) == (Status.ASKING, NOW + pause)
        check = check.heard_nothing("status-504", NOW)
        assert (check.status, check.attention) == (Status.FAILED, ("payer-silent",))

    def test_no_two_attempts_are_closer_than_core_allows(self) -> None:
        assert min(PAUSES) > timedelta(seconds=90)
        assert next_attempt(len(PAUSES) + 1, NOW) is None

    def test_the_key_stays_the_same_until_there_is_an_answer(self) -> None:
        first = asking()
        assert first.heard_nothing("timeout", NOW).key == first.key
        turned = first.heard(Heard((TurnedAway("payer", "42", "R"),)), told(), now=NOW, today=DAY).aggregate
        assert (turned.status, turned.key == first.key) == (Status.ASKING, False)

    def test_what_is_not_in_the_table_is_refused(self) -> None:
        answered = asking().heard(Heard(lines=(line("1", "30"),)), told(line("1", "30")), now=NOW, today=DAY).aggregate
        with pytest.raises(NotPossibleNow):
            answered.asked_again(NOW)
        assert {fact for _, fact in LIFE} == set(Fact)

    def test_a_rejection_beside_benefits_is_an_answer_that_asks_for_attention(self) -> None:
        said = Heard((TurnedAway("benefit", "54", "C"),), lines=(line("1", "30"),))
        check = asking().heard(said, told(line("1", "30")), now=NOW, today=DAY).aggregate
        assert (check.status, check.attention) == (Status.ANSWERED, ("aaa-54",))


class TestARejection:
    @pytest.mark.parametrize("reason", sorted(REJECT_REASONS))
    def test_has_words_for_the_desk(self, reason: str) -> None:
        notice = attention.notice(f"aaa-{reason}")
        assert notice.cause
        assert notice.next_step
        assert notice.source

    def test_of_an_unknown_reason_still_has_a_next_step(self) -> None:
        assert "call" in attention.notice("aaa-Q9").next_step.lower()

    @pytest.mark.parametrize("follow_up", ["", *sorted(FOLLOW_UPS)])
    def test_of_the_payers_machine_is_tried_again_unless_it_forbids(self, follow_up: str) -> None:
        again = asked_again_at((TurnedAway("payer", "42", follow_up),), 1, NOW)
        expected = {"N": None, "S": None, "Y": None, "X": NOW + timedelta(days=10)}
        assert again == expected.get(follow_up, NOW + PAUSES[0])

    def test_of_anything_else_waits_for_a_person(self) -> None:
        assert asked_again_at((TurnedAway("subscriber", "72", "C"),), 1, NOW) is None


class TestPublicSamples:
    def test_every_271_is_understood_or_refused_and_none_is_half_read(self, samples: Path) -> None:
        understood, refused = 0, set[str]()
        for path in (path for path in sorted(samples.rglob("*")) if path.is_file()):
            content = path.read_bytes()
            if b"ST*271*" not in content and b"*271*0001" not in content:
                continue
            try:
                answers = hearing.answers_in(content)
            except hearing.CannotHear as fault:
                refused.add(fault.code)
                continue
            for answer in answers:
                said = hearing.heard(answer)
                assert len(said.lines) == len(answer.benefits), path.name
                assert attention.of_answer(said, picture(said, DAY)) is not None
                understood += 1
        if not understood:
            pytest.skip("the samples hold no 271")
        assert (understood >= 5, refused) == (True, {"answer-unreadable"})

    def test_an_answer_for_several_patients_is_taken_by_its_trace(self) -> None:
        head = x12.TransactionHead("R", datetime(2026, 3, 2, 9, 0), "0022", "11")  # noqa: DTZ001
        source, receiver = x12.InformationSource(x12.Party("P")), x12.InformationReceiver(x12.Party("D"))
        both = [
            x12.EligibilityAnswer(
                head, source, receiver, x12.Member(x12.Person(x12.Party("DOE", "1")), traces=(x12.Trace(mark, "2"),))
            )
            for mark in ("ONE", "TWO")
        ]
        assert hearing.answer_to("TWO", both) is both[1]
        with pytest.raises(hearing.CannotHear, match="answer-not-ours"):
            hearing.answer_to("THREE", both)


class TestWhatThePayerHasOtherwise:
    HEAD = x12.TransactionHead("R", datetime(2026, 3, 2, 9, 0), "0022", "11")  # noqa: DTZ001
    SOURCE, RECEIVER = x12.InformationSource(x12.Party("P")), x12.InformationReceiver(x12.Party("D"))

    def differs(self, **changes: Any) -> tuple[str, ...]:
        asked = x12.Person(x12.Party("QUILL", "1", "MAREN", id_qualifier="MI", id="MA1"), date(1980, 4, 2), "F")
        theirs = replace(asked, **{k: v for k, v in changes.items() if k in ("birth_date", "sex")})
        names = {k: v for k, v in changes.items() if k in ("name", "first", "id")}
        theirs = replace(theirs, party=replace(asked.party, **names))
        question = x12.EligibilityInquiry(self.HEAD, self.SOURCE, self.RECEIVER, x12.Member(asked))
        answer = x12.EligibilityAnswer(self.HEAD, self.SOURCE, self.RECEIVER, x12.Member(theirs))
        return hearing.heard(answer, question).differs

    def test_is_named_by_what_it_is_and_never_by_its_value(self) -> None:
        assert self.differs() == ()
        assert self.differs(id="MA2") == ("member-id",)
        assert self.differs(first="MAREN ANN") == ("name",)
        assert self.differs(birth_date=date(1980, 4, 3), sex="M") == ("birth-date", "sex")

    def test_is_nothing_where_the_payer_leaves_it_out_or_writes_it_small(self) -> None:
        assert self.differs(id="", first="", birth_date=None, sex="") == ()
        assert self.differs(name="Quill", id="ma1") == ()
