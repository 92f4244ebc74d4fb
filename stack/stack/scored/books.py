"""What payments has in its books, asked of its API, in the shape in which it is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.money import Money
from stack.demo.drive import some_at_once
from stack.demo.office import Office
from stack.demo.progress import Tell

Amounts = Mapping[str, Money]
"""Account to amount, a debit positive; an account that is not there was not moved."""


Line = tuple[Money, Money, tuple[tuple[str, str, Money], ...]]
"""A service line: charge, paid, and its adjustments by group and reason, in the order of their names."""


def line_of(said: Mapping[str, Any]) -> Line:
    """A line as the truth and payments both write it."""
    reasons = ((one["group"], one["carc"], Money(one["amount"])) for one in said["adjustments"])
    return Money(said["charge"]), Money(said["paid"]), tuple(sorted(reasons))


@dataclass(frozen=True, slots=True)
class BookedPayment:
    """One CLP as it was taken in, with its lines, and what all of its postings together moved."""

    control_number: str
    status: str
    state: str
    paid: Money
    moved: Amounts
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class BookedCheque:
    """One remittance that was accepted; `levels` are the accounts and amounts of its PLB postings, in their order."""

    trace: str
    total: Money
    cash: Money
    levels: tuple[tuple[str, Money], ...]
    payments: tuple[BookedPayment, ...]


@dataclass(frozen=True, slots=True)
class Books:
    """The practice's books. `claims` is the money of each claim by the control numbers it was sent under.

    `refused` are the traces of remittances that were not posted, `queue` the codes of the open queue items.
    """

    cheques: tuple[BookedCheque, ...]
    claims: Mapping[str, Mapping[str, Any]]
    refused: tuple[str, ...]
    queue: tuple[str, ...]
    balances: Amounts


async def read(office: Office, claim_of: Mapping[str, str], tell: Tell) -> Books:
    """Everything that payments holds; `claim_of` gives the claim's id by control number."""
    payments = office["payments"]
    remittances = await payments.everything("/remittances")
    posted = [one for one in remittances if one["state"] != "refused"]
    cheques = await some_at_once(lambda one: _cheque(office, one["id"]), posted, lambda done: None)

    async def money(number: str) -> tuple[str, Mapping[str, Any]]:
        return number, await payments.get(f"/claims/{claim_of[number]}/money")

    claims = dict(await some_at_once(money, claim_of, tell))
    trial = await payments.get("/ledger/trial-balance")
    return Books(
        cheques=tuple(cheques),
        claims=claims,
        refused=tuple(one["trace"] for one in remittances if one["state"] == "refused"),
        queue=tuple(one["code"] for one in await payments.everything("/queue")),
        balances={one["account"]: Money(one["balance"]) for one in trial["accounts"]},
    )


async def _cheque(office: Office, remittance_id: str) -> BookedCheque:
    payments = office["payments"]
    head = await payments.get(f"/remittances/{remittance_id}")
    claims = await payments.everything(f"/remittances/{remittance_id}/claims")
    levels = [one for one in head["postings"] if one["kind"] == "provider_adjustment"]
    cheque = [one for one in head["postings"] if one["kind"] == "cheque"]
    return BookedCheque(
        trace=head["trace"],
        total=Money(head["total"]),
        cash=_moved(cheque).get("cash_clearing", Money.zero()),
        levels=tuple(_level(one) for one in levels),
        payments=tuple(_payment(one) for one in claims),
    )


def _level(posting: Mapping[str, Any]) -> tuple[str, Money]:
    [entry] = [entry for entry in posting["entries"] if entry["account"] != "unapplied"]
    return entry["account"], Money(entry["amount"])


def _payment(claim: Mapping[str, Any]) -> BookedPayment:
    moved, lines = _moved(claim["postings"]), tuple(map(line_of, claim["lines"]))
    return BookedPayment(claim["control_number"], claim["status"], claim["state"], Money(claim["paid"]), moved, lines)


def _moved(postings: Sequence[Mapping[str, Any]]) -> Amounts:
    sums: dict[str, Money] = {}
    for posting in postings:
        for entry in posting["entries"]:
            sums[entry["account"]] = sums.get(entry["account"], Money.zero()) + Money(entry["amount"])
    return {account: amount for account, amount in sums.items() if amount}
