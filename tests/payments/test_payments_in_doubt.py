"""Payments that somebody has to look at: cheques that do not balance, files and claims not to be trusted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from common.serializing import until_it_stands
from common.testing.running import Running

PLAIN = (("CO", "45", "45.00"), ("PR", "2", "21.00"))


@asynccontextmanager
async def nothing_is_queued(payments: Running) -> AsyncGenerator[None, None]:
    """Whoever puts an item on the queue meanwhile stands still there, in the middle of its transaction."""
    engine = create_async_engine(payments.database.admin_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("LOCK TABLE queue_items IN SHARE MODE"))
            yield
    finally:
        await engine.dispose()


async def waiting(payments: Running) -> int:
    """How many transactions of the service stand still until another lets go."""
    [row] = await payments.query(
        text("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type='Lock'")
    )
    return row["n"]


class TestAnUnbalancedCheque:
    async def test_goes_to_the_queue_whole_and_posts_nothing(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        books = await practice.entries()
        good = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", good, total="84.01"))

        assert await practice.entries() == books
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")
        [item] = await practice.queue(kind="refused")
        assert item["findings"] == [
            "Cheque: the sum of CLP04 less the sum of PLB gives 84.00, the payer says 84.01; off by 0.01."
        ]
        assert (await practice.get(f"/remittances/{item['remittance_id']}"))["state"] == "refused"

    async def test_does_not_keep_the_corrected_one_out(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        off = payer.claim("100023-1", "150.00", "84.00", [("CO", "45", "66.01")])
        await practice.receives(payer.cheque("T1", off))
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", [("CO", "45", "66.00")])))
        assert await practice.bar(claim_id) == ("150.00", "84.00", "66.00", "0.00", "0.00")

    async def test_does_not_stop_the_other_cheques_of_its_file(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(
            payer.cheque("T1", payer.claim("100099-1", "10.00", "10.00"), total="11.00"),
            payer.cheque("T2", payer.claim("100023-1", "150.00", "150.00")),
        )
        assert await practice.bar(claim_id) == ("150.00", "150.00", "0.00", "0.00", "0.00")
        assert [item["code"] for item in await practice.queue()] == ["unbalanced"]


class TestAFileThatCannotBeTrusted:
    async def test_because_it_is_cut_short_is_refused_with_the_place(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        whole = payer.interchange(payer.cheque("T1", payer.claim("100023-1", "150.00", "150.00")))
        practice.edi.line.damage = lambda content: content[: content.index(b"SE*")]
        await practice.is_told_of(whole)
        await practice.payments.run_timers()
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")
        [item] = await practice.queue()
        assert (item["kind"], item["code"], item["remittance_id"]) == ("refused", "unreadable", None)
        assert "interchange 1" in item["findings"][0]

    async def test_because_it_is_no_x12_is_refused(self, practice: Any, payer: Any):
        practice.edi.line.damage = lambda _: b"PK\x03\x04 not a remittance"
        await practice.is_told_of(payer.interchange(payer.cheque("T1")))
        await practice.payments.run_timers()
        [item] = await practice.queue()
        assert item["code"] == "unreadable"

    async def test_because_an_amount_is_finer_than_a_cent_is_refused(self, practice: Any, payer: Any):
        content = payer.interchange(payer.cheque("T1", payer.claim("100023-1", "150.00", "150.00")))
        await practice.is_told_of(content.replace(b"CLP*100023-1*1*150", b"CLP*100023-1*1*150.005"))
        await practice.payments.run_timers()
        [item] = await practice.queue()
        assert item["code"] in {"not-cents", "unreadable"}
        assert "150.005" not in item["findings"][0]


class TestAnUnknownClaim:
    async def test_waits_with_its_money_and_posts_when_the_submission_arrives(self, practice: Any, payer: Any):
        await practice.receives(
            payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN), levels=[("L6", "-1.25")])
        )
        [item] = await practice.queue()
        assert (item["kind"], item["code"]) == ("unmatched", "claim-unknown")
        assert item["findings"] == ["No claim of this practice was submitted under the control number 100023-1."]
        assert await practice.unapplied() == "84.00"

        claim_id = await practice.submits("100023-1", "150.00")
        await practice.payments.run_timers()

        assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")
        assert await practice.unapplied() == "0.00"
        assert await practice.queue() == []
        [done] = await practice.queue(closed=True)
        assert done["resolution"] == "posted"

    async def test_is_matched_by_hand_once(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("1OO023-1", "150.00", "84.00", PLAIN)))
        [item] = await practice.queue()
        matched = await practice.post(f"/queue/{item['id']}/match", {"claim_id": str(claim_id)})
        assert matched.status_code == 200, matched.text
        assert matched.json()["resolution"] == f"matched to claim {claim_id}"
        [posted] = await practice.published("RemittancePosted")
        assert (posted.key, posted.data["control_number"]) == (claim_id, "100023-1")
        assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")

        again = await practice.post(f"/queue/{item['id']}/match", {"claim_id": str(claim_id)})
        assert (again.status_code, again.json()["code"]) == (409, "queue-item-closed")

    async def test_is_not_left_waiting_by_a_submission_that_comes_at_the_same_moment(self, practice: Any, payer: Any):
        payments = practice.payments
        cheque = payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN))
        await practice.is_told_of(payer.interchange(cheque))
        submitted: list[UUID] = []

        async def submits() -> None:
            submitted.append(await practice.submits("100023-1", "150.00"))

        async with nothing_is_queued(payments):
            posted = asyncio.create_task(payments.run_timers())
            while not posted.done() and await waiting(payments) < 1:
                await asyncio.sleep(0.01)
            # The consumer of events does again what lost to another.
            heard = asyncio.create_task(until_it_stands("event", submits))
            while not heard.done() and await waiting(payments) < 2:
                await asyncio.sleep(0.01)
            assert not posted.done()
        await asyncio.gather(posted, heard)
        await payments.run_timers()
        [claim_id] = submitted

        assert await practice.queue() == []
        [done] = await practice.queue(closed=True)
        assert (done["code"], done["resolution"]) == ("claim-unknown", "posted")
        assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")

    async def test_cannot_be_matched_to_a_claim_that_is_settled(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "150.00")))
        await practice.receives(payer.cheque("T2", payer.claim("1OO023-1", "150.00", "150.00")))
        [item] = await practice.queue()
        refused = await practice.post(f"/queue/{item['id']}/match", {"claim_id": str(claim_id)})
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing-open")
        assert [open_["id"] for open_ in await practice.queue()] == [item["id"]]

    async def test_cannot_be_closed_away(self, practice: Any, payer: Any):
        await practice.receives(payer.cheque("T1", payer.claim("1OO023-1", "150.00", "150.00")))
        [item] = await practice.queue()
        refused = await practice.post(f"/queue/{item['id']}/close", {"resolution": "not_ours"})
        assert (refused.status_code, refused.json()["code"]) == (409, "money-waiting")
        assert "holds a payment of 150.00" in refused.json()["detail"]
