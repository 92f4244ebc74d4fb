"""The books as people read them, and what nobody may do to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from common import migrations
from common.ids import new_id
from common.money import Money
from common.testing import databases
from common.testing.running import Running
from payments.domain.ledger import Entry, Kind, Posting
from payments.main import SERVICE
from payments.store import ledger

LATER = datetime(2100, 1, 1, tzinfo=UTC)
PLAIN = (("CO", "45", "45.00"), ("PR", "2", "21.00"))


async def as_app(payments: Running, practice_id: Any, *statements: str) -> None:
    """Run statements as the application's role, in one practice."""
    engine = create_async_engine(payments.database.app_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT set_config('app.practice_id', :id, true)"), {"id": str(practice_id)})
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


class TestTheLedger:
    @pytest.mark.parametrize("table", ["postings", "ledger_entries", "submissions", "patient_payments"])
    @pytest.mark.parametrize("statement", ["UPDATE {} SET practice_id = NULL", "DELETE FROM {}", "TRUNCATE {}"])
    async def test_cannot_be_changed_by_the_application(self, payments: Running, table: str, statement: str):
        with pytest.raises(DBAPIError, match="permission denied"):
            await as_app(payments, payments.practice_id, statement.format(table))

    async def test_takes_no_posting_that_does_not_balance_whoever_writes_it(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        [posted] = await practice.payments.query(text("SELECT id FROM postings"))
        for amount in ("0.01", "-0.01"):
            with pytest.raises(DBAPIError, match="is off by"):
                await as_app(
                    practice.payments,
                    practice.id,
                    "INSERT INTO ledger_entries "
                    "(practice_id, posting_id, number, account, amount, posted_on, claim_id) "
                    f"VALUES ('{practice.id}', '{posted['id']}', 7, 'revenue', {amount}, '2026-11-24', '{claim_id}')",
                )

    async def test_books_a_fact_once(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        moves = (Entry("payer_receivable", Money("1.00")), Entry("revenue", Money("-1.00")))
        twice = ledger.Booking(ledger.Source("a fact", claim_id), (Posting(Kind.CHARGE, moves),))
        async with practice.payments.uow().begin() as tx:
            await ledger.write(tx, [twice], posted_on=date(2026, 11, 24))
        with pytest.raises(DBAPIError, match="postings_practice_id_source_key"):
            async with practice.payments.uow().begin() as tx:
                await ledger.write(tx, [twice], posted_on=date(2026, 11, 24))

    async def test_tells_the_balances_of_any_past_day(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        today = date.fromisoformat((await practice.get("/ledger/trial-balance"))["on"])
        long_ago = today - timedelta(days=40)
        await practice.payments.query(
            text(
                "UPDATE ledger_entries e SET posted_on = :day FROM postings p "
                "WHERE p.id = e.posting_id AND p.kind = 'charge' RETURNING 1"
            ).bindparams(day=long_ago)
        )
        then = await practice.get(f"/claims/{claim_id}/money", on=str(today - timedelta(days=1)))
        assert (then["charge"], then["paid"], then["open"], then["cents_off"]) == ("150.00", "0.00", "150.00", 0)
        books = await practice.get("/ledger/trial-balance", on=str(long_ago))
        assert [(item["account"], item["balance"]) for item in books["accounts"]] == [
            ("payer_receivable", "150.00"),
            ("revenue", "-150.00"),
        ]
        assert (await practice.get("/ledger/trial-balance", on=str(long_ago - timedelta(days=1))))["accounts"] == []


class TestAging:
    async def test_counts_from_the_service_the_bill_or_the_day_the_holder_came_to_owe(self, practice: Any, payer: Any):
        await practice.submits("100023-1", "150.00")
        await practice.receives(
            payer.cheque("T1", payer.claim("100023-1", "150.00", "54.00", [*PLAIN, ("CO", "97", "30.00")]))
        )
        today = date.fromisoformat((await practice.get("/ledger/trial-balance"))["on"])
        await practice.payments.query(
            text("UPDATE claim_accounts SET date_of_service = :dos, first_billed = :bill RETURNING 1").bindparams(
                dos=today - timedelta(days=130), bill=today - timedelta(days=61)
            )
        )
        filled = {}
        for basis in ("date_of_service", "first_bill", "responsibility"):
            aging = await practice.get("/aging", basis=basis)
            assert aging["total"] == "51.00"
            filled[basis] = [
                (item["bucket"], item["payer"], item["denied"], item["patient"])
                for item in aging["buckets"]
                if item["total"] != "0.00"
            ]
        assert filled == {
            "date_of_service": [("120+", "0.00", "30.00", "21.00")],
            "first_bill": [("61-90", "0.00", "30.00", "21.00")],
            "responsibility": [("0-30", "0.00", "30.00", "21.00")],
        }

    async def test_of_a_holder_begins_again_after_its_balance_was_zero(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(
            payer.cheque("T1", payer.claim("100023-1", "150.00", "0.00", [("CO", "4", "150.00")], status="4"))
        )
        today = date.fromisoformat((await practice.get("/ledger/trial-balance"))["on"])
        for kind, days in (("charge", 100), ("claim_payment", 50)):
            await practice.payments.query(
                text(
                    "UPDATE ledger_entries e SET posted_on = :day FROM postings p "
                    "WHERE p.id = e.posting_id AND p.kind = :kind RETURNING 1"
                ).bindparams(day=today - timedelta(days=days), kind=kind)
            )
        await practice.submits("100023-2", "150.00", claim_id=claim_id, frequency="7")

        def payer_column(aging: Any) -> dict[str, str]:
            return {item["bucket"]: item["payer"] for item in aging["buckets"] if item["payer"] != "0.00"}

        assert payer_column(await practice.get("/aging", basis="responsibility")) == {"0-30": "150.00"}
        before = await practice.get("/aging", basis="responsibility", on=str(today - timedelta(days=60)))
        assert payer_column(before) == {"31-60": "150.00"}


class TestAPatientsPayment:
    async def test_settles_what_the_patient_owes_and_tells_of_the_rest(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        paid = await practice.post(
            "/patient-payments", {"claim_id": str(claim_id), "amount": "15.00", "method": "cash"}
        )
        assert paid.status_code == 201, paid.text
        assert await practice.bar(claim_id) == ("150.00", "99.00", "45.00", "6.00", "0.00")
        due = await practice.published("PatientBalanceDue")
        assert [event.data["amount"] for event in due] == ["21.00", "6.00"]

    async def test_repeated_under_its_key_is_recorded_once(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        body = {"claim_id": str(claim_id), "amount": "15.00", "method": "cheque"}
        first, second = [await practice.post("/patient-payments", body, key="once") for _ in range(2)]
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second.headers["Idempotent-Replayed"] == "true"
        assert await practice.bar(claim_id) == ("150.00", "15.00", "0.00", "-15.00", "150.00")

    async def test_of_a_processor_is_recorded_once_whatever_the_key(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        body = {"claim_id": str(claim_id), "amount": "15.00", "method": "external", "reference": "tok_8f2a91"}
        assert (await practice.post("/patient-payments", body)).status_code == 201
        again = await practice.post("/patient-payments", body)
        assert (again.status_code, again.json()["code"]) == (409, "reference-reused")
        assert (await practice.money(claim_id))["patient_credit"] == "15.00"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": "0.00"},
            {"amount": "-5.00"},
            {"amount": "5.005"},
            {"amount": "1e3"},
            {"amount": 5.5},
            {"method": "card"},
            {"method": "external"},
            {"method": "external", "reference": "4111111111111111"},
            {"received_on": "2026-02-29"},
        ],
    )
    async def test_that_cannot_be_right_is_refused(self, practice: Any, wrong: dict[str, Any]):
        claim_id = await practice.submits("100023-1", "150.00")
        body = {"claim_id": str(claim_id), "amount": "15.00", "method": "cash"} | wrong
        answer = await practice.post("/patient-payments", body)
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")

    async def test_for_a_claim_that_was_never_submitted_is_refused(self, practice: Any):
        body = {"claim_id": str(new_id()), "amount": "15.00", "method": "cash"}
        assert (await practice.post("/patient-payments", body)).status_code == 404


class TestSubmissions:
    async def test_heard_twice_charge_once(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.submits("100023-1", "150.00", claim_id=claim_id)
        assert (await practice.money(claim_id))["charge"] == "150.00"

    async def test_heard_in_the_wrong_order_leave_the_newest_charge(self, practice: Any):
        claim_id = new_id()
        practice.versions[claim_id] = 4
        await practice.submits("100023-2", "140.00", claim_id=claim_id, frequency="7")
        practice.versions[claim_id] = 0
        await practice.submits("100023-1", "150.00", claim_id=claim_id)
        assert (await practice.money(claim_id))["charge"] == "140.00"

    async def test_of_a_void_leave_the_charge_to_the_payers_reversal(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.submits("100023-2", "150.00", claim_id=claim_id, frequency="8")
        assert await practice.bar(claim_id) == ("150.00", "0.00", "0.00", "0.00", "150.00")

    @pytest.mark.parametrize("reason", ["void", "not_billable"])
    async def test_of_a_claim_that_is_withdrawn_leave_nothing_open(self, practice: Any, reason: str):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.closes(claim_id, reason)
        assert await practice.bar(claim_id) == ("0.00", "0.00", "0.00", "0.00", "0.00")

    async def test_older_than_a_withdrawal_charge_nothing(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        practice.versions[claim_id] = 6
        await practice.closes(claim_id, "void")
        practice.versions[claim_id] = 2
        await practice.submits("100023-2", "150.00", claim_id=claim_id, frequency="7")
        assert await practice.bar(claim_id) == ("0.00", "0.00", "0.00", "0.00", "0.00")

    async def test_of_a_claim_given_up_as_denied_stay_until_they_are_written_off(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.closes(claim_id, "denial_upheld")
        assert (await practice.money(claim_id))["open"] == "150.00"

    async def test_tell_of_a_write_off_that_is_larger_than_what_is_denied(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        said = {"case_id": claim_id, "claim_id": claim_id, "write_off": "150.00"}
        with pytest.raises(Exception, match=r"but only 0\.00 is open as denied"):
            await practice.payments.deliver("org.dermbill.denials.DenialUpheld.v1", said, key=claim_id)
        assert (await practice.money(claim_id))["open"] == "150.00"


class TestACrash:
    async def test_of_edi_leaves_the_remittance_to_be_read_later(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        content = payer.interchange(payer.cheque("T1", payer.claim("100023-1", "150.00", "150.00")))
        interchange_id = await practice.is_told_of(content)
        practice.edi.line.refuses = 404
        await practice.payments.run_timers()
        assert (await practice.money(claim_id))["paid"] == "0.00"

        practice.edi.line.refuses = None
        async with practice.payments.client("operations:write") as http:
            restarted = await http.post(f"/parked/timers/read-remittance/{interchange_id}/restart")
        assert restarted.status_code == 200, restarted.text
        await practice.payments.run_timers()
        assert (await practice.money(claim_id))["paid"] == "150.00"

    async def test_of_the_line_to_edi_heals_by_itself(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        practice.edi.line.loses_answers = True
        await practice.is_told_of(payer.interchange(payer.cheque("T1", payer.claim("100023-1", "150.00", "150.00"))))
        await practice.payments.run_timers()
        assert practice.edi.line.asked
        assert (await practice.money(claim_id))["paid"] == "0.00"

        practice.edi.line.loses_answers = False
        await practice.payments.run_timers(until=LATER)
        assert (await practice.money(claim_id))["paid"] == "150.00"
        assert len(await practice.published("RemittancePosted")) == 1


class TestAnotherPractice:
    async def test_sees_none_of_the_money_and_none_of_the_queue(self, practice: Any, payer: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.receives(
            payer.cheque(
                "T1", payer.claim("100023-1", "150.00", "84.00", PLAIN), payer.claim("100099-1", "10.00", "10.00")
            )
        )
        [remittance] = (await practice.get("/remittances"))["items"]
        [item] = await practice.queue()
        stranger = new_id()
        async with practice.payments.client("payments:read", "payments:write", practices=[stranger]) as http:
            for path in (
                f"/remittances/{remittance['id']}",
                f"/remittances/{remittance['id']}/claims",
                f"/queue/{item['id']}",
                f"/claims/{claim_id}/money",
            ):
                assert (await http.get(path)).status_code == 404, path
            for path in ("/remittances", "/queue"):
                assert (await http.get(path)).json()["items"] == [], path
            assert (await http.get("/ledger/trial-balance")).json()["accounts"] == []
            assert (await http.get("/ledger/money")).json()["charge"] == "0.00"
            assert (await http.get("/aging")).json()["total"] == "0.00"
            match = await http.post(f"/queue/{item['id']}/match", json={"claim_id": str(claim_id)})
            assert match.status_code == 404
            body = {"claim_id": str(claim_id), "amount": "1.00", "method": "cash"}
            paid = await http.post("/patient-payments", json=body, headers={"Idempotency-Key": "k"})
            assert paid.status_code == 404
        assert (await practice.money(claim_id))["paid"] == "84.00"

    async def test_may_have_a_claim_of_the_same_number(self, practice: Any, payer: Any):
        ours = await practice.submits("100023-1", "150.00")
        mine, practice.id = practice.id, new_id()
        theirs = await practice.submits("100023-1", "99.00")
        assert (await practice.money(theirs))["charge"] == "99.00"
        practice.id = mine
        await practice.receives(payer.cheque("T1", payer.claim("100023-1", "150.00", "84.00", PLAIN)))
        assert (await practice.money(ours))["paid"] == "84.00"

    async def test_needs_the_scope_to_look_and_to_write(self, practice: Any):
        async with practice.payments.client("claims:read") as http:
            assert (await http.get("/ledger/accounts")).status_code == 403
        async with practice.payments.client("payments:read") as http:
            answer = await http.post("/patient-payments", json={}, headers={"Idempotency-Key": "k"})
            assert answer.status_code == 403


class TestTheAuditTrail:
    async def test_notes_who_looked_at_a_claims_money(self, practice: Any):
        claim_id = await practice.submits("100023-1", "150.00")
        await practice.money(claim_id)
        rows = await practice.payments.query(text("SELECT actor, action, kind, subject FROM audit_trail ORDER BY id"))
        assert [(row["actor"], row["action"], row["kind"]) for row in rows] == [
            ("event:org.dermbill.claims.ClaimSubmitted.v1", "create", "claim account"),
            ("staff-1", "read", "claim money"),
        ]
        assert {row["subject"] for row in rows} == {claim_id}


class TestTheSchema:
    async def test_is_what_the_code_says_and_can_be_taken_back_and_made_again(self, postgres: Any):
        database = await databases.create_empty(postgres, SERVICE.name, "payments_schema")
        await migrations.upgrade(SERVICE.name, SERVICE.migrations, database.owner_url)
        assert await migrations.differences(SERVICE.metadata, database.owner_url) == []
        await migrations.downgrade(SERVICE.name, SERVICE.migrations, database.owner_url, "base")
        await migrations.upgrade(SERVICE.name, SERVICE.migrations, database.owner_url)
        assert await migrations.differences(SERVICE.metadata, database.owner_url) == []
