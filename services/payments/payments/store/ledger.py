"""The books: postings go in and never change; balances are always summed from the entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, case, func, select, text

from common.ids import new_id
from common.money import Money
from common.uow import Transaction
from payments.domain.accounts import CHART, UNAPPLIED
from payments.domain.aging import HELD_IN, Holder, OpenMoney
from payments.domain.ledger import Balances, ClaimMoney, Entry, Kind, Posting, claim_money
from payments.tables import claim_accounts, ledger_entries, postings


@dataclass(frozen=True, slots=True)
class Source:
    """The fact that makes postings: `name` is unique for it in the practice, so that it is booked once."""

    name: str
    claim_id: UUID | None = None
    remittance_id: UUID | None = None
    claim_payment_id: UUID | None = None


def booked_as(remittance_id: UUID) -> Source:
    """The fact that a cheque was taken in."""
    return Source(f"remittance/{remittance_id}", remittance_id=remittance_id)


@dataclass(frozen=True, slots=True)
class Booking:
    source: Source
    postings: tuple[Posting, ...]


# One statement for the entries of many postings: the check that each sums to zero looks at a statement's rows.
WRITE = text("""
    WITH made AS (
        INSERT INTO postings (id, practice_id, kind, posted_on, recorded_at, claim_id, remittance_id,
                              claim_payment_id, source)
        SELECT p.id, :practice_id, p.kind, :posted_on, :recorded_at, p.claim_id, p.remittance_id,
               p.claim_payment_id, p.source
        FROM unnest(CAST(:id AS uuid[]), CAST(:kind AS text[]), CAST(:claim_id AS uuid[]),
                    CAST(:remittance_id AS uuid[]), CAST(:claim_payment_id AS uuid[]), CAST(:source AS text[]))
             AS p(id, kind, claim_id, remittance_id, claim_payment_id, source)
        RETURNING id, claim_id
    )
    INSERT INTO ledger_entries (practice_id, posting_id, number, account, amount, posted_on, claim_id)
    SELECT :practice_id, e.posting_id, e.number, e.account, e.amount, :posted_on, made.claim_id
    FROM unnest(CAST(:posting_id AS uuid[]), CAST(:number AS int[]), CAST(:account AS text[]),
                CAST(:amount AS numeric[])) AS e(posting_id, number, account, amount)
    JOIN made ON made.id = e.posting_id
