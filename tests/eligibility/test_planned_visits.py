"""What is planned against what is covered, and what the patient is likely to owe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.ids import new_id
from common.money import Money
from eligibility.domain import telling
from eligibility.domain.estimate import estimate
from eligibility.domain.gaps import KINDS, Planned, gaps
from eligibility.domain.heard import BenefitLine, Heard, Related
from eligibility.domain.picture import Network, picture
from eligibility.domain.pricing import priced
from eligibility.domain.services import services_for

DAY = date(2026, 3, 4)
VISIT = datetime.now(UTC).date() + timedelta(days=2)
LAW = settings(max_examples=80, deadline=None)


def told(*lines: BenefitLine) -> Any:
    return picture(Heard(lines=tuple(replace(one, number=n) for n, one in enumerate(lines, start=1))), DAY)


def line(information: str, *services: str, **facts: Any) -> BenefitLine:
    return BenefitLine(0, information, services=services, **facts)


ACTIVE = line("1", "30")


def kinds(seen: Any, *planned: Planned, network: Network = Network.IN) -> list[tuple[str, int]]:
    return [(found.gap.kind, found.gap.line) for found in gaps(seen, planned, network)]


class TestGaps:
    def test_a_covered_visit_has_none(self) -> None:
        assert kinds(told(ACTIVE), Planned("99213"), Planned("17110")) == []

    def test_coverage_that_is_not_in_force_is_one_of_the_whole_visit(self) -> None:
        assert kinds(told(line("6", "30")), Planned("99213")) == [("inactive", 0)]

    def test_nothing_on_file_is_one(self) -> None:
        assert kinds(None, Planned("99213")) == [("no-coverage", 0)]

    def test_an_unclear_standing_is_told_as_unclear(self) -> None:
        assert kinds(told(ACTIVE, line("6", "30")), Planned("99213")) == [("standing-unclear", 0)]

    def test_what_the_clinician_calls_cosmetic_is_not_looked_up(self) -> None:
        seen = told(ACTIVE, line("1", "2", authorization="Y"))
        assert kinds(seen, Planned("17110", cosmetic=True)) == [("cosmetic", 1)]
        assert kinds(seen, Planned("17110", diagnoses=("Z41.1",))) == [("cosmetic", 1)]

    def test_an_excluded_service_is_found_by_the_code_that_needs_it(self) -> None:
        seen = told(ACTIVE, line("I", "2"))
        assert kinds(seen, Planned("99213"), Planned("11102")) == [("excluded", 2)]

    def test_a_service_that_is_not_in_force_in_an_active_plan_is_left_out_too(self) -> None:
        seen = told(ACTIVE, line("6", "2"))
        assert kinds(seen, Planned("99213"), Planned("11102")) == [("excluded", 2)]

    def test_a_limit_is_judged_by_what_is_left(self) -> None:
        left = {"period": "29", "quantity_kind": "VS"}
        assert kinds(told(ACTIVE, line("F", "98", quantity=Decimal(0), **left)), Planned("99213")) == [
            ("limit-used-up", 1)
        ]
        assert kinds(told(ACTIVE, line("F", "98", quantity=Decimal(1), **left)), Planned("99213")) == []
        whole = line("F", "98", quantity=Decimal(0), quantity_kind="VS", period="23")
        assert kinds(told(ACTIVE, whole), Planned("99213")) == []

    def test_a_limit_of_services_is_counted_in_units(self) -> None:
        left = line("F", "DG", quantity=Decimal(3), quantity_kind="P6", period="29")
        assert kinds(told(ACTIVE, left), Planned("96910", units=4)) == [("limit-short", 1)]

    def test_of_two_limits_the_worse_is_told(self) -> None:
        two = [line("F", "98", quantity=Decimal(n), quantity_kind="VS", period="29") for n in (4, 0)]
        assert kinds(told(ACTIVE, *two), Planned("99213")) == [("limit-used-up", 1)]

    @pytest.mark.parametrize(("word", "kind"), [("Y", "authorization-needed"), ("U", "authorization-unclear")])
    def test_an_authorization_is_looked_for_under_the_special_service_first(self, word: str, kind: str) -> None:
        seen = told(ACTIVE, line("1", "78", authorization=word), line("1", "30", authorization="N"))
        assert kinds(seen, Planned("J2357"), Planned("99213")) == [(kind, 1)]

    def test_what_is_said_of_the_procedure_itself_goes_before_its_service(self) -> None:
        seen = told(ACTIVE, line("1", "2", authorization="N"), line("1", procedure="17311", authorization="Y"))
        assert kinds(seen, Planned("17311"), Planned("11102")) == [("authorization-needed", 1)]
        assert kinds(told(ACTIVE, line("I", procedure="17311")), Planned("17311")) == [("excluded", 1)]

    def test_networks_are_a_gap_when_we_are_outside_or_do_not_know(self) -> None:
        seen = told(
            ACTIVE,
            line("B", "98", amount=Decimal(30), network="Y"),
            line("B", "98", amount=Decimal(90), network="N"),
        )
        assert kinds(seen, Planned("99213"), network=Network.OUT) == [("out-of-network", 0)]
        assert kinds(seen, Planned("99213"), network=Network.UNKNOWN) == [("network-unclear", 0)]
        assert kinds(seen, Planned("99213"), network=Network.IN) == []
        assert kinds(told(ACTIVE), Planned("99213"), network=Network.UNKNOWN) == []

    def test_a_gated_plan_and_a_first_payer_are_told(self) -> None:
        seen = told(line("1", "30", insurance_type="HM"), line("R", related=(Related("PRP"),)))
        assert kinds(seen, Planned("99213")) == [("other-payer-first", 0), ("referral-likely", 0)]

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_every_kind_has_a_sentence_a_step_and_a_source(self, kind: str) -> None:
        words = KINDS[kind]
        assert words.sentence.endswith(".")
        assert words.next_step.endswith(".")
        assert words.source.startswith("rulebook")

    @pytest.mark.parametrize(
        ("code", "first"),
        [
            ("99213", "98"),
            ("17110", "2"),
            ("88305", "66"),
            ("87220", "5"),
            ("J2357", "78"),
            ("96910", "DG"),
            ("E0691", "12"),
        ],
    )
    def test_a_code_is_looked_up_under_its_service_and_at_last_under_the_plan(self, code: str, first: str) -> None:
        itself, special, *_, last = services_for(code)
        assert (itself, special, last) == (f"procedure {code}", first, "30")


FEES = {"99213": Money("100.00"), "11102": Money("120.00"), "17110": Money("80.00"), "17312": Money("50.00")}
FEES |= {"17311": Money("600.00"), "11103": Money("60.00"), "67810": Money("100.00"), "17004": Money("150.00")}


def amounts(*planned: Planned) -> list[tuple[str, str]]:
    return [(str(one.low), str(one.high)) for one in priced(planned, FEES)]


class TestPricing:
    def test_the_dearest_procedure_is_paid_in_full_and_the_next_at_half(self) -> None:
        assert amounts(Planned("17110"), Planned("11102")) == [("40.00", "40.00"), ("120.00", "120.00")]

    def test_visits_and_add_ons_are_not_reduced(self) -> None:
        assert amounts(Planned("99213"), Planned("11102"), Planned("11103", units=2)) == [
            ("100.00", "100.00"),
            ("120.00", "120.00"),
            ("120.00", "120.00"),
        ]

    def test_what_comes_after_the_fifth_is_nobody_s_guess(self) -> None:
        assert amounts(Planned("11102", units=7)) == [("360.00", "480.00")]

    def test_both_sides_are_half_again_before_the_rule(self) -> None:
        assert amounts(Planned("67810", modifiers=("50",)), Planned("11102")) == [
            ("150.00", "150.00"),
            ("60.00", "60.00"),
        ]

    def test_a_code_outside_the_rule_keeps_its_amount(self) -> None:
        assert amounts(Planned("17004"), Planned("11102")) == [("150.00", "150.00"), ("120.00", "120.00")]

    def test_what_is_cosmetic_is_ranked_with_nothing(self) -> None:
        cosmetic = Planned("11102", cosmetic=True)
        assert amounts(cosmetic, Planned("17110")) == [("120.00", "120.00"), ("80.00", "80.00")]

    def test_a_code_without_an_amount_has_none(self) -> None:
        assert amounts(Planned("99214")) == [("None", "None")]

    @LAW
    @given(st.lists(st.builds(Planned, st.sampled_from(sorted(FEES)), st.integers(1, 6)), min_size=1, max_size=6))
    def test_no_reduction_adds_to_the_schedule_or_takes_more_than_it_may(self, planned: list[Planned]) -> None:
        prices = priced(planned, FEES)
        for one, line_ in zip(prices, planned, strict=True):
            assert one.low is not None
            assert one.high is not None
            assert Money.zero() <= one.low <= one.high <= FEES[line_.code] * line_.units
        whole = priced(list(reversed(planned)), FEES)
        assert Money.sum(one.high or Money.zero() for one in prices) == Money.sum(
            one.high or Money.zero() for one in whole
        )


def position(
    deductible: str = "150", rate: str = "0.2", copay: str = "30", cap: str | None = None
) -> list[BenefitLine]:
    lines = [
        ACTIVE,
        line("C", "30", level="IND", period="29", amount=Decimal(deductible)),
        line("A", "30", fraction=Decimal(rate)),
        line("B", "98", period="27", amount=Decimal(copay)),
    ]
    return lines if cap is None else [*lines, line("G", "30", level="IND", period="29", amount=Decimal(cap))]


def share(lines: list[BenefitLine], *planned: Planned, network: Network = Network.IN) -> tuple[str, str]:
    seen = told(*lines)
    made = estimate(seen, planned, priced(planned, FEES), network)
    return str(made.share.low), str(made.share.high)


class TestTheShare:
    def test_an_office_visit_costs_its_copay(self) -> None:
        assert share(position(), Planned("99213")) == ("30.00", "30.00")

    def test_surgery_costs_the_deductible_and_then_coinsurance(self) -> None:
        assert share(position(), Planned("17311")) == ("240.00", "240.00")

    def test_a_visit_with_surgery_costs_both(self) -> None:
        assert share(position(), Planned("99213"), Planned("17311")) == ("270.00", "270.00")

    def test_no_more_is_owed_than_is_left_of_the_maximum(self) -> None:
        assert share(position(cap="100"), Planned("99213"), Planned("17311")) == ("100.00", "100.00")

    def test_a_copay_is_never_more_than_the_visit_costs(self) -> None:
        assert share(position(copay="500"), Planned("99213")) == ("100.00", "100.00")

    def test_two_values_make_a_range(self) -> None:
        lines = [*position(), line("C", "30", level="IND", period="29", amount=Decimal(0))]
        assert share(lines, Planned("17311")) == ("120.00", "240.00")

    def test_a_family_that_has_met_its_deductible_owes_none(self) -> None:
        lines = [*position(), line("C", "30", level="FAM", period="29", amount=Decimal(0))]
        assert share(lines, Planned("17311")) == ("120.00", "120.00")

    def test_an_unknown_network_takes_both_for_possible(self) -> None:
        lines = [
            ACTIVE,
            line("B", "98", amount=Decimal(30), network="Y"),
            line("B", "98", amount=Decimal(90), network="N"),
        ]
        assert share(lines, Planned("99213"), network=Network.UNKNOWN) == ("30.00", "90.00")
        assert share(lines, Planned("99213"), network=Network.OUT) == ("90.00", "90.00")

    def test_a_deductible_that_nobody_told_of_may_be_the_whole(self) -> None:
        assert share([ACTIVE], Planned("17311")) == ("0.00", "600.00")

    def test_what_is_not_covered_is_the_patient_s(self) -> None:
        assert share(position(), Planned("17311", cosmetic=True)) == ("600.00", "600.00")

    def test_what_has_no_price_is_named_and_left_out(self) -> None:
        planned = (Planned("99213"), Planned("99999"))
        made = estimate(told(*position()), planned, priced(planned, FEES), Network.IN)
        assert (made.unpriced, str(made.share.high)) == ((2,), "30.00")
        assert any("Line 2" in words for words in made.assumptions)

    MONEY = st.integers(0, 900).map(lambda dollars: str(Decimal(dollars)))

    @LAW
    @given(
        st.lists(st.builds(Planned, st.sampled_from(sorted(FEES)), st.integers(1, 3)), min_size=1, max_size=5),
        MONEY,
        st.sampled_from(["0", "0.1", "0.2", "0.5", "1"]),
        MONEY,
        st.none() | MONEY,
    )
    def test_is_never_negative_nor_more_than_is_allowed(
        self, planned: list[Planned], deductible: str, rate: str, copay: str, cap: str | None
    ) -> None:
        made = estimate(told(*position(deductible, rate, copay, cap)), planned, priced(planned, FEES), Network.IN)
        assert Money.zero() <= made.share.low <= made.share.high <= made.allowed.high
        if cap is not None:
            assert made.share.high <= Money(cap)
        parts = [(one.copay + one.deductible + one.coinsurance + one.not_covered) for one in made.classes]
        assert Money.sum(part.high for part in parts) == made.share.high
        assert Money.sum(one.deductible.high for one in made.classes) <= Money(deductible)

    @LAW
    @given(st.sampled_from(sorted(FEES)), MONEY, MONEY)
    def test_every_value_that_may_be_true_is_in_the_range(self, code: str, one: str, other: str) -> None:
        both = [*position(one), line("C", "30", level="IND", period="29", amount=Decimal(other))]
        low, high = map(Money, share(both, Planned(code)))
        for deductible in (one, other):
            assert low <= Money(share(position(deductible), Planned(code))[0]) <= high


EXTREMES = st.none() | st.sampled_from([Decimal("-5"), Decimal("20"), Decimal("1E18"), Decimal("0.005"), Decimal(0)])
STRANGE = st.builds(
    BenefitLine,
    number=st.just(0),
    information=st.sampled_from(["1", "6", "A", "B", "C", "F", "G", "I", "R", "Y"]),
    level=st.sampled_from(["", "IND", "FAM", "ZZZ"]),
    services=st.lists(st.sampled_from(["30", "98", "2", "DG"]), max_size=2, unique=True).map(tuple),
    period=st.sampled_from(["", "29", "33", "99"]),
    amount=EXTREMES,
    fraction=EXTREMES,
    quantity_kind=st.sampled_from(["", "VS", "P6"]),
    quantity=EXTREMES,
    authorization=st.sampled_from(["", "Y", "N", "U", "X"]),
    network=st.sampled_from(["", "Y", "N", "W", "U", "X"]),
)
VISITS = st.lists(
    st.builds(Planned, st.sampled_from([*sorted(FEES), "99999"]), st.integers(1, 3)), min_size=1, max_size=4
)


class TestWhateverAPayerSends:
    @LAW
    @given(st.lists(STRANGE, max_size=10), VISITS, st.sampled_from(list(Network)))
    def test_is_told_reviewed_and_estimated(
        self, lines: list[BenefitLine], planned: list[Planned], at: Network
    ) -> None:
        seen = told(*lines)
        about = (new_id(), new_id(), new_id(), "PAYERA", DAY, DAY)
        said = telling.verified(about, seen, by_staff=False)
        assert all(Money.zero() <= one.amount for one in said.copays)
        assert all(0 <= one.share <= 1 for one in said.coinsurances)
        assert all(found.gap.kind in KINDS for found in gaps(seen, planned, at))
        made = estimate(seen, planned, priced(planned, FEES), at)
        assert Money.zero() <= made.share.low <= made.share.high <= made.allowed.high

    def test_a_share_above_the_whole_is_a_percentage_and_is_named(self) -> None:
        lines = [ACTIVE, line("C", "30", period="29", amount=Decimal(0)), line("A", "30", fraction=Decimal(20))]
        seen = told(*lines)
        assert [(doubt.what, doubt.values) for doubt in seen.ambiguities] == [("share above the whole", ("20", "0.2"))]
        assert share(lines, Planned("17311")) == ("120.00", "120.00")


class TestAtTheDesk:
    async def test_a_planned_visit_is_reviewed_as_soon_as_the_payer_answers(self, desk: Any) -> None:
        desk.knows(more=[{"code": "1", "services": ["78"], "authorization": "Y"}])
        patient_id = await desk.registers()
        planned = [{"code": "99213"}, {"code": "J2357", "units": 30}]
        body = {"patient_id": str(patient_id), "on": VISIT.isoformat(), "planned": planned}
        answer = await desk.http.post("/appointments", json=body, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == 201, answer.text
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(days=1))
        [review] = (await desk.gets("/gap-reviews", patient_id=str(patient_id)))["items"]
        [gap] = review["gaps"]
        assert (gap["kind"], gap["line"], gap["service_type"]) == ("authorization-needed", 2, "78")
        assert gap["tell_patient"].startswith("Your plan has to approve")
        [event] = await desk.eligibility.published("CoverageGapFound")
        assert event.data["gaps"] == [
            {"kind": "authorization-needed", "line": 2, "code": "J2357", "service_type": "78"}
        ]

    async def test_an_estimate_rests_on_the_answer_the_contract_and_its_assumptions(self, desk: Any) -> None:
        fees = [{"code": code, "effective_from": "2026-01-01", "amount": str(fee)} for code, fee in FEES.items()]
        fees.append({"code": "99213", "effective_from": "2020-01-01", "amount": "1.00"})
        assert (await desk.http.put("/fee-schedules/MERIDIAN", json={"fees": fees})).json() == {"count": len(fees)}
        patient_id = await desk.registers()
        visit = {"patient_id": str(patient_id), "on": VISIT.isoformat(), "network": "in"}
        body = visit | {"lines": [{"code": "99213"}, {"code": "17311"}]}
        early = await desk.http.post("/estimates", json=body, headers={"Idempotency-Key": str(new_id())})
        assert (early.status_code, early.json()["code"]) == (409, "no-answer-for-day")
        check = await desk.checks(patient_id)
        answer = await desk.http.post("/estimates", json=body, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == 201, answer.text
        given_ = answer.json()
        assert given_["allowed"] == {"low": "700.00", "high": "700.00"}
        assert given_["patient_share"] == {"low": "270.00", "high": "270.00"}
        assert (given_["check_id"], given_["unpriced"]) == (check["id"], [])
        assert given_["eb_lines"]
        assert given_["assumptions"]
        assert await desk.gets(f"/estimates/{given_['id']}") == given_

    async def test_a_patient_without_coverage_is_told_so(self, desk: Any) -> None:
        patient_id = await desk.registers(covered=False)
        await desk.checks(patient_id)
        body = {"patient_id": str(patient_id), "on": VISIT.isoformat(), "lines": [{"code": "99213"}]}
        answer = await desk.http.post("/gap-reviews", json=body, headers={"Idempotency-Key": str(new_id())})
        assert [gap["kind"] for gap in answer.json()["gaps"]] == ["no-coverage"]
