"""What the member owes: copay for the visit, then deductible, then coinsurance (PR-3, PR-1, PR-2; rulebook 8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """What is left of the member's benefits while the lines of a claim are taken in order.

    `out_of_pocket` caps all that the member bears together; None for a plan without a maximum.
    """

    deductible_remaining: Decimal
    coinsurance: Decimal
    copay: Decimal
    out_of_pocket: Decimal | None = None

    @classmethod
    def of(cls, member: Member) -> Benefits:
        return cls(member.deductible_remaining, member.coinsurance, member.copay, member.out_of_pocket_remaining)

    def share(self, allowed: Decimal, *, visit: bool) -> tuple[Share, Benefits]:
        """The member's part of one line, and the benefits after it.

        A visit under a copay owes nothing else; the copay is asked once for a claim.
        """
        if visit and self.copay:
            paid = self._capped(min(self.copay, allowed))
            share = Share(_adjustments((COPAY, paid)), ZERO)
            return share, replace(self._after(share), copay=ZERO)
        deductible = self._capped(min(self.deductible_remaining, allowed))
        coinsurance = self._capped(cents((allowed - deductible) * self.coinsurance), already=deductible)
        share = Share(_adjustments((DEDUCTIBLE, deductible), (COINSURANCE, coinsurance)), deductible)
        return share, self._after(share)

    def _capped(self, amount: Decimal, already: Decimal = ZERO) -> Decimal:
        return amount if self.out_of_pocket is None else min(amount, self.out_of_pocket - already)

    def _after(self, share: Share) -> Benefits:
        left = None if self.out_of_pocket is None else self.out_of_pocket - share.total
        return replace(self, deductible_remaining=self.deductible_remaining - share.deductible, out_of_pocket=left)


def _adjustments(*amounts: tuple[str, Decimal]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(PATIENT, carc, amount, "patient") for carc, amount in amounts if amount)
