"""A payer tells over FHIR that what it pended is decided: by its own server, through the real edi."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import text
from whole_platform import alone_on, recreate_topics

from authorizations.main import SERVICE as AUTHORIZATIONS
from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE as EDI
from edi.store import subscriptions

PATIENCE = 200
TOPICS = tuple(f"dermbill.{name}" for name in ("edi", "authorizations", "encounters", "patients"))


async def subscribes(desk: Any, content: str = "full-resource") -> dict[str, Any]:
    """The practice asks the payer to be told, and the payer has shaken hands."""
    await desk.by_fhir()
    partner_id = (await desk.http.get("/payers/MERIDIAN")).json()["partner_id"]
    async with desk.edi.client("edi:read", "edi:write") as http:
        path = f"/partners/{partner_id}/subscription"
        asked = await http.put(path, json={"content": content})
        assert (asked.status_code, asked.json()["status"]) == (200, "requested")
        await desk.edi.run_timers()
        for _ in range(PATIENCE):
            standing = (await http.get(path)).json()
            if standing["status"] == "active":
                return standing
            await asyncio.sleep(0.05)
    pytest.fail(f"the payer did not shake hands: {standing}")


async def told(desk: Any, count: int) -> list[dict[str, Any]]:
    """What the payer told once it has told `count` times, oldest first."""
    async with desk.edi.client("edi:read") as http:
        for _ in range(PATIENCE):
            found = (await http.get("/interchanges", params={"kind": "PASNOTIFICATION"})).json()["items"]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)
    pytest.fail(f"the payer told {len(found)} times: {desk.payers.get('/notices').json()}")


async def hears(desk: Any, *, times: int = 1) -> None:
    """The desk hears of what edi has, each time as Kafka may bring it."""
    events = [event for event in await desk.edi.published("InterchangeReceived") if event.data["kind"] != "278"]
    for event in events * times:
        await desk.service.deliver("org.dermbill.edi.InterchangeReceived.v1", event.data, key=event.key)
    await desk.service.run_timers()


async def sent(desk: Any, content: bytes, path: str) -> tuple[int, str]:
    """Something that comes to the door of notifications, by the secret that the payer has."""
    async with desk.edi.client(token=await secret(desk)) as http:
        answer = await http.post(path, content=content, headers={"Content-Type": "application/fhir+json"})
    return answer.status_code, answer.json()["code"] if answer.content else ""


async def secret(desk: Any) -> str:
    """As it stands in the Subscription that went to the payer."""
    [row] = await desk.edi.query(text("SELECT id FROM subscriptions"))
    async with desk.edi.uow().begin() as tx:
        return await subscriptions.secret_of(tx, row["id"])


class TestAPayerThatTells:
    async def test_its_final_answer_is_kept_once_whatever_comes_twice(self, desk: Any) -> None:
        standing = await subscribes(desk)
        desk.rules({"decision": "A1", "days": 3})
        desk.payers.post("/faults", json=[{"fault": "duplicate", "kind": "PASNOTIFICATION"}])
        one = await desk.asks(await desk.registers())
        assert one["status"] == "pended"
        desk.days_pass(4)
        [notification] = await told(desk, 1)
        await hears(desk, times=2)
        decided = await desk.record(one["id"])
        assert (decided["status"], decided["request"]) == ("approved", None)
        assert [event["number"] for event in await desk.told("AuthApproved")] == [decided["number"]]
        async with desk.edi.client("edi:read") as http:
            raw = await http.get(f"/interchanges/{notification['id']}/content")
        kept = await desk.http.get(f"/authorizations/{one['id']}/answer.fhir.json")
        assert kept.content == raw.content
        assert standing["filter"] is None
        assert await desk.service.query(text("SELECT key FROM timers WHERE kind = 'inquire-payer'")) == []

    async def test_nonsense_first_and_its_answer_after_it_loses_nothing(self, desk: Any) -> None:
        await subscribes(desk)
        desk.rules({"decision": "A1", "days": 3})
        desk.payers.post("/faults", json=[{"fault": "malformed", "kind": "PASNOTIFICATION"}])
        one = await desk.asks(await desk.registers())
        desk.days_pass(4)
        await told(desk, 1)
        await hears(desk)
        async with desk.edi.client("edi:read") as http:
            held = (await http.get("/quarantine")).json()["items"]
        assert ((await desk.record(one["id"]))["status"], len(held)) == ("approved", 1)
        assert [each["status"] for each in desk.payers.get("/notices").json()] == [200, 422, 200]

    async def test_only_that_something_changed_is_asked_at_once(self, desk: Any) -> None:
        await subscribes(desk, "id-only")
        desk.rules({"decision": "A3", "reason": "0U", "days": 3})
        one = await desk.asks(await desk.registers())
        desk.days_pass(4)
        await told(desk, 1)
        await hears(desk)
        await desk.service.run_timers()
        decided = await desk.record(one["id"])
        assert (decided["status"], decided["reasons"]) == ("denied", ["0U"])

    async def test_nothing_it_told_before_the_decision_or_after_it_changes_anything(self, desk: Any) -> None:
        await subscribes(desk)
        desk.rules({"decision": "A1", "days": 3})
        one = await desk.asks(await desk.registers())
        desk.days_pass(4)
        [final] = await told(desk, 1)
        async with desk.edi.client("edi:read") as http:
            bundle = (await http.get(f"/interchanges/{final['id']}/content")).json()
        path = f"/notifications/{desk.edi.practice_id}/{await subscription_id(desk)}"
        early = json.loads(json.dumps(bundle).replace('"A1"', '"A4"').replace('"complete"', '"queued"'))
        assert await sent(desk, json.dumps(early).encode(), path) == (200, "")
        await hears(desk)
        approved = await desk.record(one["id"])
        denied = json.dumps(bundle).replace('"A1"', '"A3"').encode()
        assert await sent(desk, denied, path) == (200, "")
        await hears(desk)
        assert (approved["status"], (await desk.record(one["id"]))["version"]) == ("approved", approved["version"])

    async def test_what_it_decided_while_its_first_answer_was_lost_is_kept_and_nothing_is_asked_again(
        self, desk: Any
    ) -> None:
        await subscribes(desk)
        desk.rules({"decision": "A1", "days": 3})
        desk.payers.post("/faults", json=[{"fault": "answer_lost", "call": "real_time", "kind": "PAS"}])
        one = await desk.asks(await desk.registers())
        assert (one["status"], one["request"]["stage"]) == ("submitted", "asking")
        desk.days_pass(4)
        await told(desk, 1)
        await hears(desk)
        decided = await desk.record(one["id"])
        assert (decided["status"], decided["request"]) == ("approved", None)
        assert await desk.service.query(text("SELECT key FROM timers WHERE kind = 'ask-payer'")) == []
        assert len(await desk.told("AuthApproved")) == 1

    async def test_what_is_late_is_found_by_inquiry_meanwhile(self, desk: Any) -> None:
        await subscribes(desk)
        desk.rules({"decision": "A1", "days": 3})
        desk.payers.post("/faults", json=[{"fault": "late", "kind": "PASNOTIFICATION", "days": 5}])
        one = await desk.asks(await desk.registers())
        desk.days_pass(4)
        await desk.inquires()
        approved = await desk.record(one["id"])
        desk.days_pass(6)
        await told(desk, 1)
        await hears(desk)
        assert (approved["status"], (await desk.record(one["id"]))["version"]) == ("approved", approved["version"])


async def subscription_id(desk: Any) -> str:
    [row] = await desk.edi.query(text("SELECT id FROM subscriptions"))
    return str(row["id"])


class TestOverKafka:
    async def test_a_decision_goes_from_the_payer_s_server_to_the_record_by_itself(
        self, desk: Any, run_service: Callable[..., Awaitable[Running]], kafka: str
    ) -> None:
        await subscribes(desk)
        desk.rules({"decision": "A1", "days": 3})
        one = await desk.asks(await desk.registers())
        await asyncio.to_thread(desk.payers.post, "/faults", json=[{"fault": "duplicate", "kind": "PASNOTIFICATION"}])
        async with AsyncExitStack() as stack:
            await asyncio.to_thread(stack.enter_context, alone_on(kafka))
            await recreate_topics(kafka, dict.fromkeys(TOPICS, 1))
            over = {"bootstrap_servers": kafka, "work": True}
            await run_service(EDI, database=desk.edi.database, edi_allowed_hosts="127.0.0.1", **over)
            urls = {"patients_url": desk.line.url, "edi_url": desk.line.url}
            await run_service(AUTHORIZATIONS, database=desk.service.database, **urls, **over)
            await asyncio.to_thread(desk.days_pass, 4)
            for _ in range(PATIENCE):
                decided = await desk.record(one["id"])
                if decided["status"] == "approved":
                    break
                await asyncio.sleep(0.1)
        assert (decided["status"], decided["request"]) == ("approved", None)
        assert len(await desk.told("AuthApproved")) == 1


class TestTheDoorOfNotifications:
    async def test_takes_only_the_partner_s_own_word_and_loses_nothing(self, desk: Any) -> None:
        await subscribes(desk)
        id, practice = await subscription_id(desk), desk.edi.practice_id
        path = f"/notifications/{practice}/{id}"
        heartbeat = notification(await remote_id(desk), "heartbeat")
        assert await sent(desk, heartbeat, path) == (200, "")
        assert await sent(desk, heartbeat, f"/notifications/{new_id()}/{id}") == (404, "subscription-unknown")
        assert await sent(desk, heartbeat, f"/notifications/{practice}/{new_id()}") == (404, "subscription-unknown")
        assert await sent(desk, heartbeat, f"/notifications/{practice}/none") == (404, "subscription-unknown")
        async with desk.edi.client(token="another") as http:
            headers = {"Content-Type": "application/fhir+json"}
            wrong = await http.post(path, content=heartbeat, headers=headers)
            del http.headers["authorization"]
            none = await http.post(path, content=heartbeat, headers=headers)
        assert [(each.status_code, each.json()["code"]) for each in (wrong, none)] == [
            (401, "token-wrong"),
            (401, "token-missing"),
        ]

    async def test_keeps_what_is_no_notification_for_a_person_and_says_where_it_fails(self, desk: Any) -> None:
        await subscribes(desk)
        path = f"/notifications/{desk.edi.practice_id}/{await subscription_id(desk)}"
        bodies = (b"<html>", b'{"resourceType": "Patient"}', notification("another", "heartbeat"))
        assert {await sent(desk, body, path) for body in bodies} == {(422, "notification-unreadable")}
        async with desk.edi.client("edi:read") as http:
            held = (await http.get("/quarantine")).json()["items"]
        assert [each["flaws"][0]["what"] for each in held] == [
            "the body is not JSON.",
            "Bundle is not what the body is.",
            "Bundle.entry[0].resource subscription is another one.",
        ]
        assert (await desk.edi.query(text("SELECT last_event FROM subscriptions")))[0]["last_event"] == 0

    async def test_is_closed_when_the_practice_ends_the_subscription(self, desk: Any) -> None:
        standing = await subscribes(desk)
        path = f"/notifications/{desk.edi.practice_id}/{standing['id']}"
        async with desk.edi.client("edi:read", "edi:write") as http:
            of_partner = f"/partners/{standing['partner_id']}/subscription"
            assert (await http.delete(of_partner)).status_code == 204
            assert (await http.get(of_partner)).status_code == 404
        assert await sent(desk, notification(standing["remote_id"], "heartbeat"), path) == (404, "subscription-unknown")
        await desk.edi.run_timers()
        gone = desk.payers.get(f"/../fhir/Subscription/{standing['remote_id']}")
        assert gone.status_code == 404

    async def test_asks_again_where_the_partner_forgot(self, desk: Any) -> None:
        standing = await subscribes(desk)
        desk.payers.delete(f"/../fhir/Subscription/{standing['remote_id']}")
        due = "UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'keep-subscription' RETURNING key"
        assert await desk.edi.query(text(due))
        await desk.edi.run_timers()
        assert await remote_id(desk) not in (None, standing["remote_id"])


async def remote_id(desk: Any) -> str:
    return (await desk.edi.query(text("SELECT remote_id FROM subscriptions")))[0]["remote_id"]


def notification(remote: str, purpose: str) -> bytes:
    status = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "subscription", "valueReference": {"reference": f"Subscription/{remote}"}},
            {"name": "type", "valueCode": purpose},
        ],
    }
    return json.dumps({"resourceType": "Bundle", "type": "history", "entry": [{"resource": status}]}).encode()
