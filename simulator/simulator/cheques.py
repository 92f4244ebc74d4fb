"""A payer's cheque run: what is ripe is paid, one remittance for each payee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import x12
from simulator import remittance_file
from simulator.adjudication.claim import Provider
from simulator.adjudication.payer import Payer
from simulator.clock import Clock
from simulator.mailboxes import Outgoing, send_sets
from simulator.records import ClaimRecord
from simulator.remittance_file import Cheque, Entry
from simulator.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """Who is paid, over which wire, and whether this is the payer's file for claims that pay nothing."""

    sender: str
    receiver: str
    billing: Provider
    without_money: bool


@dataclass(frozen=True, slots=True)
class Ripe:
    """A claim whose time has come, with what the remittance says about it."""

    record: ClaimRecord
    entries: tuple[Entry, ...]


def run(store: Store, clock: Clock, day: float, payer: Payer) -> None:
    """Write and send a remittance for every account with claims that are ripe on `day`."""
    accounts: dict[Account, list[Ripe]] = {}
    for record in store.claims_awaiting_cheque(payer.id):
        if record.finalised_at is None or record.finalised_at > day:
            continue
        ripe = Ripe(record, tuple(_entries(store, record)))
        if ripe.entries:
            accounts.setdefault(_account(payer, ripe), []).append(ripe)
        else:
            # The void of a claim that moved no money: there is nothing to report.
            store.save_claim(replace(record, status="remitted"))
    for account, claims in accounts.items():
        _pay(store, clock, day, payer, account, claims)


def _entries(store: Store, record: ClaimRecord) -> Iterator[Entry]:
    """The reversal of the claim that this one replaces, if it has to be; then this one's own result."""
    if record.restores and record.replaces is not None:
        earlier = store.claim(record.replaces)
        if earlier.decision is not None:
            yield Entry(earlier, earlier.decision.reversed(), reversal=True)
    if record.decision is not None:
        yield Entry(record, record.decision)


def _account(payer: Payer, ripe: Ripe) -> Account:
    denied = all(entry.decision.denied and not entry.reversal for entry in ripe.entries)
    route = ripe.record.route
    return Account(
        route.sender, route.receiver, ripe.record.claim.billing, without_money=payer.zero_pay_apart and denied
    )


def _pay(store: Store, clock: Clock, day: float, payer: Payer, account: Account, claims: Sequence[Ripe]) -> None:
    key = f"{payer.id}|{account.sender}|{account.billing.npi}|{account.billing.tax_id}"
    cheque = Cheque(tuple(entry for ripe in claims for entry in ripe.entries))
    if cheque.claims_total:
        cheque = replace(cheque, brought_forward=store.debt(key))
        store.set_debt(key, cheque.carried_forward)
    trace = f"{payer.payer_number_prefix}{store.next_number('cheque'):010d}"
    moment = clock.moment(day)
    body = remittance_file.render(cheque, payer, trace, moment.date())
    outgoing = Outgoing(claims[-1].record.route, "835", payer.id, payer.wire)
    send_sets(store, day, moment, outgoing, [x12.TransactionSet("835", x12.REMITTANCE_VERSION, body)])
    for ripe in claims:
        store.save_claim(replace(ripe.record, status="remitted", trace=trace))
