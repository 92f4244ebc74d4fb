"""What a payer decided, in the parts an 835 is made of, with the reasons kept beside the amounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

ZERO = Decimal("0.00")
PATIENT = "PR"

Bearer = Literal["contract", "denied", "patient", "prior_payer"]
"""Where an amount goes: off the books by contract, nowhere yet, to the patient, or to what an earlier payer settled."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS reason: how much (positive lowers the payment), why, and who bears it.

    `bearer` is known by the rule that made the adjustment, not looked up by its code, so that the truth does not
    share a mistake of a code table.
    """

    group: str
    carc: str
    amount: Decimal
    bearer: Bearer = "denied"


@dataclass(frozen=True, slots=True)
class LineDecision:
    """One service line decided; `allowed` is None when nothing was allowed because the line was denied.

    `paid_cpt` is the code that the payer put in the place of the billed one; `units` those of a part of a line.
    """

    number: int
    charge: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    allowed: Decimal | None = None
    reasons: tuple[str, ...] = ()
    paid_cpt: str = ""
    units: Decimal | None = None

    @property
    def denied(self) -> bool:
        return self.allowed is None


@dataclass(frozen=True, slots=True)
class Decision:
    """A claim decided. `adjustments` stand at claim level; with `claim_level_only` the 835 shows no lines.

    `deductible_applied` and `out_of_pocket_applied` are what the member's accumulators lost, so that a reversal can
    give them back.
    """

    charge: Decimal
    lines: tuple[LineDecision, ...]
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    claim_level_only: bool = False
    deductible_applied: Decimal = ZERO
    out_of_pocket_applied: Decimal = ZERO

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
            out_of_pocket_applied=-self.out_of_pocket_applied,
        )


def _negated(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(replace(one, amount=-one.amount) for one in adjustments)
