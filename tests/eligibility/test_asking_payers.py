"""A payer is asked through the real edi service, and its answer is kept whole, understood and told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.failpoints import armed
from common.ids import new_id
from stack.audit.trail import UNWRITTEN

PERSON = {
    "name": {"family": "Quill", "given": "Maren"},
    "birth_date": "1980-04-02",
    "sex": "F",
    "address": {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"},
}
MONEY = {"kind": "deductible", "service_type": "30", "level": "individual", "remaining": True, "values": ["150"]}


def figure(told: dict[str, Any], service: str, kind: str) -> dict[str, Any]:
    [found] = [one for one in service_of(told, service)["figures"] if one["kind"] == kind]
    return found


def service_of(told: dict[str, Any], service: str) -> dict[str, Any]:
    [found] = [one for one in told["picture"]["services"] if one["service_type"] == service]
    return found


class TestAnAnswer:
    async def test_says_that_coverage_is_active_and_what_is_left_of_the_deductible(self, desk: Any) -> None:
        check = await desk.checks(await desk.registers())
        assert (check["status"], check["standing"], check["attention"]) == ("answered", "active", [])
        told = await desk.gets(f"/checks/{check['id']}/answer")
        deductible = figure(told, "30", "deductible")
        assert {name: deductible[name] for name in MONEY} == MONEY
        assert figure(told, "98", "copay")["values"] == ["30"]
        assert service_of(told, "98")["standing"] == "active"

    async def test_is_told_to_the_others_without_a_word_about_the_person(self, desk: Any) -> None:
        patient_id = await desk.registers()
        check = await desk.checks(patient_id)
        [event] = await desk.eligibility.published()
        assert (event.name, event.key) == ("CoverageVerified", UUID(check["id"]))
        assert event.data["deductible_remaining"] == "150.00"
        assert event.data["copays"] == [{"service_type": "98", "amount": "30.00"}]
        for secret in ("MA1000001", "QUILL", "MAREN", "1980"):
            assert secret not in str(event.data).upper()

    async def test_is_kept_byte_for_byte_and_read_again_as_data(self, desk: Any) -> None:
        check = await desk.checks(await desk.registers())
        raw = (await desk.http.get(f"/checks/{check['id']}/answer.x12")).content
        async with desk.edi.client("edi:read") as http:
            [exchange] = (await http.get("/exchanges", params={"reference": check["id"]})).json()["items"]
            archived = (await http.get(f"/interchanges/{exchange['response_id']}/content")).content
        assert raw == archived
        told = await desk.gets(f"/checks/{check['id']}/answer")
        assert len(told["answer"]["benefits"]) == raw.count(b"EB*") == len(told["lines"])

    async def test_names_no_person_in_any_row_that_is_not_sealed(self, desk: Any) -> None:
        await desk.checks(await desk.registers())
        tables = await desk.eligibility.query(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = [row["tablename"] for row in tables]
        every = " UNION ALL ".join(f'SELECT row_to_json(t)::text AS v FROM "{name}" AS t' for name in names)
        shown = " ".join(row["v"] for row in await desk.eligibility.query(text(every))).upper()
        assert '"COVERAGE_ID":' in shown
        for secret in ("MA1000001", "QUILL", b"QUILL".hex().upper()):
            assert secret not in shown

    async def test_is_in_the_response_when_the_desk_waits_for_it(self, desk: Any) -> None:
        told = await desk.wants(await desk.registers(), wait=True)
        assert (told["status"], told["standing"]) == ("answered", "active")

    async def test_that_coverage_is_not_in_force_is_told_and_asks_for_attention(self, desk: Any) -> None:
        desk.roster(effective_to="2021-12-31")
        check = await desk.checks(await desk.registers())
        assert (check["standing"], [one["code"] for one in check["attention"]]) == ("inactive", ["inactive"])
        [event] = await desk.eligibility.published()
        assert event.name == "CoverageInactive"

    async def test_that_names_a_first_payer_beside_this_one_asks_for_attention(self, desk: Any) -> None:
        desk.knows(other_payers=[{"name": "OTHER MUTUAL", "payer_id": "OTHER", "responsibility": "P"}])
        check = await desk.checks(await desk.registers())
        assert [one["code"] for one in check["attention"]] == ["other-payer-first"]
        told = await desk.gets(f"/checks/{check['id']}/answer")
        [other] = told["picture"]["other_payers"]
        assert (other["order"], other["payer_id"]) == ("primary", "OTHER")
        [event] = await desk.eligibility.published()
        assert event.data["other_payer_first"] is True

    async def test_that_gives_two_copays_shows_both(self, desk: Any) -> None:
        desk.knows(more=[{"code": "B", "services": ["98"], "period": "27", "amount": "45"}])
        check = await desk.checks(await desk.registers())
        assert [one["code"] for one in check["attention"]] == ["benefits-unclear"]
        told = await desk.gets(f"/checks/{check['id']}/answer")
        copay = figure(told, "98", "copay")
        assert (copay["values"], copay["ambiguous"]) == (["30", "45"], True)
        [event] = await desk.eligibility.published()
        assert event.data["copays"] == []


class TestADependent:
    async def test_is_asked_about_under_the_subscriber(self, desk: Any) -> None:
        holder = PERSON | {"name": {"family": "Quill", "given": "Ansel"}, "birth_date": "1978-01-30", "sex": "M"}
        check = await desk.checks(await desk.registers(relationship="spouse", subscriber=holder))
        assert (check["standing"], check["attention"]) == ("active", [])
        told = (await desk.gets(f"/checks/{check['id']}/answer"))["answer"]
        assert told["subscriber"]["person"]["party"]["first"] == "ANSEL"
        assert told["dependent"]["person"]["party"]["first"] == "MAREN"
        assert told["dependent"]["relationship"] == "01"
        assert told["dependent"]["traces"][0]["number"] == check["id"].replace("-", "")


class TestAnUnclearAnswer:
    async def test_is_not_told_until_a_person_says_what_it_means(self, desk: Any) -> None:
        desk.knows(more=[{"code": "6", "services": ["30"]}])
        check = await desk.checks(await desk.registers())
        assert check["standing"] == "unclear"
        assert await desk.eligibility.published() == []
        reason = "The payer's desk says active, by telephone."
        answer = await desk.acts(check, "settle", {"standing": "active", "reason": reason})
        assert (answer.status_code, answer.json()["attention"]) == (200, [])
        [event] = await desk.eligibility.published()
        assert (event.name, event.data["settled_by_staff"]) == ("CoverageVerified", True)
        [*_, last] = (await desk.check(check["id"]))["history"]
        assert (last["act"], last["reason"]) == ("settled", reason)

    async def test_cannot_be_settled_where_the_payer_was_clear(self, desk: Any) -> None:
        desk.roster(effective_to="2021-12-31")
        check = await desk.checks(await desk.registers())
        answer = await desk.acts(check, "settle", {"standing": "active", "reason": "He says so."})
        assert (answer.status_code, answer.json()["code"]) == (409, "standing-is-clear")


class TestARejection:
    async def test_has_its_cause_and_next_step(self, desk: Any) -> None:
        for reason in ("72", "73", "75", "79"):
            desk.knows(reject=reason)
            check = await desk.checks(await desk.registers())
            assert check["status"] == "rejected"
            [notice] = check["attention"]
            assert notice["code"] == f"aaa-{reason}"
            assert notice["cause"]
            assert notice["next_step"]
        assert await desk.eligibility.published() == []

    async def test_is_asked_again_with_what_was_mended(self, desk: Any) -> None:
        patient_id = await desk.registers(covered=False)
        coverage = await desk.covers(patient_id, member_id="NOBODY.1")
        check = await desk.checks(patient_id)
        assert check["status"] == "rejected"
        await desk.amends(coverage, member_id="MA1000001")
        assert (await desk.acts(check, "ask-again")).status_code == 202
        await desk.eligibility.run_timers()
        assert (await desk.check(check["id"]))["status"] == "answered"

    async def test_that_the_payer_cannot_answer_now_is_tried_again_after_ninety_seconds(self, desk: Any) -> None:
        desk.knows(reject="42")
        check = await desk.checks(await desk.registers())
        assert (check["status"], check["codes"], check["attention"]) == ("asking", ["aaa-42"], [])
        assert desk.asked == 1
        desk.knows()
        await desk.time_passes(minutes=2)
        assert (await desk.check(check["id"]))["status"] == "answered"


class TestTheSameQuestion:
    async def test_is_asked_once_within_its_window(self, desk: Any) -> None:
        patient_id = await desk.registers()
        first, second = await desk.checks(patient_id), await desk.checks(patient_id)
        assert desk.asked == 1
        assert (second["status"], second["same_as"]) == ("answered", first["id"])
        told = await desk.gets(f"/checks/{second['id']}/answer")
        assert told["picture"]["standing"] == "active"
        assert [event.name for event in await desk.eligibility.published()] == ["CoverageVerified"] * 2

    async def test_is_asked_once_when_both_are_wanted_at_once(self, desk: Any) -> None:
        patient_id = await desk.registers()
        wanted = [await desk.wants(patient_id) for _ in range(4)]
        await desk.eligibility.run_timers()
        await desk.time_passes(seconds=10)
        assert [(await desk.check(one["id"]))["status"] for one in wanted] == ["answered"] * 4
        assert desk.asked == 1

    async def test_is_asked_again_when_somebody_wants_it_anew(self, desk: Any) -> None:
        patient_id = await desk.registers()
        await desk.checks(patient_id)
        again = await desk.checks(patient_id, anew=True)
        assert (again["status"], again["same_as"], desk.asked) == ("answered", None, 2)

    async def test_about_another_day_is_another_question(self, desk: Any) -> None:
        patient_id = await desk.registers()
        await desk.checks(patient_id)
        await desk.checks(patient_id, on=datetime.now(UTC).date() + timedelta(days=30))
        assert desk.asked == 2


class TestWhenNobodyAnswers:
    async def test_an_answer_lost_on_its_way_is_fetched_and_not_asked_for_again(self, desk: Any) -> None:
        desk.line.loses_answers = True
        check = await desk.checks(await desk.registers())
        assert (check["status"], check["codes"], desk.asked) == ("asking", ["payer-unavailable"], 1)
        desk.line.loses_answers = False
        await desk.time_passes(minutes=2)
        assert (await desk.check(check["id"]))["status"] == "answered"
        assert desk.asked == 1

    async def test_a_silent_payer_is_left_to_a_person_after_the_schedule(self, desk: Any) -> None:
        desk.line.refuses = 504
        check = await desk.checks(await desk.registers())
        assert (check["status"], check["codes"]) == ("asking", ["payer-timeout"])
        await desk.time_passes(hours=12)
        check = await desk.check(check["id"])
        assert (check["status"], [one["code"] for one in check["attention"]]) == ("failed", ["payer-silent"])
        assert [line["act"] for line in check["history"]].count("no answer") == 6

    async def test_a_patient_without_coverage_is_not_asked_about(self, desk: Any) -> None:
        check = await desk.checks(await desk.registers(covered=False))
        assert (check["status"], check["codes"]) == ("not_asked", ["no-coverage"])

    async def test_nor_one_that_nobody_knows(self, desk: Any) -> None:
        check = await desk.checks(new_id())
        assert (check["status"], check["codes"]) == ("not_asked", ["unknown-patient"])


class TestADeath:
    @pytest.mark.parametrize("moment", ["eligibility.written", "eligibility.told"])
    async def test_between_asking_and_keeping_costs_neither_answer_nor_question(self, desk: Any, moment: str) -> None:
        wanted = await desk.wants(await desk.registers())
        with armed(f"{moment}=raise"):
            await desk.eligibility.run_timers()
        assert (await desk.check(wanted["id"]))["status"] == "asking"
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(minutes=1))
        assert ((await desk.check(wanted["id"]))["status"], desk.asked) == ("answered", 1)
        assert len(await desk.eligibility.published()) == 1


class TestTheWorklist:
    async def test_holds_what_a_person_has_to_look_at_until_somebody_did(self, desk: Any) -> None:
        patient_id = await desk.registers()
        await desk.checks(patient_id)
        rejected = await desk.checks(await desk.registers(covered=False))
        listed = (await desk.gets("/checks", attention=True))["items"]
        assert [one["id"] for one in listed] == [rejected["id"]]
        await desk.acts(rejected, "settle", {"reason": "The patient pays alone."})
        assert (await desk.gets("/checks", attention=True))["items"] == []

    async def test_the_card_of_a_day_shows_the_age_of_the_answer(self, desk: Any) -> None:
        patient_id = await desk.registers()
        check = await desk.checks(patient_id)
        [card] = await desk.gets(f"/patients/{patient_id}/coverage", on=check["on"])
        assert (card["age_hours"], card["fresh"], card["picture"]["standing"]) == (0, True, "active")

    async def test_every_change_of_a_check_is_in_the_audit_trail(self, desk: Any) -> None:
        rejected = await desk.checks(await desk.registers(covered=False))
        await desk.checks(await desk.registers())
        await desk.acts(rejected, "settle", {"reason": "The patient pays alone."})
        unwritten = text(UNWRITTEN["eligibility"])
        assert await desk.eligibility.query(unwritten) == []
        await desk.eligibility.query(text("UPDATE checks SET version = version + 1 RETURNING id"))
        assert len(await desk.eligibility.query(unwritten)) == 2
