"""A partner's mailbox is looked at: every file once, and none lost whatever step a look ends at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import x12
from edi.operations import polling

Write = Callable[..., bytes]
on_either_wire = pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)


class TestPolling:
    @on_either_wire
    async def test_a_remittance_is_archived_and_the_others_are_told(self, wire: Any, advice: Write) -> None:
        content = advice(905)
        wire.house.put(content)
        await wire.poll()
        (event,) = await wire.service.published("InterchangeReceived")
        assert event.data == {
            "interchange_id": str(event.key),
            "kind": "835",
            "partner_id": str(wire.partner_id),
            "interchange_control": "000000905",
            "sets": 1,
        }
        assert (await wire.http.get(f"/interchanges/{event.key}/content")).content == content
        (file,) = await wire.items("/files")
        assert (file["status"], file["reason"], file["source"]) == ("processed", None, "mailbox")

    @on_either_wire
    async def test_our_own_999_goes_back_through_the_same_door(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905))
        await wire.poll()
        await wire.run()
        (sent,) = wire.house.taken
        (ack,) = [received.value for received in x12.read_functional_acks(sent)]
        assert (ack.functional_id, ack.group_control_number, ack.code) == ("HP", "905", "A")
        assert [(each.kind, each.code) for each in ack.sets] == [("835", "A")]
        (told,) = await wire.items("/transmissions")
        assert (told["kind"], told["status"], told["acknowledge_by"]) == ("999", "sent", None)
        (received,) = await wire.items("/interchanges?direction=in")
        assert told["reference"] == received["id"]

    async def test_a_999_is_not_answered_with_a_999(self, wire: Any, functional_ack: Write) -> None:
        wire.house.put(functional_ack(1, "77"))
        await wire.poll()
        assert await wire.items("/transmissions") == []
        assert await wire.service.published() == []

    @on_either_wire
    async def test_several_interchanges_in_one_file_are_each_their_own(
        self, wire: Any, advice: Write, functional_ack: Write
    ) -> None:
        parts = [advice(905), functional_ack(906, "77"), advice(907, trace="EFT2")]
        wire.house.put(b"\r\n".join(parts))
        await wire.poll()
        rows = await wire.items("/interchanges?direction=in")
        assert [(row["control"], row["kind"], row["ordinal"]) for row in rows] == [
            ("000000905", "835", 1),
            ("000000906", "999", 2),
            ("000000907", "835", 3),
        ]
        for row, part in zip(rows, parts, strict=True):
            assert (await wire.http.get(f"/interchanges/{row['id']}/content")).content == part
        assert len(await wire.service.published("InterchangeReceived")) == 2

    async def test_looking_again_takes_nothing_twice_and_only_asks_for_what_is_new(
        self, wire: Any, advice: Write
    ) -> None:
        for number in range(1, 4):
            wire.house.put(advice(number, trace=f"EFT{number}"))
        await wire.poll()
        wire.house.put(advice(4, trace="EFT4"))
        await wire.poll()
        await wire.poll()
        reads = [path for path in wire.house.asked if path.startswith("GET /core/v1/results/")]
        assert reads == [f"GET /core/v1/results/{name}" for name in wire.house.picked_up("http")]
        assert len(await wire.items("/files")) == 4

    @on_either_wire
    async def test_a_crash_after_any_step_of_looking_neither_loses_nor_doubles(
        self, wire: Any, on: str, advice: Write, crash_after: Callable[..., Awaitable[bool]]
    ) -> None:
        number = 0
        for steps in range(0, 400, 2):
            for _ in range(2):
                number += 1
                wire.house.put(advice(number, trace=f"EFT{number}"))
            crashed = await crash_after(polling.poll(wire.service.uow(), wire.partner_id), steps)
            await polling.poll(wire.service.uow(), wire.partner_id)
            if not crashed:
                break
        rows = await wire.items("/files?limit=200")
        assert [row["name"] for row in rows] == wire.house.picked_up(on)
        assert {row["status"] for row in rows} == {"processed"}
        events = await wire.service.published("InterchangeReceived")
        assert [int(event.data["interchange_control"]) for event in events] == list(range(1, number + 1))
        assert number > 40

    async def test_a_partner_that_is_down_is_looked_at_again_later_and_shows_it(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(1))
        wire.house.goes_wrong("unavailable", call="listing", times=4)
        await wire.poll()
        mailbox = (await wire.http.get(f"/partners/{wire.partner_id}/mailbox")).json()
        assert (mailbox["failures"], mailbox["last_error"]) == (1, "status-503")
        assert await wire.items("/files") == []
        await wire.poll()
        mailbox = (await wire.http.get(f"/partners/{wire.partner_id}/mailbox")).json()
        assert (mailbox["failures"], mailbox["last_error"]) == (0, None)
        assert len(await wire.items("/files")) == 1

    async def test_a_download_that_differs_from_the_listing_is_tried_again_and_then_kept_apart(
        self, wire: Any, advice: Write
    ) -> None:
        wire.house.put(advice(1), kind="835")
        wire.house.put(advice(2, trace="EFT2"))
        wire.house.goes_wrong("malformed_answer", call="read", kind="835", times=4)
        for _ in range(3):
            await wire.poll()
            assert await wire.items("/files") == []
        await wire.poll()
        damaged, fine = await wire.items("/files")
        assert (damaged["status"], damaged["reason"]) == ("quarantined", "damaged-download")
        assert fine["status"] == "processed"

    async def test_a_file_that_the_partner_will_not_give_does_not_hold_up_the_next(
        self, wire: Any, advice: Write
    ) -> None:
        wire.house.put(advice(1), name="gone.x12", kind="835")
        wire.house.put(advice(2, trace="EFT2"))
        wire.house.goes_wrong("refused", call="read", kind="835", status=404)
        await wire.poll()
        missing, fine = await wire.items("/files")
        assert (missing["status"], missing["reason"], missing["sha256"]) == ("quarantined", "not-fetched", None)
        assert fine["status"] == "processed"
        refused = await wire.release(missing["id"])
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-read")
        given = await wire.release(missing["id"], advice(1))
        assert given.status_code == 200, given.text
        assert len(await wire.service.published("InterchangeReceived")) == 2

    @on_either_wire
    async def test_two_processes_looking_at_once_take_a_file_once(self, wire: Any, advice: Write) -> None:
        for number in range(1, 6):
            wire.house.put(advice(number, trace=f"EFT{number}"))
        await asyncio.gather(
            *(polling.poll(wire.service.uow(), wire.partner_id) for _ in range(3)), return_exceptions=True
        )
        await wire.poll()
        assert [file["status"] for file in await wire.items("/files")] == ["processed"] * 5
        assert len(await wire.service.published("InterchangeReceived")) == 5
