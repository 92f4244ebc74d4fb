"""Which line the payer speaks of, and how old open money is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import Money
from payments.domain.aging import Basis, Holder, OpenMoney, aged, bucket_of
from payments.domain.lines import NO_LINE, BilledLine, numbered
from payments.domain.remittance import PaidLine

ON = date(2026, 11, 24)


def ours(number: int, cpt: str, charge: str, *modifiers: str) -> BilledLine:
    return BilledLine(number, cpt, modifiers, Money(charge))


def theirs(cpt: str, charge: str, *modifiers: str, ref: str = "") -> PaidLine:
    return PaidLine(cpt, modifiers, Money(charge), Money("0"), control_number=ref)


class TestALine:
    BILLED = (ours(1, "17000", "150", "59"), ours(2, "17003", "30"), ours(3, "17003", "30"))

    def test_is_the_one_that_ref_6r_names(self):
        assert numbered([theirs("99999", "1", ref="2"), theirs("17000", "150", ref="0001")], self.BILLED) == (2, 1)

    def test_may_be_named_twice_when_the_payer_splits_it(self):
        assert numbered([theirs("17000", "100", ref="1"), theirs("17000", "50", ref="1")], self.BILLED) == (1, 1)

    def test_without_ref_6r_is_found_by_code_modifiers_and_charge(self):
        assert numbered([theirs("17003", "30"), theirs("17000", "150", "59")], self.BILLED) == (2, 1)

    def test_that_comes_twice_is_two_lines_of_ours(self):
        assert numbered([theirs("17003", "30"), theirs("17003", "30")], self.BILLED) == (2, 3)

    def test_of_a_reversal_is_found_by_its_negative_charge(self):
        assert numbered([theirs("17000", "-150", "59")], self.BILLED) == (1,)

    def test_whose_modifier_the_payer_dropped_is_still_ours(self):
        assert numbered([theirs("17000", "150")], self.BILLED) == (1,)

    def test_that_is_none_of_ours_has_no_number(self):
        assert numbered([theirs("88305", "90", ref="44")], self.BILLED) == (NO_LINE,)


class TestAge:
    @pytest.mark.parametrize(
        ("days", "bucket"),
        [(-3, "0-30"), (0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"),
         (91, "91-120"), (120, "91-120"), (121, "120+"), (4000, "120+")],
    )  # fmt: skip
    def test_falls_into_the_bucket_of_its_days(self, days: int, bucket: str):
        assert bucket_of(days) == bucket

    def test_depends_on_the_date_it_is_counted_from(self):
        item = OpenMoney(
            UUID(int=1), Holder.PATIENT, Money("20"), ON - timedelta(100), ON - timedelta(70), ON - timedelta(5)
        )
        filled = {
            basis: next(bucket.name for bucket in aged([item], basis=basis, on=ON) if bucket.total) for basis in Basis
        }
        assert filled == {
            Basis.DATE_OF_SERVICE: "91-120",
            Basis.FIRST_BILL: "61-90",
            Basis.RESPONSIBILITY: "0-30",
        }

    @given(
        st.lists(st.tuples(st.sampled_from(Holder), st.integers(-9_999, 99_999), st.integers(0, 400)), max_size=30),
        st.sampled_from(Basis),
    )
    def test_loses_no_cent_between_the_buckets(self, facts, basis):
        items = [
            OpenMoney(UUID(int=1), holder, Money.from_cents(cents), *[ON - timedelta(days)] * 3)
            for holder, cents, days in facts
        ]
        buckets = aged(items, basis=basis, on=ON)
        assert Money.sum(bucket.total for bucket in buckets) == Money.sum(item.amount for item in items)
        assert len(buckets) == 5
