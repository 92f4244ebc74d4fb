"""The wire over SFTP: whose server it is, files that are still written, and what is cleared away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from sqlalchemy import text
from stored import everything_stored

from common.ids import new_id
from edi.operations import polling, sending

Write = Callable[..., bytes]

pytestmark = pytest.mark.parametrize("on", ["sftp"], indirect=True)
OTHER_KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()


async def amend(wire: Any, facts: dict[str, Any], version: int = 1, **folders: Any) -> None:
    changed = facts | {"folders": facts["folders"] | folders}
    answer = await wire.http.put(f"/partners/{wire.partner_id}", json=changed, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text


async def mailbox(wire: Any) -> dict[str, Any]:
    return (await wire.http.get(f"/partners/{wire.partner_id}/mailbox")).json()


class TestTheServer:
    async def test_with_another_host_key_is_never_spoken_to(
        self, wire: Any, partner_facts: dict[str, Any], advice: Write
    ) -> None:
        await amend(wire, partner_facts, host_keys=[OTHER_KEY])
        wire.house.put(advice(905))
        transmission_id = await wire.transmit()
        await wire.run()
        await wire.poll()
        assert await wire.stopped() == ["partner-host-key-wrong"]
        assert (await mailbox(wire))["last_error"] == "partner-host-key-wrong"
        assert wire.house.asked == []
        assert (await wire.transmission(transmission_id))["attempts"][0]["outcome"] == "partner-host-key-wrong"

    async def test_that_changes_its_key_is_pinned_with_both_until_it_did(
        self, wire: Any, partner_facts: dict[str, Any]
    ) -> None:
        await amend(wire, partner_facts, host_keys=[OTHER_KEY, wire.house.host_key])
        transmission_id = await wire.transmit()
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "sent"

    @pytest.mark.parametrize("keys", [[], ["nonsense"], ["ssh-ed25519 short"]])
    async def test_is_not_registered_without_its_key(
        self, wire: Any, partner_facts: dict[str, Any], keys: list[str]
    ) -> None:
        facts = partner_facts | {"sender_id": "DERMTWO", "payers": [], "folders": {"host_keys": keys}}
        answer = await wire.http.post("/partners", json=facts, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == 422

    async def test_that_does_not_know_our_key_shows_it_in_the_mailbox(
        self, wire: Any, secrets_folder: Path, partner_facts: dict[str, Any]
    ) -> None:
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(secrets_folder / "another-key")
        changed = partner_facts | {"access": partner_facts["access"] | {"secret": "another-key"}}
        await wire.http.put(f"/partners/{wire.partner_id}", json=changed, headers={"If-Match": '"1"'})
        await wire.poll()
        assert (await mailbox(wire))["last_error"] == "access-denied"

    async def test_the_practices_key_can_be_exchanged_without_a_restart(
        self, wire: Any, secrets_folder: Path, partner_facts: dict[str, Any]
    ) -> None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        before = (secrets_folder / "partner-key").read_bytes()
        key.write_private_key(secrets_folder / "partner-key")
        try:
            await wire.poll()
            assert (await mailbox(wire))["last_error"] == "access-denied"
            wire.house.ask("PATCH", "/sftp", {"keys": {"DERMGROUP": key.export_public_key().decode()}})
            await wire.poll()
            assert (await mailbox(wire))["last_error"] is None
        finally:
            (secrets_folder / "partner-key").write_bytes(before)

    async def test_a_secret_that_is_no_key_is_told_from_its_name_alone(
        self, wire: Any, secrets_folder: Path, partner_facts: dict[str, Any]
    ) -> None:
        (secrets_folder / "not-a-key").write_text("hunter2-hunter2")
        changed = partner_facts | {"access": partner_facts["access"] | {"secret": "not-a-key"}}
        await wire.http.put(f"/partners/{wire.partner_id}", json=changed, headers={"If-Match": '"1"'})
        await wire.transmit()
        await wire.run()
        assert await wire.stopped() == ["partner-secret-missing"]
        rows = await wire.service.query(text("SELECT stopped_reason FROM timers WHERE stopped_at IS NOT NULL"))
        assert "not-a-key" in rows[0]["stopped_reason"]
        assert "hunter2" not in rows[0]["stopped_reason"]


class TestSending:
    async def test_a_file_is_written_under_another_name_and_appears_whole(self, wire: Any) -> None:
        await wire.transmit()
        await wire.run()
        written, renamed = (line for line in wire.house.asked if "inbound" in line)
        assert written.startswith("SFTP WRITE inbound/.DERMGROUP_000000001_")
        assert written.endswith(".1.part")
        final = renamed.rpartition("/")[2]
        assert not final.startswith(".")
        assert final.endswith(".x12")

    async def test_a_file_that_the_partner_leaves_lying_is_not_sent_again(self, wire: Any) -> None:
        wire.house.ask("PATCH", "/sftp", {"keeps_uploads": True})
        wire.house.goes_wrong("disconnect", taken=True)
        transmission_id = await wire.transmit()
        await wire.run()
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "sent"
        assert wire.house.controls == ["000000001"]

    async def test_a_process_that_was_thought_dead_sends_nothing_more(self, wire: Any) -> None:
        transmission_id = await wire.transmit()
        slow = sending._begin
        first = await slow(wire.service.uow(), transmission_id)
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "sent"
        assert first is not None
        with pytest.raises(Exception, match="no longer at version 1"):
            await sending._staged(wire.service.uow(), first)
        assert wire.house.controls == ["000000001"]

    async def test_what_was_half_sent_to_the_old_address_goes_whole_to_the_new_one(
        self, wire: Any, partner_facts: dict[str, Any], start_clearinghouse: Callable[..., Any], secrets_folder: Path
    ) -> None:
        wire.house.goes_wrong("disconnect", taken=True)
        transmission_id = await wire.transmit()
        await wire.run()
        other = start_clearinghouse()
        other.begin()
        other.ask("PATCH", "/sftp", {"keys": {"DERMGROUP": (secrets_folder / "partner-key.pub").read_text()}})
        await amend(wire, partner_facts | {"base_url": other.sftp_url}, host_keys=[other.host_key])
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "sent"
        assert other.controls == ["000000001"]


class TestPickingUp:
    async def test_what_was_taken_in_is_cleared_away_and_nothing_else(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(1))
        wire.house.put(advice(2, trace="EFT2"), name=".hidden")
        wire.house.put(advice(3, trace="EFT3"), name="later.part")
        await wire.poll()
        assert wire.house.left == [".hidden", "later.part"]
        assert [file["name"] for file in await wire.items("/files")] == ["file-1.x12"]

    async def test_the_name_that_its_partner_gave_it_stands_nowhere_in_plain(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(1), name="CANARYFAMILY.835")
        await wire.poll()
        assert [file["name"] for file in await wire.items("/files")] == ["CANARYFAMILY.835"]
        assert b"CANARY" not in await everything_stored(wire.service)

    async def test_what_is_remembered_of_it_is_forgotten_after_a_while(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(1))
        await wire.poll()
        aged = "UPDATE pickups SET noted_at = noted_at - interval '11 minutes' RETURNING name"
        [remembered] = await wire.service.query(text(aged))
        assert "file-1" not in remembered["name"]
        await wire.poll()
        assert list(await wire.service.query(text("SELECT name FROM pickups"))) == []

    async def test_it_is_moved_into_the_archive_where_there_is_one(
        self, wire: Any, partner_facts: dict[str, Any], advice: Write
    ) -> None:
        await amend(wire, partner_facts, archive="archive")
        wire.house.put(advice(1))
        await wire.poll()
        assert wire.house.left == []
        assert any(line.startswith("SFTP RENAME outbound/file-1.x12 archive/") for line in wire.house.asked)

    async def test_a_file_that_is_still_written_is_left_alone_until_it_is_whole(self, wire: Any, advice: Write) -> None:
        whole = advice(905)
        wire.house.put(whole[:200], name="growing.x12")
        await polling.poll(wire.service.uow(), wire.partner_id)
        await polling.poll(wire.service.uow(), wire.partner_id)
        assert await wire.items("/files") == []
        assert wire.house.left == ["growing.x12"]

    async def test_a_file_that_stays_cut_short_is_kept_apart_at_the_third_look(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905)[:200])
        wire.house.put(advice(906, trace="EFT2"))
        await polling.poll(wire.service.uow(), wire.partner_id)
        assert [file["status"] for file in await wire.items("/files")] == ["processed"]
        for _ in range(2):
            await polling.poll(wire.service.uow(), wire.partner_id)
        (waiting,) = await wire.items("/quarantine")
        assert waiting["reason"] == "malformed"
        assert wire.house.left == []

    async def test_a_file_that_cannot_be_cleared_away_is_taken_in_once(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905))
        wire.house.goes_wrong("refused", call="clear", times=2)
        for _ in range(2):
            await wire.poll()
            assert (await mailbox(wire))["last_error"] == "http-403"
        await wire.poll()
        assert (await mailbox(wire))["last_error"] is None
        assert [file["status"] for file in await wire.items("/files")] == ["processed"]
        assert wire.house.left == []
        assert len(await wire.service.published("InterchangeReceived")) == 1

    @pytest.mark.parametrize("call", ["listing", "read", "clear"])
    @pytest.mark.parametrize("taken", [False, True])
    async def test_a_connection_that_breaks_anywhere_loses_and_doubles_nothing(
        self, wire: Any, advice: Write, call: str, taken: bool
    ) -> None:
        for number in (1, 2, 3):
            wire.house.put(advice(number, trace=f"EFT{number}"))
        wire.house.goes_wrong("disconnect", call=call, taken=taken)
        await wire.poll()
        assert (await mailbox(wire))["last_error"] == "broken-connection"
        await wire.poll()
        assert [file["status"] for file in await wire.items("/files")] == ["processed"] * 3
        assert wire.house.left == []

    async def test_a_server_that_hangs_is_given_up(self, wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("edi.operations.sftp_line.CALL_SECONDS", 1.0)
        wire.house.goes_wrong("hang", call="listing", seconds=20)
        async with asyncio.timeout(10):
            await wire.poll()
        assert (await mailbox(wire))["last_error"] == "timeout"
