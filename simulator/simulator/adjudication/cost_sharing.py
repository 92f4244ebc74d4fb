"""What the member owes: copay for the visit, then deductible, then coinsurance (PR-3, PR-1, PR-2; rulebook 8)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from simulator.adjudication.decision import PATIENT, ZERO, Adjustment
from simulator.adjudication.fee_schedule import cents
from simulator.adjudication.member import Member

DEDUCTIBLE, COINSURANCE, COPAY = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class Share:
    """One line's patient adjustments, and how much of them met the deductible."""

    adjustments: tuple[Adjustment, ...]
    deductible: Decimal

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.adjustments), ZERO)


@dataclass(frozen=True, slots=True)
class Benefits:
    """What is left of the member's benefits while the lines of a claim are taken in order."""

    deductible_remaining: Decimal
    coinsurance: Decimal
    copay: Decimal

    @classmethod
    def of(cls, member: Member) -> Benefits:
        return cls(member.deductible_remaining, member.coinsurance, member.copay)

    def share(self, allowed: Decimal, *, visit: bool) -> tuple[Share, Benefits]:
        """The member's part of one line, and the benefits after it.

        A visit under a copay owes nothing else; the copay is asked once for a claim.
        """
        if visit and self.copay:
            paid = min(self.copay, allowed)
            after = Benefits(self.deductible_remaining, self.coinsurance, ZERO)
            return Share(_adjustments((COPAY, paid)), ZERO), after
        deductible = min(self.deductible_remaining, allowed)
        coinsurance = cents((allowed - deductible) * self.coinsurance)
        after = Benefits(self.deductible_remaining - deductible, self.coinsurance, self.copay)
        return Share(_adjustments((DEDUCTIBLE, deductible), (COINSURANCE, coinsurance)), deductible), after


def _adjustments(*amounts: tuple[str, Decimal]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(PATIENT, carc, amount) for carc, amount in amounts if amount)
