"""What payers have decided about a claim, kept so that the next payer can be told (rulebook 9.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from claims.domain.coding import ServiceLine
from claims.domain.events import AdjudicatedLine, LineAdjustment
from claims.domain.parties import Snapshot
from common.money import Money

# CLP02 of a payer after the first, who answers for what the one before left to the patient (rulebook 11).
LATER_PAYER = frozenset({"2", "3", "20", "21"})


@dataclass(frozen=True, slots=True)
class Decision:
    """One remittance that no reversal has taken back. `adjustments` are those of the claim, beside its lines'.

    `forwarded`: the payer says that it has sent the claim on to the next one itself (a crossover).
    """

    remittance_id: UUID
    control_number: str
    status_code: str
    payer_claim_number: str | None
    decided_on: date
    charge: Money
    paid: Money
    adjustments: tuple[LineAdjustment, ...]
    lines: tuple[AdjudicatedLine, ...]
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class EarlierPayer:
    """A payer that has decided on the claim before the present one: whom it was billed for, and what it decided.

    `attempt` is the last submission that went to it.
    """

    snapshot: Snapshot
    attempt: int
    decisions: tuple[Decision, ...]

    @property
    def decided_on(self) -> date:
        return max(one.decided_on for one in self.decisions)

    @property
    def paid(self) -> Money:
        return Money.sum(one.paid for one in self.decisions)

    @property
    def payer_claim_number(self) -> str | None:
        numbers = [one.payer_claim_number for one in self.decisions if one.payer_claim_number]
        return numbers[-1] if numbers else None


def standing_after(decisions: Sequence[Decision], said: Decision, *, reversal: bool) -> tuple[Decision, ...]:
    """The decisions that stand once this one is in; a reversal takes the latest one away that it mirrors."""
    if not reversal:
        return (*decisions, said)
    mirrored = (said.control_number, -said.charge, -said.paid)
    for place in range(len(decisions) - 1, -1, -1):
        one = decisions[place]
        if (one.control_number, one.charge, one.paid) == mirrored:
            return (*decisions[:place], *decisions[place + 1 :])
    return tuple(decisions)


def balance(lines: Sequence[ServiceLine], decisions: Sequence[Decision]) -> bool:
    """Whether what was paid and adjusted makes up every charge, as a claim to the next payer must (X222A1 1.4.1.1).

    Each of our lines is decided exactly once, or none of them is and the payer answered for the claim as a whole.
    """
    decided = [line for one in decisions for line in one.lines]
    paid = Money.sum(one.paid for one in decisions)
    taken = _sum(item for one in decisions for item in one.adjustments)
    if not decided:
        return bool(decisions) and Money.sum(line.charge for line in lines) == paid + taken
    by_number = {line.number: line for line in decided}
    if len(by_number) != len(decided) or by_number.keys() != {line.number for line in lines}:
        return False
    on_lines = all(
        line.charge == by_number[line.number].paid + _sum(by_number[line.number].adjustments) for line in lines
    )
    return on_lines and Money.sum(line.paid for line in decided) - taken == paid


def _sum(adjustments: Iterable[LineAdjustment]) -> Money:
    return Money.sum(item.amount for item in adjustments)
