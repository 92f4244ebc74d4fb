"""The patient's share of what is expected to be allowed, as a range with its assumptions (rulebook 8).

By benefit class: the deductible that is left, then coinsurance on the rest, and the copay of the visit; all of it no
more than what is left of the out-of-pocket maximum. Where the payer gave several values, or none, the range holds all
that may be true, and an assumption says so. An estimate is no promise of payment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from codes.service_types import WHOLE_PLAN
from common.money import LARGEST, Money
from eligibility.domain.gaps import Planned, is_cosmetic
from eligibility.domain.picture import FRACTION, USD, Figure, Kind, Network, Picture
from eligibility.domain.pricing import Priced
from eligibility.domain.services import services_for
from eligibility.domain.telling import in_network

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both inclusive."""

    low: Money
    high: Money

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)


ZERO = Range(Money.zero(), Money.zero())


@dataclass(frozen=True, slots=True)
class ClassShare:
    """One benefit class: `service` is the service type whose benefits hold, `lines` the planned lines in it."""

    service: str
    lines: tuple[int, ...]
    allowed: Range
    copay: Range
    deductible: Range
    coinsurance: Range
    not_covered: Range


@dataclass(frozen=True, slots=True)
class Estimate:
    """`unpriced` are lines without an amount in the fee schedule: the total leaves them out, and says so."""

    allowed: Range
    share: Range
    classes: tuple[ClassShare, ...]
    unpriced: tuple[int, ...] = ()
    assumptions: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()


@dataclass(slots=True)
class _Told:
    """What was used and assumed on the way."""

    assumptions: dict[str, None] = field(default_factory=dict[str, None])
    sources: dict[int, None] = field(default_factory=dict[int, None])

    def assume(self, words: str) -> None:
        self.assumptions[words] = None

    def use(self, figures: Iterable[Figure]) -> None:
        for figure in figures:
            self.sources.update(dict.fromkeys(figure.lines))


@dataclass(frozen=True, slots=True)
class _Position:
    """What is left at one end of the range."""

    deductible: Money
    out_of_pocket: Money | None


def estimate(told: Picture, planned: Sequence[Planned], prices: Sequence[Priced], network: Network) -> Estimate:
    """The patient's share. Unknown `network` takes the benefits inside and outside for possible."""
    notes = _Told()
    classes = _classes(told, planned, prices)
    allowed = sum((amount for _, _, amount, _ in classes), ZERO)
    deductible = _left(told, Kind.DEDUCTIBLE, network, notes, unsaid=allowed.high) or ZERO
    cap = _left(told, Kind.OUT_OF_POCKET, network, notes, unsaid=None)
    low = _Position(deductible.low, cap.low if cap else None)
    high = _Position(deductible.high, cap.high if cap else None)
    shares: list[ClassShare] = []
    for service, lines, amount, covered in classes:
        share, low, high = _class_share(told, (service, lines, amount, covered), network, (low, high), notes)
        shares.append(share)
    unpriced = tuple(one.line for one in prices if one.high is None)
    for number in unpriced:
        notes.assume(f"Line {number} has no amount in the payer's fee schedule and is left out.")
    notes.assume("Earlier claims that the payer has not settled yet may change what is left of the deductible.")
    total = sum((one.copay + one.deductible + one.coinsurance + one.not_covered for one in shares), ZERO)
    return Estimate(allowed, total, tuple(shares), unpriced, tuple(notes.assumptions), tuple(sorted(notes.sources)))


_Class = tuple[str, tuple[int, ...], Range, bool]
"""Service type, lines, allowed, and whether the plan covers it."""


def _classes(told: Picture, planned: Sequence[Planned], prices: Sequence[Priced]) -> list[_Class]:
    found: dict[tuple[str, bool], tuple[list[int], Range]] = {}
    for one in prices:
        if one.low is None or one.high is None:
            continue
        line = planned[one.line - 1]
        service, covered = _service_of(told, line)
        lines, amount = found.get((service, covered), ([], ZERO))
        found[service, covered] = ([*lines, one.line], amount + Range(one.low, one.high))
    return [(service, tuple(lines), amount, covered) for (service, covered), (lines, amount) in found.items()]


