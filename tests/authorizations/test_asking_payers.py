"""A payer is asked for an authorization through the real edi service, and what it says is kept, told and counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from common.ids import new_id


class TestADecision:
    async def test_that_certifies_is_told_with_its_number_units_and_dates(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["request"], one["attention"]) == ("approved", None, [])
        assert one["number"].startswith("AUTH")
        assert one["certified"] == [{"code": "96910", "certified": 10, "used": 0, "left": 10}]
        [asked], [told] = await desk.told("AuthRequested"), await desk.told("AuthApproved")
        assert (asked["certification"], asked["services"]) == ("I", [{"code": "96910", "units": 10}])
        assert (told["number"], told["certified"]) == (one["number"], [{"code": "96910", "units": 10}])
        assert (told["valid_from"], told["valid_to"]) == (one["valid_from"], one["valid_to"])

    async def test_in_part_tells_what_was_certified_and_asks_for_a_look(self, desk: Any) -> None:
        desk.rules({"decision": "A6", "units": "6"})
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["certified"][0]["certified"]) == ("modified", 6)
        assert [notice["code"] for notice in one["attention"]] == ["not-as-asked"]

    async def test_that_denies_is_told_with_its_reason_and_may_be_appealed(self, desk: Any) -> None:
        desk.rules({"decision": "A3", "reason": "0U"})
        one = await desk.asks(await desk.registers())
        [told] = await desk.told("AuthDenied")
        assert (one["status"], told["outcome"], told["reasons"]) == ("denied", "denied", ["0U"])
        desk.rules({"decision": "A1"})
        appealed = await desk.amends(one, "2")
        assert appealed["status"] == "approved"

    async def test_that_none_is_needed_is_kept_as_proof(self, desk: Any) -> None:
        desk.rules({"decision": "NA"})
        one = await desk.asks(await desk.registers())
        [told] = await desk.told("AuthDenied")
        assert (one["status"], told["outcome"]) == ("not_required", "not_required")

    async def test_names_no_person_in_any_row_that_is_not_sealed(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        await desk.asks(await desk.registers())
        tables = await desk.service.query(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        every = " UNION ALL ".join(f'SELECT row_to_json(t)::text AS v FROM "{row["tablename"]}" AS t' for row in tables)
        shown = " ".join(row["v"] for row in await desk.service.query(text(every))).upper()
        assert "96910" in shown
        for secret in ("MA1000001", "QUILL", "MAREN"):
            assert secret not in shown


class TestAPendedRequest:
    async def test_is_decided_by_a_file_that_comes_days_later(self, desk: Any) -> None:
        desk.rules({"decision": "A1", "days": 3})
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["request"]["stage"]) == ("pended", "pended")
        assert await desk.told("AuthApproved") == []
        desk.days_pass(4)
        await desk.files_come()
        decided = await desk.record(one["id"])
        assert (decided["status"], decided["request"]) == ("approved", None)
        [told] = await desk.told("AuthApproved")
        assert told["number"] == decided["number"]

    async def test_has_the_federal_clock_for_a_plan_it_binds_and_says_when_it_is_over(self, desk: Any) -> None:
        advantage = {"name": "Meridian Advantage", "program": "medicare_advantage"}
        assert (await desk.http.put("/payers/MERIDIAN", json=advantage)).status_code == 200
        desk.rules({"decision": "A1", "days": 30})
        one = await desk.asks(await desk.registers(), urgency="urgent")
        due = datetime.fromisoformat(one["decision_due"])
        assert one["clock_rule"] == "CMS-0057-F, 72 hours"
        assert timedelta(hours=71) < due - datetime.now(UTC) <= timedelta(hours=72)
        await desk.service.run_timers(until=due + timedelta(hours=1))
        late = await desk.record(one["id"])
        assert [notice["code"] for notice in late["attention"]] == ["decision-overdue"]

    async def test_for_a_drug_has_no_federal_clock(self, desk: Any) -> None:
        advantage = {"name": "Meridian Advantage", "program": "medicare_advantage"}
        assert (await desk.http.put("/payers/MERIDIAN", json=advantage)).status_code == 200
        desk.rules({"decision": "A1", "days": 30})
        one = await desk.asks(await desk.registers(), drug=True, services=[{"code": "J1745", "units": 40}])
        assert (one["status"], one["decision_due"]) == ("pended", None)


class TestARequestThatIsNotTaken:
    async def test_says_why_and_what_to_do_and_goes_again_when_mended(self, desk: Any) -> None:
        desk.payers.put("/payers/MERIDIAN/members", json=[{"member_id": "SOMEBODY"}])
        one = await desk.asks(await desk.registers())
        [notice] = one["attention"]
        assert (one["status"], notice["code"]) == ("rejected", "aaa-75")
        assert notice["cause"]
        assert notice["next_step"]
        desk.payers.put("/payers/MERIDIAN/members", json=[{"member_id": "MA1000001"}])
        desk.rules({"decision": "A1"})
        mended = await desk.amends(one, "I")
        assert (mended["status"], mended["attention"]) == ("approved", [])

    async def test_without_a_coverage_asks_nobody(self, desk: Any) -> None:
        one = await desk.asks(new_id())
        assert (one["status"], one["attention"][0]["code"]) == ("failed", "unknown-patient")
        assert desk.asked == []


class TestAmendments:
    async def test_an_extension_gives_more_and_the_approval_stands_while_it_is_asked(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        desk.rules({"decision": "A1", "days": 3})
        asked = await desk.amends(one, "4", services=[{"code": "96910", "units": 20}])
        assert (asked["status"], asked["request"]["certification"]) == ("approved", "4")
        assert asked["certified"][0]["certified"] == 10
        desk.days_pass(4)
        await desk.files_come()
        extended = await desk.record(one["id"])
        assert (extended["status"], extended["certified"][0]["certified"]) == ("approved", 20)

    async def test_an_extension_that_is_refused_leaves_what_was_certified(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        desk.rules({"decision": "A3", "reason": "0U"})
        refused = await desk.amends(one, "4", services=[{"code": "96910", "units": 20}])
        assert (refused["status"], refused["certified"][0]["certified"]) == ("approved", 10)
        assert [notice["code"] for notice in refused["attention"]] == ["hcr-A3"]
        assert await desk.told("AuthDenied") == []

    async def test_what_was_said_by_telephone_counts_as_an_answer_does(self, desk: Any) -> None:
        one = await desk.drafts(await desk.registers())
        said = {
            "payer_id": "MERIDIAN", "action": "A1", "number": "TEL-1", "services": [{"code": "96910", "units": 8}],
            "valid_from": "2026-01-05", "valid_to": "2099-12-31", "reason": "By telephone.",
        }  # fmt: skip
        answer = await desk.acts(one, "decision", said)
        assert (answer.status_code, answer.json()["status"]) == (200, "approved"), answer.text
        [told] = await desk.told("AuthApproved")
        assert (told["number"], told["retroactive"]) == ("TEL-1", True)

    async def test_two_requests_at_once_are_refused(self, desk: Any) -> None:
        desk.rules({"decision": "A1", "days": 3})
        one = await desk.asks(await desk.registers())
        answer = await desk.acts(one, "requests", {"certification": "3"})
        assert (answer.status_code, answer.json()["code"]) == (409, "another-request-is-open")


class TestUnits:
    async def test_are_counted_down_and_told_before_they_are_gone(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        patient = await desk.registers()
        one = await desk.asks(patient)
        for visit in range(8):
            await desk.codes(patient, 1, encounter=new_id())
            left = (await desk.record(one["id"]))["certified"][0]["left"]
            assert left == 9 - visit
        [near] = await desk.told("AuthExpiring")
        assert (near["why"], near["code"], near["units_left"]) == ("units", "96910", 2)
        await desk.codes(patient, 2, encounter=new_id())
        [gone] = await desk.told("AuthExhausted")
        assert (gone["why"], (await desk.record(one["id"]))["status"]) == ("units", "exhausted")

    async def test_are_given_back_when_the_encounter_is_taken_back(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        patient, encounter = await desk.registers(), new_id()
        one = await desk.asks(patient)
        await desk.codes(patient, 10, encounter=encounter)
        assert (await desk.record(one["id"]))["status"] == "exhausted"
        await desk.takes_back(patient, encounter=encounter, version=2)
        back = await desk.record(one["id"])
        assert (back["status"], back["certified"][0]["left"]) == ("approved", 10)
        assert len(await desk.told("AuthApproved")) == 2

    async def test_of_an_encounter_coded_again_are_those_of_its_newest_word(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        patient, encounter = await desk.registers(), new_id()
        one = await desk.asks(patient)
        await desk.codes(patient, 4, encounter=encounter, version=3)
        await desk.codes(patient, 1, encounter=encounter, version=2)
        assert (await desk.record(one["id"]))["certified"][0]["used"] == 4

    async def test_done_before_a_retroactive_authorization_count_for_it(self, desk: Any) -> None:
        patient = await desk.registers()
        await desk.codes(patient, 3, encounter=new_id())
        desk.rules({"decision": "A1"})
        one = await desk.asks(patient)
        assert (await desk.record(one["id"]))["certified"][0]["used"] == 3

    async def test_beyond_what_is_certified_ask_for_attention(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        patient = await desk.registers()
        one = await desk.asks(patient)
        await desk.codes(patient, 12, encounter=new_id())
        over = await desk.record(one["id"])
        assert (over["certified"][0]["left"], over["attention"][0]["code"]) == (0, "used-beyond")


class TestTheEnd:
    async def test_is_told_in_time_for_a_renewal_and_when_it_came(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        ends = datetime.fromisoformat(one["valid_to"]).replace(tzinfo=UTC)
        await desk.service.run_timers(until=ends - timedelta(days=13))
        [near] = await desk.told("AuthExpiring")
        assert (near["why"], near["valid_to"]) == ("date", one["valid_to"])
        await desk.service.run_timers(until=ends + timedelta(days=2))
        assert (await desk.record(one["id"]))["status"] == "expired"
        [over] = await desk.told("AuthExhausted")
        assert over["why"] == "date"
