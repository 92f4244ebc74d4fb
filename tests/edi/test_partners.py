"""Partners: who the practice talks to, and where it never talks to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from common import migrations
from common.ids import new_id
from edi.main import SERVICE


async def register(wire: Any, facts: dict[str, Any]) -> Any:
    return await wire.http.post("/partners", json=facts, headers={"Idempotency-Key": str(new_id())})


@pytest.fixture
def second(partner_facts: dict[str, Any]) -> dict[str, Any]:
    """Another partner at the same clearinghouse."""
    return partner_facts | {"sender_id": "DERMSECOND", "payers": ["PAYERB"], "name": "Second"}


class TestRegistering:
    async def test_it_is_polled_at_once_and_then_at_its_interval(self, wire: Any) -> None:
        await wire.service.run_timers()
        assert wire.house.asked == ["GET /core/v1/results"]
        (timer,) = await wire.service.query(
            text("SELECT due_at > now() + interval '50 minutes' AS later FROM timers WHERE kind = 'poll-partner'")
        )
        assert timer["later"]

    @pytest.mark.parametrize(
        ("base_url", "code"),
        [
            ("https://elsewhere.example.com/x12", "partner-host-not-allowed"),
            ("http://169.254.169.254/latest", "partner-address-not-safe"),
            ("http://localhost:9/", "partner-host-not-allowed"),
            ("https://127.0.0.1@elsewhere.example.com/", "partner-address-not-safe"),
            ("https://127.0.0.1/?a=b", "partner-address-not-safe"),
            ("ftp://127.0.0.1/", "partner-address-not-safe"),
            ("http://127.0.0.1:99999/", "partner-address-not-safe"),
            ("http:///nothing", "partner-address-not-safe"),
        ],
    )
    async def test_an_address_that_the_installation_does_not_allow_is_refused(
        self, wire: Any, second: dict[str, Any], base_url: str, code: str
    ) -> None:
        answer = await register(wire, second | {"base_url": base_url})
        assert (answer.status_code, answer.json()["code"]) == (422, code)

    @pytest.mark.parametrize(
        "change",
        [
            {"sender_id": "LONGER THAN FIFTEEN"},
            {"sender_id": "STAR*"},
            {"sender_qualifier": "QQ"},
            {"receiver_id": " X"},
            {"usage": "Q"},
            {"payers": ["a payer"]},
            {"delimiters": {"element": "~"}},
            {"delimiters": {"element": "A"}},
            {"time_zone": "Mars/Olympus"},
            {"poll_seconds": 0},
            {"surprise": 1},
        ],
    )
    async def test_facts_that_fit_no_envelope_are_refused(
        self, wire: Any, second: dict[str, Any], change: dict[str, Any]
    ) -> None:
        answer = await register(wire, second | change)
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_a_sender_id_belongs_to_one_partner_in_all_practices(
        self, wire: Any, second: dict[str, Any], partner_facts: dict[str, Any]
    ) -> None:
        async with wire.service.client("edi:write", practices=[new_id()]) as other:
            taken = await other.post("/partners", json=partner_facts, headers={"Idempotency-Key": str(new_id())})
            assert (taken.status_code, taken.json()["code"]) == (409, "sender-taken")
            free = await other.post("/partners", json=second, headers={"Idempotency-Key": str(new_id())})
            assert free.status_code == 201, free.text

    async def test_a_payer_goes_one_way(self, wire: Any, second: dict[str, Any]) -> None:
        answer = await register(wire, second | {"payers": ["*"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "payer-routed-twice")
        assert str(wire.partner_id) in answer.json()["detail"]

    async def test_a_payers_own_partner_goes_before_the_one_for_all_others(
        self, wire: Any, second: dict[str, Any]
    ) -> None:
        own = (await register(wire, second)).json()["id"]
        named = await wire.transmission(await wire.transmit(payer_id="PAYERB"))
        other = await wire.transmission(await wire.transmit(payer_id="PAYERC"))
        assert (named["partner_id"], other["partner_id"]) == (own, str(wire.partner_id))
        assert (named["interchange_control"], other["interchange_control"]) == ("000000001", "000000001")


class TestAmending:
    async def test_it_needs_the_version_that_was_read(self, wire: Any, partner_facts: dict[str, Any]) -> None:
        path = f"/partners/{wire.partner_id}"
        assert (await wire.http.get(path)).headers["etag"] == '"1"'
        assert (await wire.http.put(path, json=partner_facts)).status_code == 428
        amended = await wire.http.put(path, json=partner_facts | {"usage": "P"}, headers={"If-Match": '"1"'})
        assert (amended.status_code, amended.headers["etag"], amended.json()["usage"]) == (200, '"2"', "P")
        assert (await wire.http.put(path, json=partner_facts, headers={"If-Match": '"1"'})).status_code == 412

    async def test_what_is_queued_goes_to_the_new_address(self, wire: Any, partner_facts: dict[str, Any]) -> None:
        wrong = partner_facts | {"base_url": "http://127.0.0.1:1"}
        path = f"/partners/{wire.partner_id}"
        assert (await wire.http.put(path, json=wrong, headers={"If-Match": '"1"'})).status_code == 200
        transmission_id = await wire.transmit()
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "queued"
        assert (await wire.http.put(path, json=partner_facts, headers={"If-Match": '"2"'})).status_code == 200
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "sent"
        assert wire.house.controls == ["000000001"]


class TestTheDatabase:
    async def test_up_leaves_what_the_code_declares_and_down_leaves_nothing(
        self, postgres: Any, worker_name: str
    ) -> None:
        from common.testing.databases import create_empty

        database = await create_empty(postgres, "edi", f"updown_edi_{worker_name}")
        await migrations.upgrade("edi", SERVICE.migrations, database.owner_url)
        assert await migrations.differences(SERVICE.metadata, database.owner_url) == []
        await migrations.downgrade("edi", SERVICE.migrations, database.owner_url, "base")
        await migrations.upgrade("edi", SERVICE.migrations, database.owner_url)