def _service_of(told: Picture, line: Planned) -> tuple[str, bool]:
    """The service type whose benefits hold for a line, and whether it is covered at all."""
    if is_cosmetic(line):
        return WHOLE_PLAN, False
    known = [one for code in services_for(line.code) if (one := told.service(code)) is not None]
    if excluded := next((one for one in known if one.not_covered), None):
        return excluded.service, False
    shared = (Kind.COPAY, Kind.COINSURANCE, Kind.DEDUCTIBLE)
    special = next((one for one in known if any(f.benefit.kind in shared for f in one.figures)), None)
    return (special.service if special else WHOLE_PLAN), True


def _class_share(
    told: Picture, one: _Class, network: Network, position: tuple[_Position, _Position], notes: _Told
) -> tuple[ClassShare, _Position, _Position]:
    service, lines, allowed, covered = one
    if not covered:
        notes.assume("What the plan does not cover is the patient's whole.")
        return ClassShare(service, lines, allowed, ZERO, ZERO, ZERO, allowed), *position
    copay, rate = _copay(told, service, network, notes), _rate(told, service, network, notes)
    only_copay = copay is not None and rate is None
    own = _own_deductible(told, service, network, notes)
    plan = [at.deductible for at in position]
    if own is not None:
        position = replace(position[0], deductible=own.low), replace(position[1], deductible=own.high)
    low, high = (
        _end(amount, taken, fraction, at, only_copay=only_copay)
        for amount, taken, fraction, at in (
            (allowed.low, copay.low if copay else Money.zero(), rate[0] if rate else NOTHING, position[0]),
            (allowed.high, copay.high if copay else Money.zero(), rate[1] if rate else NOTHING, position[1]),
        )
    )
    parts = [Range(*ends) for ends in zip(low[0], high[0], strict=True)]
    after = (low[1], high[1])
    if own is not None:
        after = replace(low[1], deductible=plan[0]), replace(high[1], deductible=plan[1])
    return ClassShare(service, lines, allowed, parts[0], parts[1], parts[2], ZERO), *after


def _own_deductible(told: Picture, service: str, network: Network, notes: _Told) -> Range | None:
    """What is left of a deductible that the payer named for the service alone; nothing where it is said to be zero."""
    if service == WHOLE_PLAN:
        return None
    dollars = [f for f in _of(told, service, Kind.DEDUCTIBLE) if f.benefit.unit == USD]
    left = [f for f in dollars if f.benefit.remaining] or [f for f in dollars if not any(f.values)]
    chosen = _chosen(left, network, notes)
    values = [value for figure in chosen for value in figure.values]
    if not values:
        return None
    notes.assume(f"The deductible of service type {service} is its own, and not that of the plan.")
    return Range(_amount(min(values)), _amount(max(values)))


def _end(
    allowed: Money, copay: Money, rate: Decimal, at: _Position, *, only_copay: bool
) -> tuple[tuple[Money, Money, Money], _Position]:
    """Copay, deductible and coinsurance at one end, and what is left after them."""
    copay = min(copay, allowed)
    rest = Money.zero() if only_copay else allowed - copay
    deductible = min(at.deductible, rest)
    coinsurance = Money.rounded((rest - deductible).amount * rate)
    left = at.out_of_pocket
    parts: list[Money] = []
    for part in (copay, deductible, coinsurance):
        paid = part if left is None else min(part, left)
        left = left if left is None else left - paid
        parts.append(paid)
    return (parts[0], parts[1], parts[2]), _Position(at.deductible - deductible, left)


