"""A person on a payer's roster, with the benefits that are left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Member:
    """`coinsurance` is the member's share of the allowed amount after the deductible (0.20 for 20 %).

    `out_of_pocket_remaining`: what is left until the plan pays everything; None for a plan without a maximum.
    `authorizations`: the numbers the payer gave out for the member; None takes any number as good.
    `other_payer_first`: this payer knows of a coverage that comes before its own.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    member_id: str = field(repr=False)
    deductible_remaining: Decimal = Decimal("0.00")
    coinsurance: Decimal = Decimal("0.00")
    copay: Decimal = Decimal("0.00")
    effective_from: date = date(2000, 1, 1)
    effective_to: date | None = None
    authorizations: tuple[str, ...] | None = None
    out_of_pocket_remaining: Decimal | None = None
    other_payer_first: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for benefits that no contract has."""
        if self.deductible_remaining < 0 or self.copay < 0 or not 0 <= self.coinsurance <= 1:
            raise ValueError("deductible and copay are not below nothing; coinsurance is between 0 and 1")
        if self.out_of_pocket_remaining is not None and self.out_of_pocket_remaining < 0:
            raise ValueError("what is left out of pocket is not below nothing")

    def charged(self, deductible: Decimal, out_of_pocket: Decimal) -> Member:
        """The member after a decision took these from the accumulators; negative amounts give back."""
        left = self.out_of_pocket_remaining
        return replace(
            self,
            deductible_remaining=self.deductible_remaining - deductible,
            out_of_pocket_remaining=None if left is None else left - out_of_pocket,
        )

    def covered_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
