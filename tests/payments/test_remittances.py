"""Remittances from the wire to the books, on a real database."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import x12
from common.ids import new_id
from common.serializing import until_it_stands
from payments.operations import intake, posting, reading

PLAIN = (("CO", "45", "45.00"), ("PR", "2", "21.00"))


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
