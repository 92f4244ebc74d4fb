"""The denials desk: from a denied claim to the last word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from common.ids import new_id
from common.tables import timers
from common.testing.running import Running
from denials.main import SERVICE

Start = Callable[..., Awaitable[Running]]
ALL = ("denials:read", "denials:write")
DENIED, PAID, REVERSED = (f"org.dermbill.claims.Claim{fact}.v1" for fact in ("Denied", "Paid", "Reversed"))


@pytest.fixture
async def desk(run_service: Start) -> Running:
    return await run_service(SERVICE)


def denial(claim_id: UUID, *, carc: str = "97", on: date | None = None, **changes: Any) -> dict[str, Any]:
    line = {
        "number": 1,
        "cpt": "99213",
        "modifiers": [],
        "charge": "120.00",
        "paid": "0.00",
        "denied": "120.00",
        "adjustments": [{"group": "CO", "carc": carc, "amount": "120.00"}],
        "remarks": ["N525"],
    }
    return {
        "claim_id": str(claim_id),
        "encounter_id": str(new_id()),
        "patient_id": str(new_id()),
        "payer_id": "PAYERA",
        "control_number": "K7Q2M9XA1",
        "payer_claim_number": "PCN1",
        "remittance_id": str(new_id()),
        "date_of_service": "2026-03-04",
        "adjudicated_on": (on or datetime.now(UTC).date()).isoformat(),
        "charge": "240.00",
        "denied": "120.00",
        "lines": [line, {**line, "number": 2, "denied": "0.00", "paid": "120.00", "adjustments": []}],
        "remarks": [],
    } | changes


async def denied(desk: Running, **facts: Any) -> dict[str, Any]:
    claim_id = new_id()
    await desk.deliver(DENIED, denial(claim_id, **facts), key=claim_id)
    async with desk.client(*ALL) as http:
        return next(case for case in (await http.get("/cases")).json()["items"] if case["claim_id"] == str(claim_id))


async def post(desk: Running, case: dict[str, Any], act: str, body: dict[str, Any], **headers: str) -> Any:
    async with desk.client(*ALL) as http:
        return await http.post(
            f"/cases/{case['id']}/{act}", json=body, headers={"If-Match": f'"{case["version"]}"'} | headers
        )


MODIFIER_25 = {"changes": [{"line": 1, "modifiers": ["25"]}], "reason": "A separate problem is documented."}


class TestOpening:
    async def test_a_denied_claim_becomes_a_case_with_advice_and_a_deadline(self, desk: Running) -> None:
        case = await denied(desk)
        assert (case["status"], case["category"], case["carc"]) == ("open", "bundling", "97")
        assert case["suggestion"]["action"] == "correct"
        assert case["respond_by"] == (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
        assert [line["number"] for line in case["denial"]["lines"]] == [1]
        [event] = await desk.published()
        assert (event.name, event.data["denied"], event.data["carcs"]) == ("DenialCaseOpened", "120.00", ["97"])

    async def test_an_unknown_reason_code_is_for_a_person_to_read(self, desk: Running) -> None:
        case = await denied(desk, carc="9999")
        assert (case["category"], case["suggestion"]["action"]) == ("unknown", "review")

    async def test_medicare_counts_an_appeal_from_the_presumed_receipt(self, desk: Running) -> None:
        terms = {"program": "medicare", "correction_days": 365, "appeal_days": 120, "decision_days": 60}
        async with desk.client(*ALL) as http:
            await http.put("/payer-terms/PAYERA", json=terms)
        case = await denied(desk, carc="50")
        assert case["respond_by"] == (datetime.now(UTC).date() + timedelta(days=125)).isoformat()

    async def test_the_same_event_twice_is_one_case(self, desk: Running) -> None:
        claim_id, event_id = new_id(), new_id()
        for _ in range(2):
            await desk.deliver(DENIED, denial(claim_id), key=claim_id, id=event_id)
        assert len(await desk.published("DenialCaseOpened")) == 1


class TestCorrecting:
    async def test_asks_claims_for_a_replacement_of_the_payer_s_claim(self, desk: Running) -> None:
        case = await denied(desk)
        answer = await post(desk, case, "correction", MODIFIER_25)
        assert (answer.status_code, answer.json()["status"]) == (202, "correcting")
        [event] = await desk.published("CorrectionRequested")
        assert event.data["payer_claim_number"] == "PCN1"
        assert event.data["changes"] == [{"line": 1, "modifiers": ["25"], "diagnosis_pointers": None, "units": None}]

    async def test_a_line_that_was_not_denied_is_refused(self, desk: Running) -> None:
        case = await denied(desk)
        answer = await post(desk, case, "correction", {**MODIFIER_25, "changes": [{"line": 2, "modifiers": []}]})
        assert (answer.status_code, answer.json()["code"]) == (422, "no-such-line")

    async def test_a_correction_that_changes_nothing_is_refused(self, desk: Running) -> None:
        case = await denied(desk)
        answer = await post(desk, case, "correction", {"changes": [], "reason": "Just because."})
        assert answer.json()["code"] == "nothing-to-correct"

    async def test_after_the_window_it_is_refused(self, desk: Running) -> None:
        case = await denied(desk, on=datetime.now(UTC).date() - timedelta(days=91))
        answer = await post(desk, case, "correction", MODIFIER_25)
        assert (answer.status_code, answer.json()["code"]) == (409, "window-closed")

    async def test_one_that_pays_wins_the_case(self, desk: Running) -> None:
        case = await denied(desk)
        await post(desk, case, "correction", MODIFIER_25)
        paid = {"claim_id": case["claim_id"], "remittance_id": str(new_id()), "outcome": "paid", "paid": "96.40"}
        await desk.deliver(PAID, paid, key=UUID(case["claim_id"]), version=9)
        [event] = await desk.published("DenialOverturned")
        assert event.data["recovered"] == "96.40"

    async def test_one_that_is_denied_again_is_open_again(self, desk: Running) -> None:
        case = await denied(desk)
        await post(desk, case, "correction", MODIFIER_25)
        await desk.deliver(DENIED, denial(UUID(case["claim_id"]), carc="50"), key=UUID(case["claim_id"]), version=9)
        async with desk.client(*ALL) as http:
            again = (await http.get(f"/cases/{case['id']}")).json()
        assert (again["status"], again["carc"]) == ("open", "50")
        assert [line["act"] for line in again["history"]] == ["denied", "correction requested", "denied again"]


class TestSeveralRemittances:
    async def amounts(self, desk: Running, case: dict[str, Any]) -> tuple[str, str, list[int]]:
        async with desk.client(*ALL) as http:
            now = (await http.get(f"/cases/{case['id']}")).json()
        return now["status"], now["denial"]["denied"], [line["number"] for line in now["denial"]["lines"]]

    def paid(self, case: dict[str, Any], open_denied: str) -> dict[str, Any]:
        claim = {"claim_id": case["claim_id"], "remittance_id": str(new_id())}
        return claim | {"outcome": "partly_paid", "paid": "30.00", "open_denied": open_denied}

    async def test_a_second_denial_stands_beside_the_first_with_the_earlier_window(self, desk: Running) -> None:
        case = await denied(desk, open_denied="120.00")
        claim_id = UUID(case["claim_id"])
        later = datetime.now(UTC).date() + timedelta(days=30)
        rest = denial(claim_id, carc="50", on=later, denied="60.00", open_denied="180.00")
        rest["lines"] = [{**rest["lines"][0], "number": 3, "denied": "60.00"}]
        await desk.deliver(DENIED, rest, key=claim_id, version=9)
        assert await self.amounts(desk, case) == ("open", "180.00", [1, 3])
        async with desk.client(*ALL) as http:
            now = (await http.get(f"/cases/{case['id']}")).json()
        assert now["denial"]["adjudicated_on"] == case["denial"]["adjudicated_on"]

    async def test_a_payment_that_leaves_the_denial_as_it_was_changes_nothing(self, desk: Running) -> None:
        case = await denied(desk, open_denied="120.00")
        await desk.deliver(PAID, self.paid(case, "120.00"), key=UUID(case["claim_id"]), version=9)
        assert await self.amounts(desk, case) == ("open", "120.00", [1])
        assert await desk.published("DenialOverturned") == []

    async def test_what_the_payer_grants_of_an_appeal_leaves_the_rest_to_be_worked(self, desk: Running) -> None:
        case = await denied(desk, carc="50")
        await post(desk, case, "appeal", {"reason": "The records show necessity."})
        await desk.deliver(PAID, self.paid(case, "45.00"), key=UUID(case["claim_id"]), version=9)
        assert await self.amounts(desk, case) == ("open", "45.00", [1])

    async def test_a_denial_that_is_paid_while_the_rest_is_awaited_is_won(self, desk: Running) -> None:
        case = await denied(desk, carc="50")
        await desk.deliver(PAID, self.paid(case, "0.00"), key=UUID(case["claim_id"]), version=9)
        assert (await self.amounts(desk, case))[0] == "overturned"

    async def test_a_denial_that_the_payer_takes_back_is_about_nothing_until_it_decides_anew(
        self, desk: Running
    ) -> None:
        case = await denied(desk)
        taken_back = {"claim_id": case["claim_id"], "remittance_id": str(new_id()), "open_denied": "0.00"}
        await desk.deliver(REVERSED, taken_back, key=UUID(case["claim_id"]), version=9)
        assert (await self.amounts(desk, case))[:2] == ("open", "0.00")

    async def test_a_case_that_was_given_up_is_worked_again_when_the_payer_denies_anew(self, desk: Running) -> None:
        case = await denied(desk)
        await post(desk, case, "outcome", {"outcome": "upheld", "reason": "Not worth an appeal."})
        later = datetime.now(UTC).date() + timedelta(days=30)
        claim_id = UUID(case["claim_id"])
        await desk.deliver(
            DENIED, denial(claim_id, carc="50", on=later, denied="80.00", open_denied="80.00"), key=claim_id, version=9
        )
        assert (await self.amounts(desk, case))[:2] == ("open", "80.00")
        opened = (await desk.published("DenialCaseOpened"))[-1]
        assert opened.data["respond_by"] == (later + timedelta(days=180)).isoformat()
        again = await desk.query(select(timers.c.key).where(timers.c.kind == "respond-by"))
        assert [row["key"] for row in again] == [UUID(case["id"])]

    async def test_every_answer_names_the_denial_that_it_answers(self, desk: Running) -> None:
        case = await denied(desk)
        await post(desk, case, "outcome", {"outcome": "upheld", "reason": "Not worth an appeal."})
        [event] = await desk.published("DenialUpheld")
        assert event.data["remittance_id"] == case["denial"]["remittance_id"]


class TestClosing:
    async def test_upheld_tells_payments_what_to_write_off(self, desk: Running) -> None:
        case = await denied(desk)
        answer = await post(desk, case, "outcome", {"outcome": "upheld", "reason": "The note supports nothing."})
        assert answer.json()["status"] == "upheld"
        [event] = await desk.published("DenialUpheld")
        assert event.data["write_off"] == "120.00"

    async def test_a_code_that_cannot_be_appealed_is_not(self, desk: Running) -> None:
        case = await denied(desk, carc="16")
        answer = await post(desk, case, "appeal", {"reason": "We disagree."})
        assert answer.json()["code"] == "cannot-appeal"

    async def test_an_appeal_has_a_decision_due(self, desk: Running) -> None:
        case = await denied(desk, carc="50")
        answer = await post(desk, case, "appeal", {"reason": "Bleeding is documented."})
        assert answer.json()["decision_due"] == (datetime.now(UTC).date() + timedelta(days=60)).isoformat()
        assert len(await desk.published("AppealFiled")) == 1

    async def test_a_closed_case_stays_closed(self, desk: Running) -> None:
        case = await denied(desk)
        await post(desk, case, "outcome", {"outcome": "upheld", "reason": "Accepted."})
        answer = await post(desk, case | {"version": 2}, "correction", MODIFIER_25)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-possible-now")

    async def test_acting_on_an_old_version_is_refused(self, desk: Running) -> None:
        case = await denied(desk)
        await post(desk, case, "assign", {"owner": "staff-2"})
        answer = await post(desk, case, "assign", {"owner": "staff-3"})
        assert answer.status_code == 412


class TestDeadlines:
    async def test_a_near_and_a_missed_deadline_are_noted_once_each(self, desk: Running) -> None:
        near = await denied(desk, on=datetime.now(UTC).date() - timedelta(days=85))
        late = await denied(desk, on=datetime.now(UTC).date() - timedelta(days=95))
        far = await denied(desk)
        await desk.run_timers()
        rows = await desk.query(text("SELECT case_id, act FROM case_history WHERE act LIKE 'respond-by%'"))
        assert {(str(row["case_id"]), row["act"]) for row in rows} == {
            (near["id"], "respond-by near"),
            (late["id"], "respond-by missed"),
        }
        assert far["id"] not in {str(row["case_id"]) for row in rows}


class TestWorklist:
    async def test_the_larger_and_the_more_urgent_come_first(self, desk: Running) -> None:
        small = await denied(desk)
        large = await denied(desk, denied="900.00")
        urgent = await denied(desk, denied="500.00", on=datetime.now(UTC).date() - timedelta(days=88))
        async with desk.client(*ALL) as http:
            order = [case["id"] for case in (await http.get("/worklist")).json()]
        assert order == [urgent["id"], large["id"], small["id"]]

    async def test_another_practice_sees_none_of_it(self, desk: Running) -> None:
        case = await denied(desk)
        async with desk.client(*ALL, practices=[new_id()]) as http:
            assert (await http.get("/worklist")).json() == []
            assert (await http.get("/cases")).json()["items"] == []
            assert (await http.get(f"/cases/{case['id']}")).status_code == 404
