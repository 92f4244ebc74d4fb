"""The patient's share after a second coverage (rulebook 8): the lesser of what the first leaves and what the rules of
the second leave of it.

Which of two usual rules a second payer goes by is not in a 271, so both are in the range: as if it were the first, up
to what the first left (standard), or only what its own payment is above the first's (non-duplication).
"""

from __future__ import annotations

from collections.abc import Sequence

from common.money import Money
from eligibility.domain.estimate import Estimate, Range
from eligibility.domain.pricing import Priced

TWO_RULES = (
    "Whether the second payer pays beside the first or only what it would have paid more is not known: both are in."
)


def after_secondary(first: Estimate, second: Estimate, prices: Sequence[Priced]) -> Range:
    """What is left for the patient: within what the first left, and never below what neither covers."""
    theirs, ours = _paid(second), _paid(first)
    neither = _not_covered(first) & _not_covered(second)
    floor = Money.sum(one.low for one in prices if one.line in neither and one.low is not None)
    low = max(first.share.low - min(first.share.low, theirs.high), min(floor, first.share.low))
    more = max(theirs.low - ours.high, Money.zero())
    high = max(first.share.high - min(first.share.high, more), low)
    return Range(low, high)


def _paid(told: Estimate) -> Range:
    """What a payer would pay of what it allows, were it alone."""
    least = told.allowed.low - min(told.allowed.low, told.share.high)
    return Range(least, told.allowed.high - min(told.allowed.high, told.share.low))


def _not_covered(told: Estimate) -> set[int]:
    return {line for share in told.classes if share.not_covered.high > Money.zero() for line in share.lines}
