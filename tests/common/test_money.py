"""The laws of money: no cent is made, lost or rounded in silence."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.money import LARGEST, Money

CENTS = st.integers(-(10**11), 10**11)
MONEY = CENTS.map(Money.from_cents)
WEIGHTS = st.lists(
    st.integers(0, 10**30) | st.decimals(0, 10**15, allow_nan=False, allow_infinity=False), min_size=1, max_size=20
).filter(lambda weights: sum(map(Decimal, weights)) > 0)


class TestAnAmount:
    @given(CENTS)
    def test_is_its_cents(self, cents: int) -> None:
        assert Money.from_cents(cents).cents == cents

    @given(MONEY)
    def test_survives_its_text_and_its_json(self, money: Money) -> None:
        adapter = TypeAdapter(Money)
        assert Money(str(money)) == money
        assert adapter.validate_json(adapter.dump_json(money)) == money
        assert json.loads(adapter.dump_json(money)) == str(money)

    @pytest.mark.parametrize("amount", ["0.001", "12.345", Decimal("0.005")])
    def test_finer_than_a_cent_is_refused_rather_than_rounded(self, amount: str | Decimal) -> None:
        with pytest.raises(ValueError, match="whole number of cents"):
            Money(amount)

    @pytest.mark.parametrize("amount", ["", "twelve", "NaN", "Infinity", "1e11", str(LARGEST + 1)])
    def test_what_no_account_can_hold_is_refused(self, amount: str) -> None:
        with pytest.raises(ValueError):
            Money(amount)

    @pytest.mark.parametrize("amount", [0.5, True, None])
    def test_of_a_float_or_a_bool_is_refused_even_when_it_happens_to_be_whole_cents(self, amount: object) -> None:
        with pytest.raises(TypeError):
            Money(amount)  # type: ignore[arg-type]

    @pytest.mark.parametrize("zero", [Money("-0.00"), Money.rounded("-0.004"), Money("-5.00") * 0])
    def test_zero_is_never_written_as_minus_zero(self, zero: Money) -> None:
        assert str(zero) == "0.00"
        assert not zero

    @pytest.mark.parametrize("text", ['"12.345"', '"1e3"', '" 5"', '"5\\n"', '"٣"', "12.5", "12", "null", '"12,50"'])
    def test_in_json_is_a_string_of_digits_and_nothing_else(self, text: str) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Money).validate_json(text)


class TestArithmetic:
    @given(MONEY, MONEY, MONEY)
    def test_sums_do_not_depend_on_order(self, a: Money, b: Money, c: Money) -> None:
        assert a + b == b + a
        assert (a + b) + c == a + (b + c)
        assert Money.sum([a, b, c]) == a + b + c
        assert (a - b) + b == a

    @given(MONEY, st.integers(-9, 9))
    def test_a_product_is_the_repeated_sum(self, money: Money, units: int) -> None:
        assert (money * units).cents == money.cents * units

    @given(MONEY, MONEY)
    def test_order_is_the_order_of_cents(self, a: Money, b: Money) -> None:
        assert (a < b) == (a.cents < b.cents)
        assert (a >= b) == (a.cents >= b.cents)
        assert abs(-a) == abs(a)

    @given(st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False))
    def test_rounding_moves_an_amount_by_half_a_cent_at_most_and_the_half_away_from_zero(self, exact: Decimal) -> None:
        rounded = Money.rounded(exact).amount
        assert abs(rounded - exact) <= Decimal("0.005")
        if abs(rounded - exact) == Decimal("0.005"):
            assert abs(rounded) > abs(exact)

    def test_more_than_an_account_can_hold_is_refused(self) -> None:
        with pytest.raises(ValueError):
            Money(LARGEST) + Money("0.01")


class TestAllocating:
    @given(MONEY, WEIGHTS)
    def test_keeps_the_total_to_the_cent(self, money: Money, weights: list[int | Decimal]) -> None:
        assert Money.sum(money.allocate(weights)) == money

    @given(MONEY, WEIGHTS)
    def test_gives_each_part_its_exact_share_to_within_a_cent(self, money: Money, weights: list[int | Decimal]) -> None:
        total = sum(map(Decimal, weights))
        for share, weight in zip(money.allocate(weights), weights, strict=True):
            assert abs(share.cents - money.cents * Decimal(weight) / total) < Decimal("1.000001")

    @given(MONEY, WEIGHTS)
    def test_gives_nothing_to_a_part_of_weight_zero(self, money: Money, weights: list[int | Decimal]) -> None:
        shares = money.allocate([*weights, 0])
        assert shares[-1] == Money.zero()

    @given(MONEY, WEIGHTS)
    def test_of_a_credit_mirrors_that_of_the_charge(self, money: Money, weights: list[int | Decimal]) -> None:
        assert (-money).allocate(weights) == [-share for share in money.allocate(weights)]

    @given(MONEY, WEIGHTS)
    def test_never_gives_a_part_the_other_sign(self, money: Money, weights: list[int | Decimal]) -> None:
        assert all(share.cents * money.cents >= 0 for share in money.allocate(weights))

    def test_gives_the_left_over_cent_to_the_first_of_equal_parts(self) -> None:
        assert Money("1.00").allocate([1, 1, 1]) == [Money("0.34"), Money("0.33"), Money("0.33")]

    def test_is_exact_where_28_digits_would_round_a_share_up_to_a_cent_that_is_not_there(self) -> None:
        weights = [Decimal("0.999999999999999999999999999999999"), Decimal("0.000000000000000000000000000000001")]
        assert Money("0.01").allocate(weights) == [Money("0.01"), Money("0.00")]

    @pytest.mark.parametrize("weights", [[], [0], [1, -1], [-1], [Decimal("NaN")], [Decimal("Infinity")]])
    def test_over_weights_that_mean_nothing_is_refused(self, weights: list[int | Decimal]) -> None:
        with pytest.raises(ValueError, match="weights"):
            Money("1.00").allocate(weights)
