"""Two postings that meet: the database proves that they could have come one after another, or one starts over."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from common import metrics
from common.ids import new_id
from common.money import Money
from common.serializing import lost, until_it_stands
from payments.domain.ledger import Entry, Kind, Posting
from payments.domain.refusals import NumberTaken
from payments.store import claims, ledger


async def balance(tx: Any, account: str) -> Money:
    total = await tx.scalar(
        text("SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE account = :a").bindparams(a=account)
    )
    return Money(total)


def retries() -> float:
    return metrics.SERIALIZATION_RETRIES.labels("request")._value.get()


class TestSerializableBooks:
    async def test_every_transaction_of_the_service_is_serializable(self, payments: Any) -> None:
        async with payments.uow().begin() as tx:
            assert await tx.scalar(text("SHOW transaction_isolation")) == "serializable"

    async def test_two_decisions_on_one_balance_cannot_both_stand(self, practice: Any) -> None:
        """Write skew: each sees room for one transfer, they write different rows, and only one commits."""
        claim_id = await practice.submits("100023-1", "150.00")
        both_read = asyncio.Barrier(2)

        async def transfer(source: str) -> None:
            async with practice.payments.uow(practice.id).begin() as tx:
                owed = await balance(tx, "payer_receivable")
                await both_read.wait()
                moves = (Entry("denied_receivable", owed), Entry("payer_receivable", -owed))
                booking = ledger.Booking(ledger.Source(source, claim_id), (Posting(Kind.TRANSFER, moves),))
                await ledger.write(tx, [booking], posted_on=practice.payments.uow(practice.id).today)

        outcomes = await asyncio.gather(transfer("one"), transfer("other"), return_exceptions=True)
        faults = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert len(faults) == 1
        assert lost(faults[0]), faults[0]
        async with practice.payments.uow(practice.id).begin() as tx:
            assert await balance(tx, "denied_receivable") == Money("150.00")
            assert await balance(tx, "payer_receivable") == Money("0.00")

    async def test_the_one_that_lost_is_done_again_and_counted(self, practice: Any) -> None:
        claim_id = await practice.submits("100023-1", "150.00")
        before, both_read, tried = retries(), asyncio.Barrier(2), 0

        async def take_half(source: str) -> None:
            nonlocal tried
            tried += 1
            async with practice.payments.uow(practice.id).begin() as tx:
                half = Money("75.00") if await balance(tx, "payer_receivable") == Money("150.00") else Money("1.00")
                if tried <= 2:
                    await both_read.wait()
                moves = (Entry("denied_receivable", half), Entry("payer_receivable", -half))
                booking = ledger.Booking(ledger.Source(source, claim_id), (Posting(Kind.TRANSFER, moves),))
                await ledger.write(tx, [booking], posted_on=practice.payments.uow(practice.id).today)

        await asyncio.gather(*(until_it_stands("request", partial(take_half, source)) for source in ("one", "other")))
        assert (tried, retries() - before) == (3, 1)
        async with practice.payments.uow(practice.id).begin() as tx:
            assert await balance(tx, "denied_receivable") == Money("76.00")

    async def test_payments_that_arrive_at_once_are_all_booked_and_each_cent_once(self, practice: Any) -> None:
        claim_id = await practice.submits("100023-1", "150.00")
        body = {
            "claim_id": str(claim_id),
            "amount": "1.00",
            "method": "cash",
            "received_on": str(practice.payments.uow().today),
        }
        async with practice.payments.client("payments:read", "payments:write", practices=[practice.id]) as http:

            async def pay() -> int:
                answer = await http.post("/patient-payments", json=body, headers={"Idempotency-Key": str(uuid4())})
                return answer.status_code

            codes = await asyncio.gather(*(pay() for _ in range(24)))
            # What was lost every time is the client's to send again, as the answer says.
            while 503 in codes:
                codes = [code for code in codes if code != 503]
                codes += await asyncio.gather(*(pay() for _ in range(24 - len(codes))))
        assert codes == [201] * 24
        async with practice.payments.uow(practice.id).begin() as tx:
            assert await balance(tx, "patient_cash") == Money("24.00")
            off = await tx.rows(
                text("SELECT posting_id FROM ledger_entries GROUP BY posting_id HAVING sum(amount) <> 0")
            )
        assert not off

    async def test_claims_submitted_at_once_seldom_get_in_each_others_way(self, practice: Any) -> None:
        """A new claim asks only for the rows that its keys refer to, which Postgres asks for itself.

        When it looked for its account and number first, three in four of them met another and were done again.
        """
        numbers = [f"10{number:04}-1" for number in range(40)]
        outcomes = await asyncio.gather(*(practice.submits(each, "150.00") for each in numbers), return_exceptions=True)
        faults = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert all(lost(fault) for fault in faults), faults
        assert len(faults) <= 20

    async def test_a_number_of_another_claim_is_refused_whole(self, practice: Any) -> None:
        await practice.submits("100023-1", "150.00")
        other = new_id()
        with pytest.raises(NumberTaken, match="100023-1"):
            await practice.submits("100023-1", "80.00", claim_id=other)
        async with practice.payments.uow(practice.id).begin() as tx:
            assert await claims.locked(tx, [other]) == {}
