"""A payer is asked over FHIR (Da Vinci PAS) through the real edi service; the record lives as it does with a 278."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from common.ids import new_id


async def exchanges(desk: Any) -> list[dict[str, Any]]:
    async with desk.edi.client("edi:read") as http:
        return (await http.get("/exchanges")).json()["items"]


class TestADecisionOverFhir:
    async def test_is_told_with_its_number_units_and_dates_and_both_bundles_are_in_the_archive(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["request"], one["attention"]) == ("approved", None, [])
        assert one["number"].startswith("AUTH")
        assert one["certified"] == [{"code": "96910", "certified": 10, "used": 0, "left": 10}]
        [told] = await desk.told("AuthApproved")
        assert (told["number"], told["valid_from"]) == (one["number"], one["valid_from"])
        [exchange] = await exchanges(desk)
        assert (exchange["kind"], exchange["outcome"]) == ("PAS", "answered")
        async with desk.edi.client("edi:read") as http:
            went = await http.get(f"/interchanges/{exchange['request_id']}/content")
            came = await http.get(f"/interchanges/{exchange['response_id']}/content")
        assert went.json()["entry"][0]["resource"]["resourceType"] == "Claim"
        raw = await desk.http.get(f"/authorizations/{one['id']}/answer.fhir.json")
        assert raw.content == came.content
        assert raw.json()["entry"][0]["resource"]["preAuthRef"] == one["number"]
        assert (await desk.http.get(f"/authorizations/{one['id']}/answer.x12")).status_code == 404
        assert (await desk.http.get(f"/authorizations/{one['id']}/answer.fhir.json/faults")).json() == []

    async def test_with_less_than_was_asked_asks_for_a_look(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A6", "units": "6"})
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["certified"][0]["certified"]) == ("modified", 6)
        assert [notice["code"] for notice in one["attention"]] == ["not-as-asked"]

    async def test_that_denies_is_told_with_its_reason(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A3", "reason": "0U"})
        one = await desk.asks(await desk.registers())
        [told] = await desk.told("AuthDenied")
        assert (one["status"], told["outcome"], told["reasons"]) == ("denied", "denied", ["0U"])

    async def test_that_turns_the_member_away_says_why(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.payers.put("/payers/MERIDIAN/members", json=[{"member_id": "SOMEBODY"}])
        one = await desk.asks(await desk.registers())
        assert (one["status"], [notice["code"] for notice in one["attention"]]) == ("rejected", ["aaa-75"])

    async def test_names_no_person_in_any_row_that_is_not_sealed(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1"})
        await desk.asks(await desk.registers())
        for service in (desk.service, desk.edi):
            tables = await service.query(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            every = " UNION ALL ".join(
                f'SELECT row_to_json(t)::text AS v FROM "{row["tablename"]}" AS t' for row in tables
            )
            shown = " ".join(row["v"] for row in await service.query(text(every))).upper()
            assert "MERIDIAN" in shown
            for secret in ("MA1000001", "QUILL", "MAREN"):
                assert secret not in shown


async def bundles_asked(desk: Any) -> list[dict[str, Any]]:
    """The Bundles that went to the payer, oldest first."""
    async with desk.edi.client("edi:read") as http:
        return [
            (await http.get(f"/interchanges/{each['request_id']}/content")).json() for each in await exchanges(desk)
        ]


class TestAChangeOverFhir:
    async def test_goes_as_an_update_of_the_request_that_the_payer_took(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        extended = await desk.amends(one, "4", services=[{"code": "96910", "units": 20}])
        assert (extended["status"], extended["certified"][0]["certified"]) == ("approved", 20)
        first, update = await bundles_asked(desk)
        claim, before = update["entry"][0]["resource"], update["entry"][1]
        assert claim["related"][0]["claim"]["reference"] == before["fullUrl"] == first["entry"][0]["fullUrl"]
        assert before["resource"]["item"][0]["quantity"]["value"] == 10
        cancelled = await desk.amends(extended, "3")
        *_, last = await bundles_asked(desk)
        assert (cancelled["status"], last["entry"][1]["fullUrl"]) == ("cancelled", update["entry"][0]["fullUrl"])

    async def test_that_was_turned_away_is_not_what_the_next_one_changes(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        desk.payers.put("/payers/MERIDIAN/members", json=[{"member_id": "SOMEBODY"}])
        refused = await desk.amends(one, "4")
        assert [notice["code"] for notice in refused["attention"]] == ["aaa-75"]
        desk.payers.put("/payers/MERIDIAN/members", json=[{"member_id": "MA1000001"}])
        await desk.amends(refused, "4")
        first, second, third = await bundles_asked(desk)
        assert second["entry"][1]["fullUrl"] == third["entry"][1]["fullUrl"] == first["entry"][0]["fullUrl"]


class TestAPendedRequestOverFhir:
    async def test_is_inquired_about_until_the_payer_decides(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1", "days": 3})
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["request"]["stage"], one["request"]["wire"]) == ("pended", "pended", "pas")
        await desk.inquires()
        still = await desk.record(one["id"])
        assert (still["status"], still["request"]["inquiries"]) == ("pended", 1)
        assert still["request"]["inquire_at"] > one["request"]["inquire_at"]
        desk.days_pass(4)
        await desk.inquires()
        decided = await desk.record(one["id"])
        assert (decided["status"], decided["request"]) == ("approved", None)
        [told] = await desk.told("AuthApproved")
        assert told["number"] == decided["number"]
        assert [each["kind"] for each in await exchanges(desk)] == ["PAS", "PASINQUIRY", "PASINQUIRY"]

    async def test_keeps_what_asks_for_a_look_while_it_is_inquired_about(self, desk: Any) -> None:
        await desk.by_fhir(standard_days=1)
        desk.rules({"decision": "A1", "days": 30})
        one = await desk.asks(await desk.registers())
        await desk.service.query(
            text("UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'decision-due' RETURNING key")
        )
        await desk.service.run_timers()
        await desk.inquires()
        late = await desk.record(one["id"])
        assert [notice["code"] for notice in late["attention"]] == ["decision-overdue"]

    async def test_may_be_cancelled_over_fhir_and_is_then_not_inquired_about(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        cancelled = await desk.amends(one, "3")
        assert (cancelled["status"], cancelled["request"]) == ("cancelled", None)
        due = "SELECT key FROM timers WHERE kind = 'inquire-payer'"
        assert await desk.service.query(text(due)) == []


class TestAFhirServerInTrouble:
    @pytest.mark.parametrize("fault", ["unavailable", "malformed_answer", "disconnect"])
    async def test_is_asked_again_and_the_answer_counts_once(self, desk: Any, fault: str) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1"})
        trouble = {"fault": fault, "call": "real_time", "kind": "PAS"}
        assert desk.payers.post("/faults", json=[trouble]).status_code < 300
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["request"]["attempts"]) == ("submitted", 1)
        await desk.edi.query(text("UPDATE exchanges SET asked_at = asked_at - interval '2 minutes' RETURNING id"))
        await desk.service.query(
            text("UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'ask-payer' RETURNING key")
        )
        await desk.service.run_timers()
        again = await desk.record(one["id"])
        assert (again["status"], len(desk.asked)) == ("approved", 1)
        assert len(await desk.told("AuthApproved")) == 1

    async def test_that_is_slow_within_the_rule_is_waited_for(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.rules({"decision": "A1"})
        slow = {"fault": "slow", "call": "real_time", "kind": "PAS", "seconds": 0.3}
        assert desk.payers.post("/faults", json=[slow]).status_code < 300
        assert (await desk.asks(await desk.registers()))["status"] == "approved"


class TestAFhirServerThatRefuses:
    async def test_turns_the_request_away_at_once_with_what_it_means_and_none_of_its_words(self, desk: Any) -> None:
        await desk.by_fhir()
        desk.payers.post("/faults", json=[{"fault": "refused", "call": "real_time", "kind": "PAS", "status": 422}])
        one = await desk.asks(await desk.registers())
        [notice] = one["attention"]
        assert (one["status"], one["request"], notice["code"]) == ("rejected", None, "fhir-business-rule")
        assert (notice["cause"], notice["next_step"]) == (
            "a rule of the payer forbids the request",
            "Call the payer and ask which rule.",
        )
        [exchange] = await exchanges(desk)
        assert (exchange["outcome"], exchange["code"]) == ("rejected", "fhir-business-rule")
        async with desk.edi.client("edi:read") as http:
            kept = await http.get(f"/interchanges/{exchange['response_id']}/content")
        assert kept.json()["resourceType"] == "OperationOutcome"
        assert await desk.service.query(text("SELECT key FROM timers WHERE kind = 'ask-payer'")) == []

    async def test_that_is_not_there_is_not_asked_again_either(self, desk: Any) -> None:
        await desk.by_fhir()
        moved = "UPDATE partners SET base_url = base_url || '/nowhere' WHERE wire = 'fhir' RETURNING id"
        assert await desk.edi.query(text(moved))
        one = await desk.asks(await desk.registers())
        assert (one["status"], [notice["code"] for notice in one["attention"]]) == ("rejected", ["http-404"])
        assert await desk.service.query(text("SELECT key FROM timers WHERE kind = 'ask-payer'")) == []

    async def test_of_something_lacking_says_so(self, desk: Any) -> None:
        await desk.by_fhir()
        partner = (await desk.http.get("/payers/MERIDIAN")).json()["partner_id"]
        bundle = json.dumps({"resourceType": "Bundle", "type": "collection"})
        question = {"reference": str(new_id()), "kind": "PAS", "payer_id": "MERIDIAN", "body": bundle}
        async with desk.edi.client("edi:write") as http:
            headers = {"Idempotency-Key": str(new_id())}
            answer = await http.post("/realtime", json=question | {"partner_id": partner}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (201, "fhir-required")


class TestTheWireOfAPayer:
    async def test_needs_its_fhir_server_for_pas_and_none_for_x12(self, desk: Any) -> None:
        for entry in ({"wire": "pas"}, {"wire": "x12", "partner_id": str(new_id())}):
            answer = await desk.http.put("/payers/MERIDIAN", json={"name": "Meridian Mutual"} | entry)
            assert answer.status_code == 422

    async def test_is_fhir_alone_for_pas_and_never_fhir_for_a_278(self, desk: Any) -> None:
        await desk.by_fhir()
        fhir = (await desk.http.get("/payers/MERIDIAN")).json()["partner_id"]
        bundle = json.dumps({"resourceType": "Bundle", "type": "collection"})
        refused = []
        async with desk.edi.client("edi:write") as http:
            for kind, partner, body in (
                ("278", fhir, "BHT*0007*13*1*20260101*1200~"),
                ("PAS", str(desk.partner_id), bundle),
                ("PAS", fhir, '{"resourceType": "Claim"}'),
            ):
                question = {"reference": str(new_id()), "kind": kind, "payer_id": "MERIDIAN", "body": body}
                headers = {"Idempotency-Key": str(new_id())}
                answer = await http.post("/realtime", json=question | {"partner_id": partner}, headers=headers)
                refused.append((answer.status_code, answer.json()["code"]))
        assert refused == [(422, "partner-wire"), (422, "partner-wire"), (422, "question-invalid")]

    async def test_of_fhir_takes_no_route_and_has_no_mailbox(self, desk: Any) -> None:
        await desk.by_fhir()
        fhir = (await desk.http.get("/payers/MERIDIAN")).json()["partner_id"]
        polls = await desk.edi.query(text("SELECT key FROM timers WHERE kind = 'poll-partner'"))
        assert [str(row["key"]) for row in polls] == [str(desk.partner_id)]
        async with desk.edi.client("edi:read", "edi:write") as http:
            partner = await http.get(f"/partners/{fhir}")
            facts = {name: value for name, value in partner.json().items() if name not in ("id", "version")}
            version = {"If-Match": f'"{partner.json()["version"]}"'}
            answer = await http.put(f"/partners/{fhir}", json=facts | {"payers": ["MERIDIAN"]}, headers=version)
        assert (answer.status_code, "FHIR" in answer.json()["mend"]) == (422, True)
