"""Real time: asked once, answered within CORE's twenty seconds or told why not, and counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter
from sqlalchemy import text

import x12
from common.ids import new_id

Write = Callable[..., bytes]

MEMBER = "ABC123456"
TODAY = date(2026, 3, 4)


def inquiry(member: str = MEMBER, payer: str = "MERIDIAN", **changes: Any) -> x12.EligibilityInquiry:
    facts: dict[str, Any] = {
        "head": x12.TransactionHead("REF1", datetime(2026, 3, 4, 12, 0), "0022", "13"),  # noqa: DTZ001
        "source": x12.InformationSource(x12.Party("MERIDIAN MUTUAL", id_qualifier="PI", id=payer)),
        "receiver": x12.InformationReceiver(x12.Party("DERM GROUP", id_qualifier="XX", id="1234567893")),
        "subscriber": x12.Member(
            x12.Person(x12.Party("DOE", "1", "JANE", id_qualifier="MI", id=member), date(1980, 1, 1), "F"),
            traces=(x12.Trace("T1", "1", "9DERMGROUP"),),
        ),
        "services": (x12.ServiceInquiry(("30",)),),
    }
    return x12.EligibilityInquiry(**facts | changes)


def as_json(question: x12.EligibilityInquiry) -> Any:
    return TypeAdapter(x12.EligibilityInquiry).dump_python(question, mode="json")


def request(**changes: Any) -> dict[str, Any]:
    facts = {"reference": str(new_id()), "kind": "270", "payer_id": "MERIDIAN", "question": as_json(inquiry())}
    return facts | changes


async def ask(wire: Any, key: str | None = None, **changes: Any) -> Any:
    return await wire.http.post("/realtime", json=request(**changes), headers={"Idempotency-Key": key or str(new_id())})


@pytest.fixture
def payer(house: Any) -> Any:
    """A payer with one member, on a day that stands still."""
    house.ask("PATCH", "/time", {"day_seconds": None, "today": TODAY.isoformat()})
    member = {"member_id": MEMBER, "deductible_remaining": "150", "coinsurance": "0.2", "copay": "30"}
    house.ask("PUT", "/payers/MERIDIAN/members", [member])
    return house


async def asked_longer_ago(wire: Any, seconds: int) -> None:
    await wire.service.query(
        text(f"UPDATE exchanges SET asked_at = asked_at - interval '{seconds} seconds' RETURNING id")
    )


class TestAsking:
    async def test_a_typed_question_has_a_typed_answer_and_both_are_in_the_archive(self, wire: Any, payer: Any) -> None:
        answer = await ask(wire)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert (told["outcome"], told["code"], told["interchange_control"]) == ("answered", None, "000000001")
        [said] = told["answers"]
        assert [benefit["information"] for benefit in said["benefits"]] == ["1", "C", "A", "B"]
        assert said["subscriber"]["traces"][0]["number"] == "T1"
        exchange = (await wire.http.get(f"/exchanges/{told['exchange_id']}")).json()
        asked = (await wire.http.get(f"/interchanges/{exchange['request_id']}/content")).content
        [question] = [received.value for received in x12.read_eligibility_inquiries(asked)]
        assert question.subscriber.person.party.id == MEMBER
        kept = (await wire.http.get(f"/interchanges/{exchange['response_id']}/content")).text
        assert kept == told["content"]
        assert payer.taken == [asked]
        assert payer.mailbox == []

    async def test_where_a_claim_stands_is_asked_and_answered_as_typed_data_too(self, wire: Any, payer: Any) -> None:
        asked = x12.ClaimStatusInquiry(
            x12.TransactionHead("REF1", datetime(2026, 3, 4, 12, 0), "0010", "13"),  # noqa: DTZ001
            x12.StatusLevel((x12.Party("MERIDIAN MUTUAL", id_qualifier="PI", id="MERIDIAN"),)),
            x12.StatusLevel((x12.Party("DERM GROUP", id_qualifier="46", id="DERMGROUP"),)),
            x12.StatusLevel((x12.Party("DERM GROUP", id_qualifier="XX", id="1234567893"),)),
            x12.StatusPerson(
                x12.Person(x12.Party("DOE", "1", "JANE", id_qualifier="MI", id=MEMBER), date(1980, 1, 1), "F")
            ),
            x12.Trace("T1"),
            references=(x12.Reference("EJ", "C1"),),
            service_from=date(2026, 3, 2),
        )
        question = TypeAdapter(x12.ClaimStatusInquiry).dump_python(asked, mode="json")
        answer = await ask(wire, kind="276", question=question)
        assert answer.status_code == 201, answer.text
        [said] = answer.json()["answers"]
        assert said["trace"]["number"] == "T1"
        assert [(one["category"], one["code"]) for one in said["reports"][0]["statuses"]] == [("A4", "35")]

    async def test_an_authorization_is_asked_for_and_decided_as_typed_data_too(self, wire: Any, payer: Any) -> None:
        asked = x12.AuthorizationRequest(
            x12.TransactionHead("REF1", datetime(2026, 3, 4, 12, 0), "0007", "13"),  # noqa: DTZ001
            x12.InformationSource(x12.Party("MERIDIAN MUTUAL", id_qualifier="PI", id="MERIDIAN"), entity="X3"),
            x12.InformationReceiver(x12.Party("DERM GROUP", id_qualifier="XX", id="1234567893")),
            x12.Member(x12.Person(x12.Party("DOE", "1", "JANE", id_qualifier="MI", id=MEMBER), date(1980, 1, 1), "F")),
            event=x12.PatientEvent(
                x12.Review("HS", "I"),
                traces=(x12.Trace("T1", "1", "9DERMGROUP"),),
                dates=(x12.DatedEvent("AAH", date(2026, 3, 9)),),
                services=(x12.ServiceReview(x12.ReviewLine(x12.Procedure("17311"), Decimal(1), "UN")),),
            ),
        )
        question = TypeAdapter(x12.AuthorizationRequest).dump_python(asked, mode="json")
        answer = await ask(wire, kind="278", question=question)
        assert answer.status_code == 201, answer.text
        [said] = answer.json()["answers"]
        assert said["event"]["decision"]["action"] in ("A1", "NA")
        assert said["event"]["traces"][0]["number"] == "T1"

    async def test_a_body_is_asked_as_it_is(self, wire: Any, payer: Any) -> None:
        body = x12.render_eligibility_inquiries_body([inquiry()])
        answer = await ask(wire, question=None, body=body)
        assert answer.json()["outcome"] == "answered", answer.text
        assert body.encode() in payer.taken[0]

    async def test_the_same_request_is_asked_once_and_its_repeat_holds_no_content(self, wire: Any, payer: Any) -> None:
        key, reference = str(new_id()), str(new_id())
        first = await ask(wire, key, reference=reference)
        again = await ask(wire, key, reference=reference)
        assert (again.status_code, again.json()["exchange_id"]) == (201, first.json()["exchange_id"])
        assert (again.json()["content"], again.json()["answers"]) == (None, None)
        assert len(payer.taken) == 1

    async def test_nothing_of_it_is_told_to_the_others(self, wire: Any, payer: Any) -> None:
        await ask(wire)
        assert await wire.service.published() == []

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"kind": "837P"}, "invalid-request"),
            ({"question": None}, "invalid-request"),
            ({"body": "BHT*1~"}, "invalid-request"),
            ({"question": {"head": {}}}, "question-invalid"),
            ({"question": None, "body": "HL*1~"}, "body-not-x12"),
        ],
    )
    async def test_what_cannot_be_asked_is_refused_and_takes_no_number(
        self, wire: Any, payer: Any, changes: dict[str, Any], code: str
    ) -> None:
        answer = await ask(wire, **changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert (await ask(wire)).json()["interchange_control"] == "000000001"

    async def test_what_is_wrong_is_named_by_its_place_and_never_quoted(self, wire: Any, payer: Any) -> None:
        question = as_json(inquiry())
        question["subscriber"]["person"]["birth_date"] = "VERYSECRET"
        answer = await ask(wire, question=question)
        assert (answer.status_code, answer.json()["code"]) == (422, "question-invalid")
        assert "subscriber.person.birth_date" in answer.json()["detail"]
        assert "VERYSECRET" not in answer.text


class TestAnswers:
    @pytest.mark.parametrize("reject", ["42", "72", "73", "75", "79"])
    async def test_a_payer_that_says_no_is_answered_with_its_reason(self, wire: Any, payer: Any, reject: str) -> None:
        payer.ask("PUT", "/payers/MERIDIAN/benefits", [{"member_id": MEMBER, "reject": reject}])
        told = (await ask(wire)).json()
        [said] = told["answers"]
        turned_away = said["source"] if reject == "79" else said["subscriber"]
        assert [rejection["reason"] for rejection in turned_away["rejections"]] == [reject]

    @pytest.mark.parametrize(("note", "fault"), [("020", {"note": "020"}), ("025", {"note": "025"})])
    async def test_a_ta1_in_its_place_is_a_rejection(
        self, wire: Any, payer: Any, note: str, fault: dict[str, str]
    ) -> None:
        payer.goes_wrong("ta1", **fault)
        told = (await ask(wire)).json()
        assert (told["outcome"], told["code"]) == ("rejected", f"ta1-{note}")

    async def test_a_999_in_its_place_is_a_rejection(self, wire: Any, payer: Any) -> None:
        payer.goes_wrong("functional_ack", code="R")
        told = (await ask(wire)).json()
        assert (told["outcome"], told["code"]) == ("rejected", "999-5")

    @pytest.mark.parametrize(
        ("fault", "facts", "status", "code", "outcome"),
        [
            ("unavailable", {}, 503, "payer-unavailable", "unavailable"),
            ("disconnect", {}, 503, "payer-unavailable", "unavailable"),
            ("disconnect", {"taken": True}, 503, "payer-unavailable", "unavailable"),
            ("malformed_answer", {}, 503, "payer-unavailable", "unavailable"),
            ("refused", {"status": 400}, 502, "question-refused", "refused"),
        ],
    )
    async def test_a_line_that_fails_is_a_clear_problem(
        self, wire: Any, payer: Any, fault: str, facts: dict[str, Any], status: int, code: str, outcome: str
    ) -> None:
        payer.goes_wrong(fault, call="real_time", **facts)
        answer = await ask(wire)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        [exchange] = await wire.items("/exchanges")
        assert (exchange["outcome"], exchange["answered_at"]) == (outcome, None)
        assert len([line for line in payer.asked if "realtime" in line]) == 1

    async def test_a_payer_that_takes_too_long_is_given_up_within_the_twenty_seconds(
        self, wire: Any, payer: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("edi.operations.asking.HARD_SECONDS", 0.5)
        payer.goes_wrong("hang", call="real_time", seconds=10)
        answer = await ask(wire)
        assert (answer.status_code, answer.json()["code"]) == (504, "payer-timeout")
        [exchange] = await wire.items("/exchanges?outcome=timeout")
        assert 500 <= exchange["milliseconds"] < 5_000


class TestAskingAgain:
    @pytest.mark.parametrize("same", ["reference", "words"])
    async def test_before_ninety_seconds_it_is_not_asked_again_and_after_them_it_is(
        self, wire: Any, payer: Any, same: str
    ) -> None:
        payer.goes_wrong("unavailable", call="real_time")
        reference = str(new_id())
        await ask(wire, reference=reference)
        changes = {"reference": reference, "question": as_json(inquiry("ANOTHER01"))} if same == "reference" else {}
        again = await ask(wire, **changes)
        assert (again.status_code, again.json()["code"]) == (429, "asked-too-recently")
        assert 80 <= int(again.headers["retry-after"]) <= 90
        await asked_longer_ago(wire, 91)
        assert (await ask(wire, **changes)).status_code == 201

    async def test_what_was_answered_may_be_asked_again_at_once(self, wire: Any, payer: Any) -> None:
        assert [(await ask(wire)).status_code for _ in range(2)] == [201, 201]

    async def test_the_key_of_a_question_that_failed_may_ask_again_in_time(self, wire: Any, payer: Any) -> None:
        payer.goes_wrong("unavailable", call="real_time")
        key, reference = str(new_id()), str(new_id())
        assert (await ask(wire, key, reference=reference)).status_code == 503
        assert (await ask(wire, key, reference=reference)).status_code == 429
        await asked_longer_ago(wire, 91)
        assert (await ask(wire, key, reference=reference)).status_code == 201


class TestOtherWays:
    @pytest.mark.parametrize("on", ["sftp"], indirect=True)
    async def test_a_partner_on_sftp_has_no_real_time_and_another_can_be_named(
        self, wire: Any, payer: Any, house: Any, partner_facts: dict[str, Any]
    ) -> None:
        refused = await ask(wire)
        assert (refused.status_code, refused.json()["code"]) == (422, "partner-wire")
        beside = partner_facts | {
            "base_url": house.url, "wire": "http", "access": {"kind": "none"}, "folders": None, "sender_id": "DERMRT",
            "payers": [],
        }  # fmt: skip
        answer = await wire.http.post("/partners", json=beside, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == 201, answer.text
        told = await ask(wire, partner_id=answer.json()["id"])
        assert told.json()["outcome"] == "answered", told.text

    @pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)
    async def test_a_batch_of_questions_is_answered_in_the_mailbox_on_either_wire(self, wire: Any, payer: Any) -> None:
        payer.ask("DELETE", "/faults")
        bodies = [x12.render_eligibility_inquiries_body([inquiry(member)]) for member in (MEMBER, "NOBODY01")]
        transmission_id = await wire.transmit(bodies, kind="270", payer_id="MERIDIAN")
        await wire.run()
        payer.ask("POST", "/time/advance", {"days": 0.2})
        await wire.poll()
        assert (await wire.transmission(transmission_id))["outcome"] == "A"
        (event,) = await wire.service.published("InterchangeReceived")
        assert (event.data["kind"], event.data["sets"]) == ("271", 2)
        content = (await wire.http.get(f"/interchanges/{event.key}/content")).content
        answers = [received.value for received in x12.read_eligibility_answers(content)]
        assert [bool(answer.benefits) for answer in answers] == [True, False]
        assert [rejection.reason for rejection in answers[1].subscriber.rejections] == ["75"]


class TestTheReport:
    async def test_it_counts_what_was_answered_within_twenty_seconds_of_a_month(self, wire: Any, payer: Any) -> None:
        for number in range(9):
            assert (await ask(wire, question=as_json(inquiry(f"MEMBER{number:03d}")))).status_code == 201
        payer.goes_wrong("unavailable", call="real_time")
        await ask(wire, question=as_json(inquiry("MEMBER999")))
        await wire.service.query(text("UPDATE exchanges SET asked_at = '2026-03-31T23:59:59-04' RETURNING id"))
        first = "SELECT min(id::text)::uuid FROM exchanges"
        slow = f"UPDATE exchanges SET milliseconds = 20001 WHERE id = ({first}) RETURNING id"
        await wire.service.query(text(slow))

        report = (await wire.http.get("/reports/core?month=2026-03")).json()
        [line] = report["real_time"]
        assert (line["partner_id"], line["kind"]) == (str(wire.partner_id), "270")
        counted = (line["asked"], line["answered"], line["within_20_seconds"], line["timeouts"])
        assert counted == (10, 9, 8, 0)
        assert (line["share"], line["meets_rule"], line["slowest_ms"]) == ("0.8000", False, 20001)
        assert (report["total"]["asked"], report["total"]["share"]) == (10, "0.8000")
        after = (await wire.http.get("/reports/core?month=2026-04")).json()
        assert (after["real_time"], after["total"]["share"]) == ([], None)

    async def test_it_counts_the_999s_of_batches_within_the_hour(self, wire: Any, functional_ack: Write) -> None:
        transmissions = [await wire.transmit() for _ in range(3)]
        await wire.run()
        for number in (1, 2):
            wire.house.put(functional_ack(number, str(number)))
        await wire.poll()
        late = "UPDATE transmissions SET acknowledged_at = sent_at + interval '61 minutes' WHERE id = :id RETURNING id"
        await wire.service.query(text(late).bindparams(id=transmissions[1]))
        await wire.service.query(
            text(
                "UPDATE transmissions SET sent_at = '2026-05-02', acknowledged_at = "
                "timestamptz '2026-05-02' + (acknowledged_at - sent_at) RETURNING id"
            )
        )
        [line] = (await wire.http.get("/reports/core?month=2026-05")).json()["batches"]
        assert (line["sent"], line["acknowledged"], line["within_an_hour"], line["share"]) == (3, 2, 1, "0.3333")

    async def test_a_month_that_is_none_is_refused(self, wire: Any) -> None:
        for month in ("2026-13", "2026", "march", "1999-01"):
            assert (await wire.http.get(f"/reports/core?month={month}")).status_code == 422


class TestAnotherPractice:
    async def test_sees_no_exchange_and_needs_the_right_to_ask(self, wire: Any, payer: Any) -> None:
        exchange_id = UUID((await ask(wire)).json()["exchange_id"])
        async with wire.service.client("edi:read", "edi:write", practices=[new_id()]) as stranger:
            assert (await stranger.get("/exchanges")).json()["items"] == []
            assert (await stranger.get(f"/exchanges/{exchange_id}")).status_code == 404
            assert (await stranger.get("/reports/core?month=2026-11")).json()["real_time"] == []
        async with wire.service.client("edi:read") as reader:
            answer = await reader.post("/realtime", json=request(), headers={"Idempotency-Key": "1"})
            assert answer.status_code == 403
