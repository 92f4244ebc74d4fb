"""Does a remittance balance to the cent? At the line, at the claim and at the cheque (rulebook 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from common.money import Money
from payments.domain.remittance import Adjustment, PaidClaim, Remittance


class Level(StrEnum):
    LINE = "line"
    CLAIM = "claim"
    CHEQUE = "cheque"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """`rule` is what has to hold; `expected` what it gives, `found` what the payer says, at `place`."""

    level: Level
    place: str
    rule: str
    expected: Money
    found: Money

    @property
    def off(self) -> Money:
        return self.found - self.expected

    @property
    def sentence(self) -> str:
        return f"{self.place}: {self.rule} gives {self.expected}, the payer says {self.found}; off by {self.off}."


def imbalances(remittance: Remittance) -> tuple[Imbalance, ...]:
    """Every rule that does not hold; a remittance with one of them is not posted at all."""
    return tuple(_off(remittance))


def _off(remittance: Remittance) -> Iterator[Imbalance]:
    for claim in remittance.claims:
        for check in _of_claim(claim):
            if check.off:
                yield check
    paid = Money.sum(claim.paid for claim in remittance.claims)
    taken = Money.sum(item.amount for item in remittance.provider_level)
    cheque = Imbalance(Level.CHEQUE, "Cheque", "the sum of CLP04 less the sum of PLB", paid - taken, remittance.total)
    if cheque.off:
        yield cheque


def _of_claim(claim: PaidClaim) -> Iterator[Imbalance]:
    place = f"Claim {claim.position} ({claim.control_number})"
    for number, line in enumerate(claim.lines, start=1):
        expected = line.charge - _sum(line.adjustments)
        at = f"{place}, line {number}"
        yield Imbalance(Level.LINE, at, "SVC02 less the line's CAS", expected, line.paid)
    expected = claim.charge - _sum(claim.every_adjustment)
    yield Imbalance(Level.CLAIM, place, "CLP03 less every CAS", expected, claim.paid)
    if claim.lines:
        charged = Money.sum(line.charge for line in claim.lines)
        yield Imbalance(Level.CLAIM, place, "the sum of SVC02", charged, claim.charge)
        paid = Money.sum(line.paid for line in claim.lines) - _sum(claim.adjustments)
        yield Imbalance(Level.CLAIM, place, "the sum of SVC03 less the claim's CAS", paid, claim.paid)


def _sum(adjustments: Iterable[Adjustment]) -> Money:
    return Money.sum(item.amount for item in adjustments)
