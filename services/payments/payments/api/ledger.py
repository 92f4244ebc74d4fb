"""The books of the practice: the chart, the trial balance, the money bar of all claims, the age of open money."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from common.money import Money
from common.web import Reads, Today, needs
from payments.domain.accounts import CHART, Nature, Part
from payments.domain.aging import Basis, Bucket, aged
from payments.domain.ledger import ClaimMoney
from payments.store import ledger

router = APIRouter(tags=["ledger"])


class AccountOut(BaseModel):
    code: str
    name: str
    nature: Nature
    part: Part | None


class AccountBalanceOut(BaseModel):
    """`balance` is debits less credits."""

    account: str
    debits: Money
    credits: Money
    balance: Money


class TrialBalanceOut(BaseModel):
    on: date
    accounts: list[AccountBalanceOut]
    debits: Money
    credits: Money


class MoneyBarOut(BaseModel):
    """All claims of the practice: charge = paid + adjusted + patient + open; `unapplied` waits for its claims."""

    on: date
    charge: Money
    paid: Money
    adjusted: Money
    patient: Money
    open: Money
    cents_off: int
    unapplied: Money


class BucketOut(BaseModel):
    bucket: str
    payer: Money
    denied: Money
    patient: Money
    total: Money

    @classmethod
    def of(cls, bucket: Bucket) -> BucketOut:
        held = {holder.value: amount for holder, amount in bucket.held.items()}
        return cls(bucket=bucket.name, total=bucket.total, **held)


class AgingOut(BaseModel):
    on: date
    basis: Basis
    buckets: list[BucketOut]
    total: Money


@router.get("/ledger/accounts", dependencies=[needs("payments:read")])
async def accounts() -> list[AccountOut]:
    """The chart of accounts."""
    return [
        AccountOut(code=account.code, name=account.name, nature=account.nature, part=account.part)
        for account in CHART.values()
    ]


@router.get("/ledger/trial-balance", dependencies=[needs("payments:read")])
async def trial_balance(reads: Reads, today: Today, on: date | None = None) -> TrialBalanceOut:
    """Every account at the end of a day, today when none is given. Debits equal credits."""
    day = on or today
    async with reads.begin() as tx:
        totals = await ledger.trial_balance(tx, on=day)
    return TrialBalanceOut(
        on=day,
        accounts=[
            AccountBalanceOut(
                account=item.account, debits=item.debits, credits=item.credits, balance=item.debits - item.credits
            )
            for item in totals
        ],
        debits=Money.sum(item.debits for item in totals),
        credits=Money.sum(item.credits for item in totals),
    )


@router.get("/ledger/money", dependencies=[needs("payments:read")])
async def money(reads: Reads, today: Today, on: date | None = None) -> MoneyBarOut:
    """The money bar of all claims together at the end of a day."""
    day = on or today
    async with reads.begin() as tx:
        bar: ClaimMoney = await ledger.money_in_all(tx, on=day)
        unapplied = await ledger.unapplied(tx, on=day)
    return MoneyBarOut(
        on=day,
        charge=bar.charge,
        paid=bar.paid,
        adjusted=bar.adjusted,
        patient=bar.patient,
        open=bar.open,
        cents_off=bar.cents_off,
        unapplied=unapplied,
    )


@router.get("/aging", dependencies=[needs("payments:read")])
async def aging(reads: Reads, today: Today, on: date | None = None, basis: Basis = Basis.DATE_OF_SERVICE) -> AgingOut:
    """Open money by age and by who owes it."""
    day = on or today
    async with reads.begin() as tx:
        items = await ledger.open_money(tx, on=day)
    buckets = [BucketOut.of(bucket) for bucket in aged(items, basis=basis, on=day)]
    return AgingOut(on=day, basis=basis, buckets=buckets, total=Money.sum(bucket.total for bucket in buckets))