""")


async def write(tx: Transaction, bookings: Iterable[Booking], *, posted_on: date) -> None:
    """Put postings in the books, dated `posted_on`. The unique source makes a second time an error, not a posting."""
    heads: dict[str, list[object]] = defaultdict(list)
    entries: dict[str, list[object]] = defaultdict(list)
    for booking in bookings:
        for index, posting in enumerate(booking.postings):
            id = new_id()
            heads["id"].append(id)
            heads["kind"].append(posting.kind.value)
            heads["claim_id"].append(booking.source.claim_id)
            heads["remittance_id"].append(booking.source.remittance_id)
            heads["claim_payment_id"].append(booking.source.claim_payment_id)
            heads["source"].append(f"{booking.source.name}/{index}")
            for number, entry in enumerate(posting.entries):
                entries["posting_id"].append(id)
                entries["number"].append(number)
                entries["account"].append(entry.account)
                entries["amount"].append(entry.amount.amount)
    if heads:
        common = {"practice_id": tx.practice_id, "posted_on": posted_on, "recorded_at": tx.now}
        await tx.execute(WRITE, common | heads | entries)


async def balances(tx: Transaction, claim_ids: Collection[UUID], *, on: date | None = None) -> Mapping[UUID, Balances]:
    """The balances of each claim, now or at the end of the day `on`."""
    entry = ledger_entries.c
    until: list[ColumnElement[bool]] = [entry.posted_on <= on] if on else []
    rows = await tx.rows(
        select(entry.claim_id, entry.account, func.sum(entry.amount, type_=entry.amount.type).label("amount"))
        .where(entry.claim_id.in_(claim_ids), *until)
        .group_by(entry.claim_id, entry.account)
    )
    found: dict[UUID, dict[str, Money]] = {claim_id: {} for claim_id in claim_ids}
    for row in rows:
        found[row["claim_id"]][row["account"]] = row["amount"]
    return found


async def postings_of(tx: Transaction, payment_ids: Collection[UUID]) -> Mapping[UUID, tuple[Posting, ...]]:
    """The postings that each claim payment made, in the order in which they were made."""
    if not payment_ids:
        return {}
    rows = await tx.rows(
        select(postings.c.claim_payment_id, postings.c.kind, ledger_entries)
        .join(ledger_entries, ledger_entries.c.posting_id == postings.c.id)
        .where(postings.c.claim_payment_id.in_(payment_ids))
        .order_by(postings.c.id, ledger_entries.c.number)
    )
    grouped: dict[tuple[UUID, UUID, str], list[Entry]] = defaultdict(list)
    for row in rows:
        key = (row["claim_payment_id"], row["posting_id"], row["kind"])
        grouped[key].append(Entry(row["account"], row["amount"]))
    found: dict[UUID, tuple[Posting, ...]] = dict.fromkeys(payment_ids, ())
    for (payment_id, _, kind), entries in grouped.items():
        found[payment_id] += (Posting(Kind(kind), tuple(entries)),)
    return found


async def postings_under(tx: Transaction, source: Source, count: int) -> tuple[Posting, ...]:
    """The first `count` postings that one fact made, in their order; fewer when it made fewer."""
    names = [f"{source.name}/{index}" for index in range(count)]
    rows = await tx.rows(
        select(postings.c.kind, ledger_entries)
        .join(ledger_entries, ledger_entries.c.posting_id == postings.c.id)
        .where(postings.c.source.in_(names))
        .order_by(postings.c.id, ledger_entries.c.number)
    )
    grouped: dict[tuple[UUID, str], list[Entry]] = defaultdict(list)
    for row in rows:
        grouped[row["posting_id"], row["kind"]].append(Entry(row["account"], row["amount"]))
    return tuple(Posting(Kind(kind), tuple(entries)) for (_, kind), entries in grouped.items())


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """The debits and credits of one account up to a day."""

    account: str
    debits: Money
    credits: Money


async def trial_balance(tx: Transaction, *, on: date) -> Sequence[AccountTotals]:
    """Every account that was ever used, in the order of the chart."""
    entry = ledger_entries.c
    total = func.sum(entry.amount, type_=entry.amount.type)
    rows = await tx.rows(
        select(
            entry.account,
            total.filter(entry.amount > Money.zero()).label("debits"),
            total.filter(entry.amount < Money.zero()).label("credits"),
        )
        .where(entry.posted_on <= on)
        .group_by(entry.account)
    )
    none = Money.zero()
    found = {row["account"]: (row["debits"] or none, -(row["credits"] or none)) for row in rows}
    return [AccountTotals(account, *found[account]) for account in CHART if account in found]


async def open_money(tx: Transaction, *, on: date) -> Sequence[OpenMoney]:
    """What each holder owed for each claim at the end of the day `on`, and since when.

    A holder owes since the first day after which its balance never again fell to zero or to the other side.
    """
    entry = ledger_entries.c
    holder = case(HELD_IN, value=entry.account).label("holder")
    daily = (
        select(entry.claim_id, holder, entry.posted_on, func.sum(entry.amount, type_=Numeric(14, 2)).label("net"))
        .where(entry.account.in_(HELD_IN), entry.posted_on <= on)
        .group_by(entry.claim_id, holder, entry.posted_on)
        .cte("daily")
    )
    whose = [daily.c.claim_id, daily.c.holder]
    running = select(
        *whose,
        daily.c.posted_on,
        func.sum(daily.c.net).over(partition_by=whose, order_by=daily.c.posted_on).label("balance"),
        func.sum(daily.c.net).over(partition_by=whose).label("final"),
    ).cte("running")
    cleared = (
        func.max(running.c.posted_on)
        .filter(running.c.balance * running.c.final <= 0)
        .over(partition_by=[running.c.claim_id, running.c.holder])
    )
    marked = select(running, cleared.label("cleared")).where(running.c.final != 0).cte("marked")
    rows = await tx.rows(
        select(
            marked.c.claim_id,
            marked.c.holder,
            func.min(marked.c.final, type_=entry.amount.type).label("amount"),
            func.min(marked.c.posted_on).label("since"),
            claim_accounts.c.date_of_service,
            claim_accounts.c.first_billed,
        )
        .join(claim_accounts, claim_accounts.c.claim_id == marked.c.claim_id)
        .where(marked.c.cleared.is_(None) | (marked.c.posted_on > marked.c.cleared))
        .group_by(marked.c.claim_id, marked.c.holder, claim_accounts.c.date_of_service, claim_accounts.c.first_billed)
        .order_by(marked.c.claim_id)
    )
    return [OpenMoney(**{**row, "holder": Holder(row["holder"])}) for row in rows]


async def money_in_all(tx: Transaction, *, on: date) -> ClaimMoney:
    """The money bar of all claims together at the end of the day `on`."""
    entry = ledger_entries.c
    rows = await tx.rows(
        select(entry.account, func.sum(entry.amount, type_=entry.amount.type).label("amount"))
        .where(entry.claim_id.is_not(None), entry.posted_on <= on)
        .group_by(entry.account)
    )
    return claim_money({row["account"]: row["amount"] for row in rows})


async def unapplied(tx: Transaction, *, on: date) -> Money:
    """Payers' money that no claim has taken yet, at the end of the day `on`."""
    entry = ledger_entries.c
    held: Money | None = await tx.scalar(
        select(func.sum(entry.amount, type_=entry.amount.type)).where(entry.account == UNAPPLIED, entry.posted_on <= on)
    )
    return -(held or Money.zero())
