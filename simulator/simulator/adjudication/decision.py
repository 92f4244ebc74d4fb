"""What a payer decided, in the parts an 835 is made of, with the reasons kept beside the amounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

ZERO = Decimal("0.00")
PATIENT = "PR"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS reason: who bears it, why, and how much (positive lowers the payment)."""

    group: str
    carc: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineDecision:
    """One service line decided; `allowed` is None when nothing was allowed because the line was denied."""

    number: int
    charge: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    allowed: Decimal | None = None
    reasons: tuple[str, ...] = ()

    @property
    def denied(self) -> bool:
        return self.allowed is None


@dataclass(frozen=True, slots=True)
class Decision:
    """A claim decided. `adjustments` stand at claim level; with `claim_level_only` the 835 shows no lines.

    `deductible_applied` is what the member's accumulator lost, so that a reversal can give it back.
    """

    charge: Decimal
    lines: tuple[LineDecision, ...]
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    claim_level_only: bool = False
    deductible_applied: Decimal = ZERO

    @property
    def paid(self) -> Decimal:
        return sum((line.paid for line in self.lines), ZERO)

    @property
    def all_adjustments(self) -> tuple[Adjustment, ...]:
        """Claim level and line level together, as the balance of the claim counts them."""
        return self.adjustments + tuple(one for line in self.lines for one in line.adjustments)

    @property
    def patient_responsibility(self) -> Decimal:
        return sum((one.amount for one in self.all_adjustments if one.group == PATIENT), ZERO)

    @property
    def denied(self) -> bool:
        """True when not one line was allowed."""
        return all(line.denied for line in self.lines)

    def reversed(self) -> Decision:
        """The exact contra of this decision: every amount with the other sign (rulebook 11)."""
        return replace(
            self,
            charge=-self.charge,
            lines=tuple(
                replace(
                    line,
                    charge=-line.charge,
                    paid=-line.paid,
                    allowed=None if line.allowed is None else -line.allowed,
                    adjustments=_negated(line.adjustments),
                )
                for line in self.lines
            ),
            adjustments=_negated(self.adjustments),
            deductible_applied=-self.deductible_applied,
        )


def _negated(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(replace(one, amount=-one.amount) for one in adjustments)
