"""US dollars to the cent: the one type that an amount has anywhere in dermbill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import total_ordering
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

CENT = Decimal("0.01")
# Numeric(12, 2) in every table.
LARGEST = Decimal("9999999999.99")


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in US dollars, a whole number of cents, negative for a credit.

    `Money("12.50")` takes a string, an int or a Decimal that is already whole cents; anything finer
    is a ValueError, because a silent rounding is how a ledger drifts. Use `Money.rounded` where a
    product or a percentage has to become cents: half a cent goes away from zero.
    In JSON an amount is the string "12.50".
    """

    amount: Decimal

    def __init__(self, amount: str | int | Decimal) -> None:
        value = _decimal(amount)
        cents = value.quantize(CENT)
        if cents != value:
            raise ValueError(f"{amount} is not a whole number of cents")
        # Adding zero drops the sign of a negative zero, which would be written "-0.00".
        object.__setattr__(self, "amount", cents + 0)

    @classmethod
    def zero(cls) -> Money:
        return cls(0)

    @classmethod
    def rounded(cls, amount: str | int | Decimal) -> Money:
        """The nearest cent, half a cent away from zero."""
        return cls(_decimal(amount).quantize(CENT, ROUND_HALF_UP))

    @classmethod
    def from_cents(cls, cents: int) -> Money:
        return cls(Decimal(cents) / 100)

    @classmethod
    def sum(cls, amounts: Iterable[Money]) -> Money:
        return cls(sum((money.amount for money in amounts), Decimal(0)))

    @property
    def cents(self) -> int:
        return int(self.amount * 100)

    def allocate(self, weights: Sequence[int | Decimal]) -> list[Money]:
        """Split in proportion to `weights`, losing no cent: left-over cents go to the largest remainders.

        Raises ValueError when a weight is negative or not finite, or all are zero.
        """
        try:
            # Fractions, because a share rounded to Decimal's 28 digits can reach the next cent.
            parts = [Fraction(weight) for weight in weights]
        except (ValueError, OverflowError):
            raise ValueError("weights must be finite") from None
        total = sum(parts)
        if total <= 0 or any(part < 0 for part in parts):
            raise ValueError("weights must be non-negative and not all zero")
        sign, cents = (-1 if self.amount < 0 else 1), abs(self.cents)
        exact = [cents * part / total for part in parts]
        shares = [int(share) for share in exact]
        by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
        for i in by_remainder[: cents - sum(shares)]:
            shares[i] += 1
        return [Money.from_cents(sign * share) for share in shares]

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + other.amount)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - other.amount)

    def __neg__(self) -> Money:
        return Money(-self.amount)

    def __abs__(self) -> Money:
        return Money(abs(self.amount))

    def __mul__(self, units: int) -> Money:
        return Money(self.amount * units)

    def __lt__(self, other: Money) -> bool:
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount:.2f}"

    def __repr__(self) -> str:
        return f"Money('{self}')"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        pattern = r"^-?[0-9]{1,10}(\.[0-9]{1,2})?$"
        from_text = core_schema.no_info_after_validator_function(cls, core_schema.str_schema(pattern=pattern))
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema(), when_used="always"
            ),
        )


def _decimal(amount: str | int | Decimal) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("an amount of money is a string, an int or a Decimal")
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise ValueError(f"{amount!r} is not an amount of money") from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise ValueError(f"{amount} is outside what an account can hold")
    return value
