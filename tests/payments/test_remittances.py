"""Remittances from the wire to the books, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

import x12
from common.ids import new_id
from common.serializing import until_it_stands
from common.testing.running import Running
from payments.operations import intake, posting, reading

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


class TestAPaidClaim:
    async def test_is_split_between_payer_contract_and_patient(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")

        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN, share="21.00")))

        assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")
        assert await practice.unapplied() == "0.00"
        assert await practice.queue() == []

    async def test_is_told_to_the_other_services_without_a_name(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))

        [posted] = await practice.published("RemittancePosted")
        [due] = await practice.published("PatientBalanceDue")
        assert (posted.key, posted.version, due.key, due.version) == (claim_id, 1, claim_id, 2)
        assert posted.data["payer_claim_number"] == "PCN1000231"
        assert posted.data["adjudicated_on"] == "2026-11-20"
        assert posted.data["lines"][0] | {"adjustments": 0} == {
            "number": 1, "cpt": "17000", "modifiers": [], "charge": "150.00", "paid": "84.00", "denied": "0.00",
            "adjustments": 0, "remarks": [],
        }  # fmt: skip
        assert due.data["amount"] == due.data["coinsurance"] == "21.00"
        assert "Quill" not in str(posted.data) + str(due.data)
        assert "MA1000001" not in str(posted.data) + str(due.data)

    async def test_leaves_no_name_in_our_tables(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        [remittance] = (await practice.get("/remittances"))["items"]
        [claim] = (await practice.get(f"/remittances/{remittance['id']}/claims"))["items"]
        assert claim["lines"][0]["procedure"] == "17000"
        assert claim["state"] == "posted"
        assert "Quill" not in str(claim)
        assert "MA1000001" not in str(claim)

    async def test_that_comes_twice_is_posted_once(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        same = payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN))
        await practice.receives(same)
        books = await practice.entries()

        await practice.receives(same)

        assert await practice.entries() == books
        assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")
        [item] = await practice.queue(kind="refused")
        assert item["code"] == "duplicate-remittance"
        assert "trace T1, amount 84.00 and date 2026-11-20; it was not posted a second time" in item["findings"][0]

    async def test_whose_interchange_is_announced_twice_is_fetched_once(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        content = payer.interchange(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        told = await practice.edi.takes_in(content)
        for _ in range(2):
            await practice.hears(told)
            await practice.payments.run_timers()
        assert len(practice.edi.line.asked) == 1
        assert len(await practice.published("RemittancePosted")) == 1

    async def test_is_posted_once_though_two_processes_post_its_cheque(
        self, practice: Any, payer: Any, monkeypatch: pytest.MonkeyPatch
    ):
        claim_ids = [await practice.submits(f"10002{number}-1", "150.00") for number in range(6)]
        claims = [payer.claim(f"10002{number}-1", "150.00", "84.00", PLAIN) for number in range(6)]
        cheques = reading.cheques(payer.interchange(payer.cheque("T1", *claims)))
        interchange_id, uow, today = new_id(), practice.payments.uow(), date(2026, 11, 24)
        await intake.announce(uow, interchange_id, "000000001")
        await intake.accept(uow, interchange_id, cheques, today=today)
        [remittance] = (await practice.get("/remittances"))["items"]
        monkeypatch.setattr(posting, "CHUNK", 1)

        async def process() -> None:
            # What lost to the others is done again, as the runner of timers does.
            async def chunks() -> None:
                while await posting.post_chunk(uow, remittance["id"], today=today):
                    await asyncio.sleep(0)

            await until_it_stands("timer", chunks)

        await asyncio.gather(process(), process(), process())
        assert await practice.queue() == []
        assert (await practice.get(f"/remittances/{remittance['id']}"))["standing"] == {"posted": 6}
        assert len(await practice.published("RemittancePosted")) == 6
        for claim_id in claim_ids:
            assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")


class TestADeniedClaim:
    async def test_stays_open_as_denied_until_it_is_written_off(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        denied = payer.claim("100023-1", "150.00", "0.00", [("CO", "97", "150.00")], status="4")
        await practice.receives(payer.cheque("T1", denied))
        money = await practice.money(claim_id)
        assert (money["open"], money["open_denied"], money["adjusted"]) == ("150.00", "150.00", "0.00")
        [posted] = await practice.published("RemittancePosted")
        assert (posted.data["denied"], posted.data["lines"][0]["denied"]) == ("150.00", "150.00")
        assert await practice.published("PatientBalanceDue") == []

        said = {"case_id": claim_id, "claim_id": claim_id, "write_off": "150.00"}
        await practice.payments.deliver("org.dermbill.denials.DenialUpheld.v1", said, key=claim_id)
        assert await practice.bar(claim_id) == ("150.00", "0.00", "150.00", "0.00", "0.00")

    async def test_that_is_corrected_and_sent_again_can_be_paid(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(
            payer.cheque("T1", payer.claim("100023-1", "150.00", "0.00", [("CO", "4", "150.00")], status="4"))
        )
        await practice.submits("100023-2", "140.00", claim_id=claim_id, frequency="7")
        money = await practice.money(claim_id)
        assert (money["charge"], money["open_with_payer"], money["open_denied"]) == ("140.00", "140.00", "0.00")

        await practice.receives(payer.cheque("T2", payer.claim("100023-2", "140.00", "140.00")))
        assert await practice.bar(claim_id) == ("140.00", "140.00", "0.00", "0.00", "0.00")

    async def test_for_a_reason_we_do_not_know_is_open_and_listed_for_review(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        odd = payer.claim("100023-1", "150.00", "100.00", [("CO", "W9", "50.00")])
        await practice.receives(payer.cheque("T1", odd))
        assert await practice.bar(claim_id) == ("150.00", "100.00", "0.00", "0.00", "50.00")
        [item] = await practice.queue(kind="review")
        assert item["findings"] == ["The reason CO-W9 is not in our table; its amount stays open as denied."]
        closed = await practice.post(f"/queue/{item['id']}/close", {"resolution": "reviewed"})
        assert (closed.status_code, closed.json()["closed_by"]) == (200, "staff-1")
        assert await practice.queue() == []


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


class TestAReversal:
    async def test_and_its_correction_end_as_if_only_the_correction_had_been(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        corrected = payer.claim("100023-1", "150.00", "95.00", [("CO", "45", "45.00"), ("PR", "1", "10.00")])
        await practice.receives(payer.cheque("T2", corrected, payer.taken_back(first)))

        money = await practice.money(claim_id)
        assert await practice.bar(claim_id) == ("150.00", "95.00", "45.00", "10.00", "0.00")
        assert money["patient_by_reason"] == {
            "copay": "0.00", "deductible": "10.00", "coinsurance": "0.00", "noncovered": "0.00",
        }  # fmt: skip
        assert await practice.unapplied() == "0.00"
        told = await practice.published("RemittancePosted")
        assert [event.data["reversal"] for event in told] == [False, True, False]
        assert (told[1].data["charge"], told[1].data["patient_responsibility"]) == ("-150.00", "-21.00")
        due = await practice.published("PatientBalanceDue")
        assert [event.data["amount"] for event in due] == ["21.00", "10.00"]
        versions = sorted(event.version for event in told + due)
        assert versions == [1, 2, 3, 4, 5]

    async def test_is_posted_as_the_exact_contra_of_the_original(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        await practice.receives(payer.cheque("T2", payer.taken_back(first), levels=[("FB", "-84.00")]))
        made = [entry.split() for kind, entry in await practice.entries() if kind == "claim_payment"]
        contra = [entry.split() for kind, entry in await practice.entries() if kind == "reversal"]
        assert [(account, -float(amount)) for account, amount in made] == [
            (account, float(amount)) for account, amount in contra
        ]
        assert await practice.unapplied() == "0.00"

    async def test_without_an_original_waits_in_the_queue_until_that_is_posted(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T2", payer.taken_back(first), levels=[("FB", "-84.00")]))
        [item] = await practice.queue()
        assert (item["kind"], item["code"]) == ("unmatched", "original-not-found")

        await practice.receives(payer.cheque("T1", first))
        assert await practice.queue() == []
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")
        assert await practice.unapplied() == "0.00"

    async def test_that_overtook_its_original_holds_the_correction_back(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        corrected = payer.claim("100023-1", "150.00", "95.00", [("CO", "45", "45.00"), ("PR", "1", "10.00")])
        await practice.receives(payer.cheque("T2", corrected, payer.taken_back(first)))
        assert sorted(item["code"] for item in await practice.queue()) == ["original-not-found", "reversal-pending"]
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")

        await practice.receives(payer.cheque("T1", first))
        assert await practice.queue() == []
        assert await practice.bar(claim_id) == ("150.00", "95.00", "45.00", "10.00", "0.00")
        told = [event.data["paid"] for event in await practice.published("RemittancePosted")]
        assert told == ["84.00", "-84.00", "95.00"]

    async def test_that_comes_twice_holds_no_correction_back(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        for trace in ("T2", "T3"):
            await practice.receives(payer.cheque(trace, payer.taken_back(first), levels=[("FB", "-84.00")]))
        corrected = payer.claim("100023-1", "150.00", "95.00", [("CO", "45", "45.00"), ("PR", "1", "10.00")])
        await practice.receives(payer.cheque("T4", corrected))
        assert await practice.bar(claim_id) == ("150.00", "95.00", "45.00", "10.00", "0.00")

    async def test_posts_once_though_it_comes_in_two_cheques(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", first))
        back = payer.taken_back(first)
        await practice.receives(payer.cheque("T2", back, levels=[("FB", "-84.00")]))
        await practice.receives(payer.cheque("T3", back, levels=[("FB", "-84.00")]))
        [item] = await practice.queue()
        assert item["code"] == "original-not-found"
        assert await practice.unapplied() == "-84.00"

    async def test_of_the_same_amounts_for_other_reasons_is_not_taken_for_it(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        other = payer.claim("100023-1", "150.00", "84.00", [("CO", "45", "66.00")])
        await practice.receives(payer.cheque("T2", payer.taken_back(other), levels=[("FB", "-84.00")]))
        assert [item["code"] for item in await practice.queue()] == ["original-not-found"]
        assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")


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


class TestOddCheques:
    async def test_that_pay_nothing_are_posted(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        all_deductible = payer.claim("100023-1", "150.00", "0.00", [("PR", "1", "150.00")])
        await practice.receives(payer.cheque("T1", all_deductible))
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "150.00", "0.00")

    async def test_that_adjust_only_the_claim_are_posted(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        bare = x12.ClaimPayment(
            control_number="100023-1", status="4", charge=Decimal(150), paid=Decimal(0), filing_code="12",
            adjustments=(x12.Adjustment("CO", "29", Decimal(150)),),
            patient=x12.Party(name="Quill", kind="1"),
        )  # fmt: skip
        await practice.receives(payer.cheque("T1", bare))
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")
        [posted] = await practice.published("RemittancePosted")
        assert posted.data["adjustments"] == [{"group": "CO", "carc": "29", "amount": "150.00"}]

    async def test_put_interest_and_recoveries_in_accounts_of_their_own(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        await practice.receives(
            payer.cheque("T1", payer.claim("100023-1", "150.00", "150.00"), levels=[("L6", "-2.10"), ("WO", "40.00")])
        )
        books = await practice.get("/ledger/trial-balance")
        balances = {item["account"]: item["balance"] for item in books["accounts"]}
        assert (balances["payer_interest"], balances["recoupment"]) == ("-2.10", "40.00")
        assert (balances["cash_clearing"], balances["unapplied"]) == ("112.10", "0.00")
        assert books["debits"] == books["credits"]

    async def test_that_only_estimate_move_nothing(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        estimate = payer.claim("100023-1", "150.00", "0.00", [("OA", "101", "150.00")], status="25")
        await practice.receives(payer.cheque("T1", estimate))
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")
        [remittance] = (await practice.get("/remittances"))["items"]
        assert (remittance["standing"], remittance["state"]) == ({"noted": 1}, "posted")


class TestWhatAPaymentDidToTheBooks:
    async def test_is_listed_beside_the_claim_and_the_cheque(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        paid = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        await practice.receives(payer.cheque("T1", paid, levels=[("WO", "50.00"), ("L6", "-1.20")]))
        [remittance] = (await practice.get("/remittances"))["items"]

        cheque = await practice.get(f"/remittances/{remittance['id']}")
        assert [(one["kind"], amounts(one)) for one in cheque["postings"]] == [
            ("cheque", {"cash_clearing": "35.20", "unapplied": "-35.20"}),
            ("provider_adjustment", {"recoupment": "50.00", "unapplied": "-50.00"}),
            ("provider_adjustment", {"payer_interest": "-1.20", "unapplied": "1.20"}),
        ]
        [claim] = (await practice.get(f"/remittances/{remittance['id']}/claims"))["items"]
        assert [(one["kind"], amounts(one)) for one in claim["postings"]] == [
            (
                "claim_payment",
                {
                    "payer_receivable": "-150.00",
                    "unapplied": "84.00",
                    "contractual_adjustment": "45.00",
                    "patient_coinsurance": "21.00",
                },
            )
        ]


def amounts(posting: dict[str, Any]) -> dict[str, str]:
    return {entry["account"]: entry["amount"] for entry in posting["entries"]}


class TestASecondPayer:
    async def test_answers_for_what_the_first_left_to_the_patient_and_not_for_what_it_denied(
        self, practice: Any, payer: Any
    ):
        claim_id = await practice.submits("100023-1", "150.00")
        reasons = [("CO", "45", "45.00"), ("CO", "97", "30.00"), ("PR", "1", "15.00"), ("PR", "2", "6.00")]
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "54.00", reasons, status="19")))
        second = payer.claim("100023-1", "150.00", "12.00", [("OA", "23", "129.00"), ("PR", "2", "9.00")], status="2")
        await practice.receives(payer.cheque("T2", second))

        money = await practice.money(claim_id)
        assert await practice.bar(claim_id) == ("150.00", "66.00", "45.00", "9.00", "30.00")
        assert (money["open_denied"], money["open_with_payer"]) == ("30.00", "0.00")
        assert money["patient_by_reason"] == {
            "copay": "0.00", "deductible": "0.00", "coinsurance": "9.00", "noncovered": "0.00",
        }  # fmt: skip


class TestACrossover:
    @pytest.mark.parametrize("said_by", ["status", "remark", "carrier", "nobody"])
    async def test_is_told_whichever_way_the_payer_says_it(self, practice: Any, payer: Any, said_by: str):
        await practice.submits("100023-1", "150.00")
        claim = payer.claim("100023-1", "150.00", "129.00", (("PR", "2", "21.00"),))
        carrier = ("NM1", "TT", "2", "OTHER PLAN", "", "", "", "", "PI", "OTHER")
        claim = {
            "status": replace(claim, status="19"),
            "remark": replace(claim, moa=("MOA", "", "", "MA18")),
            "carrier": replace(claim, extra=(carrier,)),
            "nobody": claim,
        }[said_by]
        await practice.receives(payer.cheque("T1", claim))
        [posted] = await practice.published("RemittancePosted")
        assert posted.data["forwarded"] == (said_by != "nobody")


class TestASplitClaim:
    async def test_is_told_with_what_all_its_remittances_leave_open(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "210.00")
        first = payer.claim("100023-1", "150.00", "0.00", (("CO", "97", "150.00"),), status="4")
        rest = payer.claim("100023-1", "60.00", "40.00", (("CO", "45", "5.00"), ("PR", "2", "15.00")))
        await practice.receives(payer.cheque("T1", first))
        await practice.receives(payer.cheque("T2", rest))
        assert [event.data["standing"] for event in await practice.published("RemittancePosted")] == [
            {
                "paid": "0.00",
                "adjusted": "0.00",
                "patient": "0.00",
                "open_denied": "150.00",
                "open_with_payer": "60.00",
            },
            {
                "paid": "40.00",
                "adjusted": "5.00",
                "patient": "15.00",
                "open_denied": "150.00",
                "open_with_payer": "0.00",
            },
        ]


class TestCheques:
    async def test_that_came_before_their_claim_are_posted_in_their_order_when_it_is_heard_of(
        self, practice: Any, payer: Any
    ):
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        denied = payer.claim("100023-1", "150.00", "0.00", [("CO", "27", "150.00")], status="4")
        await practice.receives(payer.cheque("T1", first))
        await practice.receives(payer.cheque("T2", payer.taken_back(first), levels=[("FB", "-84.00")]))
        await practice.receives(payer.cheque("T3", denied))
        assert {item["code"] for item in await practice.queue()} == {"claim-unknown"}

        claim_id = await practice.submits("100023-1", "150.00")
        await practice.payments.run_timers()
        posted = await practice.published("RemittancePosted")
        assert [event.data["paid"] for event in posted] == ["84.00", "-84.00", "0.00"]
        assert await practice.queue() == []
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")

    async def test_are_posted_in_the_order_in_which_they_came_however_they_are_announced(
        self, practice: Any, payer: Any
    ):
        claim_id = await practice.submits("100023-1", "150.00")
        first = payer.claim("100023-1", "150.00", "84.00", PLAIN)
        denied = payer.claim("100023-1", "150.00", "0.00", [("CO", "27", "150.00")], status="4")
        told = [
            await practice.edi.takes_in(payer.interchange(payer.cheque(trace, *claims, levels=levels), number=number))
            for number, trace, claims, levels in (
                (2, "T1", [first], []),
                (3, "T2", [payer.taken_back(first)], [("FB", "-84.00")]),
                (4, "T3", [denied], []),
            )
        ]
        for one in reversed(told):
            await practice.hears(one)
        await practice.payments.run_timers()
        posted = await practice.published("RemittancePosted")
        assert [event.data["paid"] for event in posted] == ["84.00", "-84.00", "0.00"]
        money = await practice.money(claim_id)
        assert (money["open_denied"], money["paid"]) == ("150.00", "0.00")
