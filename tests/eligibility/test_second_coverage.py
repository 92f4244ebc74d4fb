"""A second coverage behind the first, deductibles of a service's own, and a family's beside the individual's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from common.ids import new_id
from common.money import Money
from eligibility.domain.estimate import Estimate, estimate
from eligibility.domain.gaps import Planned
from eligibility.domain.heard import BenefitLine, Heard
from eligibility.domain.picture import Network, picture
from eligibility.domain.pricing import priced
from eligibility.domain.secondary import after_secondary

DAY = date(2026, 3, 4)
VISIT = datetime.now(UTC).date() + timedelta(days=2)
LAW = settings(max_examples=80, deadline=None)
FEES = {"99213": Money("100.00"), "11102": Money("120.00"), "11103": Money("60.00"), "17311": Money("600.00")}


def line(information: str, service: str, amount: str | None = None, **facts: Any) -> BenefitLine:
    return BenefitLine(0, information, services=(service,), amount=Decimal(amount) if amount else None, **facts)


def left(information: str, amount: str, level: str = "IND", service: str = "30") -> BenefitLine:
    return line(information, service, amount, level=level, period="29")


def rate(share: str) -> BenefitLine:
    return line("A", "30", fraction=Decimal(share))


def plan(deductible: str, share: str, *more: BenefitLine) -> list[BenefitLine]:
    return [line("1", "30"), left("C", deductible), rate(share), *more]


def estimated(lines: list[BenefitLine], *planned: Planned) -> Estimate:
    told = picture(Heard(lines=tuple(replace(one, number=n) for n, one in enumerate(lines, start=1))), DAY)
    return estimate(told, planned, priced(planned, FEES), Network.IN)


def after(first: list[BenefitLine], second: list[BenefitLine], *planned: Planned) -> tuple[str, str]:
    found = after_secondary(estimated(first, *planned), estimated(second, *planned), priced(planned, FEES))
    return str(found.low), str(found.high)


class TestASecondCoverage:
    def test_pays_what_the_first_left_or_only_what_it_would_have_paid_more(self) -> None:
        assert after(plan("100", "0.2"), plan("0", "0.2"), Planned("17311")) == ("0.00", "120.00")

    def test_that_would_pay_nothing_leaves_all(self) -> None:
        assert after(plan("0", "0.2"), plan("1000", "0.2"), Planned("17311")) == ("120.00", "120.00")

    def test_pays_nothing_of_what_neither_covers(self) -> None:
        planned = (Planned("17311"), Planned("11103", cosmetic=True))
        low, high = after(plan("0", "0.2"), plan("0", "0"), *planned)
        assert (low, high) == ("60.00", "60.00")

    PLANS = st.builds(
        plan,
        st.integers(0, 800).map(str),
        st.sampled_from(["0", "0.2", "0.5", "1"]),
        st.integers(0, 500).map(lambda cap: left("G", str(cap))),
        st.integers(0, 800).map(lambda other: left("C", str(other))),
    )
    VISITS = st.lists(
        st.builds(Planned, st.sampled_from(sorted(FEES)), st.integers(1, 2), cosmetic=st.booleans()),
        min_size=1,
        max_size=4,
    )

    @LAW
    @given(PLANS, PLANS, VISITS)
    def test_never_raises_the_share_nor_pays_for_what_neither_covers(
        self, first: list[BenefitLine], second: list[BenefitLine], planned: list[Planned]
    ) -> None:
        alone = estimated(first, *planned)
        low, high = map(Money, after(first, second, *planned))
        assert Money.zero() <= low <= high <= alone.share.high
        assert low <= alone.share.low
        cosmetic = [n for n, one in enumerate(planned, start=1) if one.cosmetic]
        prices = priced(planned, FEES)
        assert low >= Money.sum(prices[n - 1].low or Money.zero() for n in cosmetic)

    @LAW
    @given(PLANS, VISITS, st.integers(0, 3))
    def test_every_plain_truth_of_an_unclear_plan_lies_in_the_range(
        self, lines: list[BenefitLine], planned: list[Planned], which: int
    ) -> None:
        whole = estimated(lines, *planned)
        kept = [one for number, one in enumerate(lines) if one.information != "C" or number == (1, 4)[which % 2]]
        plain = estimated(kept, *planned)
        assert whole.share.low <= plain.share.low
        assert plain.share.high <= whole.share.high


class TestADeductible:
    def test_that_is_said_to_be_nothing_for_office_visits_is_not_asked_for_there(self) -> None:
        lines = plan("100", "0.2", line("C", "98", "0", level="IND", period="23"))
        told = estimated(lines, Planned("99213"), Planned("11102"))
        shares = {one.service: str(one.deductible.high) for one in told.classes}
        assert shares == {"98": "0.00", "30": "100.00"}
        assert any("service type 98" in words for words in told.assumptions)

    def test_of_a_service_alone_does_not_use_up_that_of_the_plan(self) -> None:
        lines = plan("100", "0", left("C", "50", service="2"))
        told = estimated(lines, Planned("11102"), Planned("99213"))
        assert str(told.share.high) == "150.00"

    def test_and_a_maximum_end_with_the_family_s_where_that_has_less_left(self) -> None:
        lines = plan("100", "0.5", left("C", "20", "FAM"), left("G", "400"), left("G", "60", "FAM"))
        told = estimated(lines, Planned("17311"))
        assert str(told.share.high) == "60.00"
        assert [str(one.deductible.high) for one in told.classes] == ["20.00"]
        assert sum("embedded" in words for words in told.assumptions) == 2


class TestAtTheDesk:
    async def test_the_coverage_behind_the_first_is_reckoned_once_its_payer_has_answered(self, desk: Any) -> None:
        patient_id = await desk.registers(priority=1)
        behind = await desk.covers(patient_id, priority=2, member_id="MA2000002")
        desk.tells("POST", "/payers/MERIDIAN/members", [{"member_id": "MA2000002", "coinsurance": "0.1"}])
        fees = [{"code": code, "effective_from": "2026-01-01", "amount": str(fee)} for code, fee in FEES.items()]
        assert (await desk.http.put("/fee-schedules/MERIDIAN", json={"fees": fees})).status_code == 200
        await desk.checks(patient_id)
        body = {"patient_id": str(patient_id), "on": VISIT.isoformat(), "network": "in", "lines": [{"code": "17311"}]}
        alone = await desk.http.post("/estimates", json=body, headers={"Idempotency-Key": str(new_id())})
        assert alone.status_code == 201, alone.text
        assert (alone.json()["patient_share"]["high"], alone.json()["second"]) == ("240.00", None)
        assert any("second coverage" in words for words in alone.json()["assumptions"])
        await desk.checks(patient_id, coverage_id=behind["id"])
        both = (await desk.http.post("/estimates", json=body, headers={"Idempotency-Key": str(new_id())})).json()
        assert both["patient_share"]["high"] == "240.00"
        assert both["second"]["patient_share"]["low"] == "0.00"
        assert Money(both["second"]["patient_share"]["high"]) < Money("240.00")
