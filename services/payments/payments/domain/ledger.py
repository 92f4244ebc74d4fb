"""Double entry: a posting balances or does not exist, and is undone only by its contra."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from common.money import Money
from payments.domain.accounts import CHART, Part
from payments.domain.refusals import PostingUnbalanced, UnknownAccount

Balances = Mapping[str, Money]
"""Account code to balance, debit positive. An account that is not listed stands at zero."""


class Kind(StrEnum):
    """What the business did."""

    CHARGE = "charge"
    CHARGE_CHANGE = "charge_change"
    RESUBMISSION = "resubmission"
    WITHDRAWAL = "withdrawal"
    NEXT_PAYER = "next_payer"
    CHEQUE = "cheque"
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    CLAIM_PAYMENT = "claim_payment"
    REVERSAL = "reversal"
    TRANSFER = "transfer"
    WRITE_OFF = "write_off"
    PATIENT_PAYMENT = "patient_payment"


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a posting: a debit is positive, a credit negative."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Posting:
    """Entries that sum to zero.

    Raises PostingUnbalanced when they do not or when there are none, UnknownAccount for one outside the chart.
    """

    kind: Kind
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        off = Money.sum(entry.amount for entry in self.entries)
        if off or not self.entries:
            raise PostingUnbalanced(kind=self.kind.value, entries=len(self.entries), off=off)
        for entry in self.entries:
            if entry.account not in CHART:
                raise UnknownAccount(account=entry.account)

    def contra(self, kind: Kind = Kind.REVERSAL) -> Posting:
        """The same entries with their signs turned: together the two move nothing."""
        return Posting(kind, tuple(Entry(entry.account, -entry.amount) for entry in self.entries))


def moving(kind: Kind, *moves: tuple[str, Money]) -> tuple[Posting, ...]:
    """The posting of these moves, or nothing when all of them are zero. Moves of one account are added up."""
    totals: dict[str, Money] = {}
    for account, amount in moves:
        totals[account] = totals.get(account, Money.zero()) + amount
    entries = tuple(Entry(account, amount) for account, amount in totals.items() if amount)
    return (Posting(kind, entries),) if entries else ()


def after(balances: Balances, postings: Iterable[Posting]) -> Balances:
    """The balances once `postings` are in the books."""
    totals = dict(balances)
    for posting in postings:
        for entry in posting.entries:
            totals[entry.account] = totals.get(entry.account, Money.zero()) + entry.amount
    return totals


def balance(balances: Balances, account: str) -> Money:
    return balances.get(account, Money.zero())


@dataclass(frozen=True, slots=True)
class ClaimMoney:
    """A claim's money bar at one moment: charge = paid + adjusted + patient + open.

    `patient` is below zero when the patient paid more than is owed, `open` when the payer did.
    """

    charge: Money
    paid: Money
    adjusted: Money
    patient: Money
    open: Money

    @property
    def cents_off(self) -> int:
        return (self.charge - self.paid - self.adjusted - self.patient - self.open).cents


def claim_money(balances: Balances) -> ClaimMoney:
    """The money bar of the claim that has these balances."""
    parts = dict.fromkeys(Part, Money.zero())
    for account, amount in balances.items():
        part = CHART[account].part
        if part is not None:
            parts[part] += amount
    return ClaimMoney(
        charge=-parts[Part.CHARGE],
        paid=parts[Part.PAID],
        adjusted=parts[Part.ADJUSTED],
        patient=parts[Part.PATIENT],
        open=parts[Part.OPEN],
    )
