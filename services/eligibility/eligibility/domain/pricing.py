"""What a payer is expected to allow for planned services: its fee schedule, then the reductions of rulebook 12.

Bilateral (indicator 1 with modifier 50) is 150 % before anything else. Of procedures under the multiple procedure rule
(indicator 2) the dearest is paid in full and the next four at half; what comes after is paid by report, which nobody
can reckon: it counts as nothing at the low end and as half at the high end. Add-ons, every other code and what is
cosmetic are untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from codes.cpt import lookup
from common.money import Money
from eligibility.domain.gaps import Planned, is_cosmetic

BILATERAL, MULTIPLE = "1", "2"
BOTH_SIDES = "50"
BY_REPORT = frozenset({"22", "52", "53", "54", "55", "56", "62", "66", "78", "80", "81", "82", "AS"})
"""Modifiers whose price the payer decides, or a share that a usual estimate does not know."""

HALF, HALF_AGAIN = Decimal("0.5"), Decimal("1.5")
PAID_IN_ORDER = 5


@dataclass(frozen=True, slots=True)
class Priced:
    """A line's expected allowed amount. `steps` say how it came about; None where the schedule has no amount."""

    line: int
    code: str
    low: Money | None
    high: Money | None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unit:
    line: int
    amount: Money


def priced(planned: Sequence[Planned], schedule: Mapping[str, Money]) -> tuple[Priced, ...]:
    """Every line priced, in its order. `schedule` holds the payer's amount of each code on the day."""
    found = [_listed(number, line, schedule) for number, line in enumerate(planned, start=1)]
    shares = _shares(planned, found)
    return tuple(_reduced(one, planned[one.line - 1], shares.get(one.line)) for one in found)


def _listed(number: int, line: Planned, schedule: Mapping[str, Money]) -> Priced:
    amount = schedule.get(line.code)
    if amount is None:
        return Priced(number, line.code, None, None, ("no amount in the fee schedule",))
    steps = [f"fee schedule {amount}"]
    code = lookup(line.code)
    if BOTH_SIDES in line.modifiers and code is not None and code.bilateral == BILATERAL:
        amount = Money.rounded(amount.amount * HALF_AGAIN)
        steps.append(f"both sides, 150 %: {amount}")
    if BY_REPORT.intersection(line.modifiers):
        steps.append("a modifier that the payer prices by report: the usual amount is shown")
    return Priced(number, line.code, amount, amount, tuple(steps))


def _shares(planned: Sequence[Planned], found: Iterable[Priced]) -> dict[int, tuple[Money, Money]]:
    """For each line under the rule what all its units come to, at the low and the high end."""
    units = [
        _Unit(one.line, one.high)
        for one in found
        if one.high is not None and _is_multiple(planned[one.line - 1])
        for _ in range(planned[one.line - 1].units)
    ]
    # The dearest first; of equals the earlier line, so that the order of asking decides nothing but ties.
    ranked = sorted(units, key=lambda unit: (-unit.amount.amount, unit.line))
    totals: dict[int, tuple[Money, Money]] = {}
    for rank, unit in enumerate(ranked, start=1):
        low, high = totals.get(unit.line, (Money.zero(), Money.zero()))
        half = Money.rounded(unit.amount.amount * HALF)
        full_or_half = unit.amount if rank == 1 else half
        totals[unit.line] = (low + (full_or_half if rank <= PAID_IN_ORDER else Money.zero()), high + full_or_half)
    return totals


def _reduced(one: Priced, line: Planned, share: tuple[Money, Money] | None) -> Priced:
    if one.low is None or one.high is None:
        return one
    if share is None:
        total = one.high * line.units
        steps = (*one.steps, f"{line.units} units: {total}") if line.units > 1 else one.steps
        return Priced(one.line, one.code, total, total, steps)
    low, high = share
    if (low, high) == (one.high * line.units,) * 2:
        return Priced(one.line, one.code, low, high, one.steps)
    reached = str(high) if low == high else f"{low} to {high}"
    return Priced(one.line, one.code, low, high, (*one.steps, f"several procedures on one day: {reached}"))


def _is_multiple(line: Planned) -> bool:
    """What no claim will name is ranked with nothing."""
    code = lookup(line.code)
    return code is not None and code.multiple_procedure == MULTIPLE and not code.is_add_on and not is_cosmetic(line)
