"""A payer's cheque run: what is ripe is paid to each payee, in as many cheques and files as its habits make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import x12
from simulator import remittance_file
from simulator.adjudication.claim import Provider
from simulator.adjudication.payer import Payer
from simulator.clock import Clock
from simulator.mailboxes import Outgoing, send_sets
from simulator.records import ChequeRecord, ClaimRecord, Deposit, Payable, Timing
from simulator.remittance_file import Cheque, Entry
from simulator.store import Store

REMIT_STEP = "remit"
# How many days lie between the deposit and the remittance of a payer whose two ways are not of one speed.
APART_DAYS = 3.0


@dataclass(frozen=True, slots=True)
class Account:
    """Who is paid, over which wire, and which cheque of that day: a name for one on its own, and whether it is the
    payer's cheque for claims that pay nothing.
    """

    sender: str
    receiver: str
    billing: Provider
    without_money: bool
    apart: str


@dataclass(frozen=True, slots=True)
class Ripe:
    """Something whose time has come, with the claim it is about."""

    record: ClaimRecord
    payable: Payable


def run(store: Store, clock: Clock, day: float, payer: Payer) -> None:
    """Write the cheques of everything that is ripe on `day`, and send their remittances."""
    accounts: dict[Account, list[Ripe]] = {}
    for payable in store.ripe_payables(payer.id, day):
        ripe = Ripe(store.claim(payable.claim), payable)
        accounts.setdefault(_account(payer, ripe), []).append(ripe)
    together: dict[tuple[str, str], list[ChequeRecord]] = {}
    for account, claims in accounts.items():
        for some in _bounded(claims, payer):
            cheque = _pay(store, clock, day, payer, account, some)
            if _send_later(store, day, cheque, some):
                continue
            together.setdefault((account.sender, account.receiver), []).append(cheque)
    for cheques in together.values():
        for start in range(0, len(cheques), payer.cheques_per_file):
            _send(store, clock, day, payer, cheques[start : start + payer.cheques_per_file])


def _bounded(claims: Sequence[Ripe], payer: Payer) -> Iterator[list[Ripe]]:
    """As many of them on each cheque as the payer's bounds allow."""
    some: list[Ripe] = []
    levels = 0
    for ripe in claims:
        more = len(ripe.payable.levels)
        if some and (len(some) == payer.claims_per_cheque or levels + more > payer.levels_per_cheque):
            yield some
            some, levels = [], 0
        some.append(ripe)
        levels += more
    yield some


def remit(store: Store, clock: Clock, day: float, number: int) -> None:
    """Send the remittance of a cheque that was written before, in an interchange of its own."""
    cheque = store.cheque(number)
    payer = store.payer(cheque.payer_id)
    if payer is not None:
        _send(store, clock, day, payer, [cheque])


def _account(payer: Payer, ripe: Ripe) -> Account:
    decision, route = ripe.payable.decision, ripe.record.route
    denied = decision is not None and decision.denied and not ripe.payable.reverses
    # A correction is told beside the reversal of what it corrects.
    alone = denied and ripe.payable.part != "correction" and not ripe.record.restores
    return Account(
        route.sender, route.receiver, ripe.record.claim.billing, payer.zero_pay_apart and alone, ripe.payable.apart
    )


def _pay(
    store: Store, clock: Clock, day: float, payer: Payer, account: Account, claims: Sequence[Ripe]
) -> ChequeRecord:
    key = f"{payer.id}|{account.sender}|{account.billing.npi}|{account.billing.tax_id}"
    entries = tuple(Entry(ripe.record, ripe.payable) for ripe in claims)
    cheque = Cheque(entries)
    if cheque.balance:
        cheque = replace(cheque, brought_forward=store.debt(key))
        store.set_debt(key, cheque.carried_forward)
    trace = f"{payer.payer_number_prefix}{store.next_number('cheque'):010d}"
    paid_on = clock.moment(day).date()
    record = ChequeRecord(
        id=store.next_number("cheque record"),
        payer_id=payer.id,
        trace=trace,
        total=cheque.total,
        method=payer.payment_method if cheque.total else "NON",
        paid_on=paid_on.isoformat(),
        payables=tuple(ripe.payable.id for ripe in claims),
        levels=cheque.levels,
        route=claims[-1].record.route,
        body=remittance_file.render(cheque, payer, trace, paid_on),
        deposit=_deposit(clock, day, payer, cheque, trace),
    )
    store.save_cheque(record)
    for ripe in claims:
        store.settle_payable(ripe.payable, record.id, trace)
        _remember(store, ripe, trace)
    return record


def _deposit(clock: Clock, day: float, payer: Payer, cheque: Cheque, trace: str) -> Deposit | None:
    if not cheque.total:
        return None
    late = _timing(entry.payable for entry in cheque.entries) == "money_late"
    when = day + APART_DAYS if late else day
    return Deposit(payer.id, trace, cheque.total, payer.payment_method, clock.moment(when).date().isoformat(), when)


def _timing(payables: Iterable[Payable]) -> Timing | None:
    return next((one.timing for one in payables if one.timing), None)


def _remember(store: Store, ripe: Ripe, trace: str) -> None:
    """The claim has been remitted; so has the void that this takes back for."""
    record = store.claim(ripe.record.id)
    if ripe.payable.reverses and record.replaced_by is not None:
        record = store.claim(record.replaced_by)
        if record.voids:
            store.save_claim(replace(record, status="remitted", trace=trace))
    elif not ripe.payable.reverses and not ripe.payable.control_number and ripe.payable.decision is not None:
        store.save_claim(replace(record, status="remitted", trace=trace))


def _send_later(store: Store, day: float, cheque: ChequeRecord, claims: Sequence[Ripe]) -> bool:
    """Set down when the remittance goes once more, or goes at all; True when it does not go now."""
    for ripe in claims:
        if ripe.payable.repeated_after:
            store.schedule(day + ripe.payable.repeated_after, REMIT_STEP, str(cheque.id))
    if _timing(ripe.payable for ripe in claims) != "money_first":
        return False
    store.schedule(day + APART_DAYS, REMIT_STEP, str(cheque.id))
    return True


def _send(store: Store, clock: Clock, day: float, payer: Payer, cheques: Sequence[ChequeRecord]) -> None:
    """One interchange with a transaction set for each cheque."""
    outgoing = Outgoing(cheques[-1].route, "835", payer.id, payer.wire)
    sets = [x12.TransactionSet("835", x12.REMITTANCE_VERSION, cheque.body) for cheque in cheques]
    name = send_sets(store, day, clock.moment(day), outgoing, sets)
    for cheque in cheques:
        store.save_cheque(replace(cheque, sent=(*cheque.sent, name)))