def _left(told: Picture, kind: Kind, network: Network, notes: _Told, *, unsaid: Money | None) -> Range | None:
    """What is left of a plan's amount: the individual's, or the family's where that is less."""
    figures = [f for f in told.figures(kind, (WHOLE_PLAN,)) if f.benefit.remaining and f.benefit.unit == USD]
    chosen = _chosen(figures, network, notes)
    name = kind.value.replace("_", " ")
    if not chosen:
        if unsaid is None:
            notes.assume(f"The payer did not say what is left of the {name}: no cap is reckoned.")
            return None
        notes.assume(f"The payer did not say what is left of the {name}: from none to the whole.")
        return Range(Money.zero(), unsaid)
    own = [value for f in chosen if f.benefit.level != "FAM" for value in f.values]
    family = [value for f in chosen if f.benefit.level == "FAM" for value in f.values]
    if own and family:
        notes.assume(f"Of the individual's and the family's {name} the one with less left ends first (embedded).")
    lows = [min(values) for values in (own, family) if values]
    highs = [max(values) for values in (own, family) if values]
    return Range(_amount(min(lows)), _amount(min(highs)))


def _copay(told: Picture, service: str, network: Network, notes: _Told) -> Range | None:
    figures = [f for f in _of(told, service, Kind.COPAY) if f.benefit.unit == USD]
    values = [value for figure in _chosen(figures, network, notes) for value in figure.values]
    return Range(_amount(min(values)), _amount(max(values))) if values else None


def _rate(told: Picture, service: str, network: Network, notes: _Told) -> tuple[Decimal, Decimal] | None:
    """Coinsurance of the class; that of the plan only where the class has no copay of its own."""
    figures = [f for f in _of(told, service, Kind.COINSURANCE) if f.benefit.unit == FRACTION]
    if not figures and service != WHOLE_PLAN and not _of(told, service, Kind.COPAY):
        figures = [f for f in _of(told, WHOLE_PLAN, Kind.COINSURANCE) if f.benefit.unit == FRACTION]
    values = [value for figure in _chosen(figures, network, notes) for value in figure.values]
    if not values and not _of(told, service, Kind.COPAY):
        notes.assume("The payer did not say the coinsurance: none is reckoned.")
    rates = [_rate_of(value, notes) for value in values]
    return (min(rates), max(rates)) if rates else None


def _rate_of(value: Decimal, notes: _Told) -> Decimal:
    """A share of one. X12 wants 0.2 for a fifth; some payers send 20."""
    if value > 1:
        notes.assume("The payer sent a share above the whole: it is read as a percentage.")
        value /= 100
    return min(max(value, NOTHING), Decimal(1))


def _amount(value: Decimal) -> Money:
    """What a payer sent, within what an account can hold and never below nothing."""
    return Money.rounded(min(max(value, NOTHING), LARGEST))


def _of(told: Picture, service: str, kind: Kind) -> tuple[Figure, ...]:
    known = told.service(service)
    return tuple(figure for figure in known.figures if figure.benefit.kind is kind) if known else ()


def _chosen(figures: Sequence[Figure], network: Network, notes: _Told) -> tuple[Figure, ...]:
    """The figures that may hold for us. Said for one network only, they do not hold in the other."""
    if network is Network.IN:
        chosen = in_network(figures)
    elif network is Network.OUT:
        outside = tuple(f for f in figures if f.benefit.network in (Network.OUT, Network.BOTH))
        chosen = outside or tuple(f for f in figures if f.benefit.network is Network.NOT_SAID)
    else:
        chosen = tuple(figures)
        if len({figure.benefit.network for figure in chosen}) > 1:
            notes.assume("Whether we are in the plan's network is not known: both are in the range.")
    if any(figure.benefit.network is Network.NOT_SAID for figure in chosen):
        notes.assume("The payer did not say for which network some benefits hold.")
    if any(figure.ambiguous for figure in chosen):
        notes.assume("The payer gave several values for one benefit: the range holds all of them.")
    notes.use(chosen)
    return chosen
