"""Out: numbered, archived, sent once, whatever breaks on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import x12
from common.http import RemoteUnavailable
from common.ids import new_id
from common.refusal import Refusal
from edi.operations import sending
from edi.store import partners

Write = Callable[..., bytes]
CrashAfter = Callable[..., Awaitable[bool]]

on_either_wire = pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)


@on_either_wire
class TestTransmitting:
    async def test_bodies_become_one_interchange_with_a_set_for_each(self, wire: Any) -> None:
        bodies = [f"BHT*0019*00*{n}*20260302*1200*CH~HL*1**20*1~" for n in range(3)]
        transmission_id = await wire.transmit(bodies)
        await wire.run()

        (sent,) = wire.house.taken
        (summary,) = x12.read_interchanges(sent)
        assert summary.findings == ()
        assert summary.interchange.control_number == "000000001"
        assert (summary.interchange.sender, summary.interchange.receiver) == ("DERMGROUP", "CLEARINGHOUSE")
        assert summary.interchange.usage == "T"
        assert [item.set.control_number for item in summary.groups[0].sets] == ["0001", "0002", "0003"]
        told = await wire.transmission(transmission_id)
        assert (told["status"], told["sets"], told["interchange_control"]) == ("sent", 3, "000000001")
        assert [each["outcome"] for each in told["attempts"]] == ["sent"]

    async def test_the_archive_has_the_very_bytes_that_were_sent_and_notes_who_read_them(self, wire: Any) -> None:
        transmission_id = await wire.transmit()
        await wire.run()
        told = await wire.transmission(transmission_id)
        answer = await wire.http.get(f"/interchanges/{told['interchange_id']}/content")
        assert answer.content == wire.house.taken[0]
        assert answer.headers["content-type"] == "application/edi-x12"
        reads = await wire.service.query(
            text(
                "SELECT actor FROM audit_trail WHERE action = 'read' AND kind = 'interchange' AND subject = :id"
            ).bindparams(id=UUID(told["interchange_id"]))
        )
        assert [row["actor"] for row in reads] == ["staff-1"]

    async def test_the_others_are_told_once_it_is_there(self, wire: Any) -> None:
        reference = new_id()
        transmission_id = await wire.transmit(reference=str(reference))
        assert await wire.service.published() == []
        await wire.run()
        (event,) = await wire.service.published("TransmissionSent")
        assert event.key == transmission_id
        assert event.data == {
            "transmission_id": str(transmission_id),
            "reference": str(reference),
            "kind": "837P",
            "interchange_control": "000000001",
            "group_control": "1",
        }

    async def test_the_same_request_twice_is_one_transmission(self, wire: Any) -> None:
        key, reference = str(new_id()), str(new_id())
        first = await wire.post_transmission(key=key, reference=reference)
        second = await wire.post_transmission(key=key, reference=reference)
        assert first.json() == second.json()
        assert second.headers["Idempotent-Replayed"] == "true"
        await wire.run()
        assert len(wire.house.taken) == 1

    async def test_the_partners_delimiters_are_used(self, wire: Any, partner_facts: dict[str, Any]) -> None:
        marks = {"element": "|", "component": ">", "segment": "!", "repetition": "#"}
        answer = await wire.http.put(
            f"/partners/{wire.partner_id}", json=partner_facts | {"delimiters": marks}, headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 200, answer.text
        await wire.transmit()
        await wire.run()
        assert wire.house.taken[0][3:4] == b"|"
        assert x12.sniff(wire.house.taken[0]).interchange.delimiters == x12.Delimiters("|", ">", "!", "#")


class TestRefusing:
    async def test_a_payer_without_a_route_is_refused_with_what_to_do(
        self, wire: Any, partner_facts: dict[str, Any]
    ) -> None:
        routed = partner_facts | {"payers": ["PAYERB"]}
        await wire.http.put(f"/partners/{wire.partner_id}", json=routed, headers={"If-Match": '"1"'})
        answer = await wire.post_transmission(payer_id="PAYERA")
        assert (answer.status_code, answer.json()["code"]) == (409, "no-route")
        assert "PAYERA" in answer.json()["detail"]
        assert answer.json()["mend"]
        assert (await wire.post_transmission(payer_id="PAYERB")).status_code == 202

    @pytest.mark.parametrize(
        ("body", "place"),
        [
            ("BHT*0019*00*1~ST*837*0001~", 2),
            ("BHT*0019*00*1~IEA*1*000000001~", 2),
            ("HL*1**20*1~", 1),
            ("BHT*0019*00*1", 1),
            ("BHT*0019*00*1~hl*1~", 2),
            ("BHT*0019*00*1~~HL*1~", 2),
            ("BHT*0019*00*1~HL*1\n~", 2),
            ("~", 1),
        ],
    )
    async def test_a_body_that_is_no_body_is_refused_with_its_place_and_takes_no_number(
        self, wire: Any, body: str, place: int
    ) -> None:
        answer = await wire.post_transmission(["BHT*0019*00*1~", body])
        assert (answer.status_code, answer.json()["code"]) == (422, "body-not-x12")
        assert f"Body 2, segment {place}:" in answer.json()["detail"]
        assert (await wire.transmission(await wire.transmit()))["interchange_control"] == "000000001"

    async def test_a_kind_that_is_not_sent_on_request_is_refused(self, wire: Any) -> None:
        for kind in ("999", "835", "XYZ"):
            answer = await wire.post_transmission(kind=kind)
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown-kind")

    async def test_a_body_with_the_partners_delimiter_is_refused_and_its_number_is_not_lost(
        self, wire: Any, partner_facts: dict[str, Any]
    ) -> None:
        marks = {"element": "|", "component": ">", "segment": "!", "repetition": "#"}
        await wire.http.put(
            f"/partners/{wire.partner_id}", json=partner_facts | {"delimiters": marks}, headers={"If-Match": '"1"'}
        )
        answer = await wire.post_transmission(["BHT*0019*00*A|B~"])
        assert (answer.status_code, answer.json()["code"]) == (422, "cannot-be-written")
        assert (await wire.transmission(await wire.transmit()))["interchange_control"] == "000000001"


class TestNumbering:
    async def test_twenty_at_once_take_twenty_consecutive_numbers(self, wire: Any) -> None:
        answers = await asyncio.gather(*(wire.post_transmission() for _ in range(20)))
        assert [answer.status_code for answer in answers] == [202] * 20
        rows = await wire.service.query(
            text("SELECT interchange_control, group_control FROM transmissions ORDER BY ordinal")
        )
        assert [int(row["interchange_control"]) for row in rows] == list(range(1, 21))
        assert [int(row["group_control"]) for row in rows] == list(range(1, 21))
        await wire.run()
        assert sorted(wire.house.controls) == [f"{number:09d}" for number in range(1, 21)]

    async def test_a_transaction_that_rolls_back_leaves_no_gap(self, wire: Any) -> None:
        class Undone(Exception):
            pass

        async def one(fails: bool) -> int:
            async with wire.service.uow().begin() as tx:
                numbers = await partners.take_numbers(tx, wire.partner_id)
                await asyncio.sleep(0.002)
                if fails:
                    raise Undone
                return numbers.interchange

        results = await asyncio.gather(*(one(n % 3 == 0) for n in range(21)), return_exceptions=True)
        kept = sorted(result for result in results if isinstance(result, int))
        assert kept == list(range(1, 15))
        assert sum(isinstance(result, Undone) for result in results) == 7

    async def test_after_the_largest_number_comes_one_and_the_archive_keeps_both(self, wire: Any) -> None:
        await wire.service.query(
            text("UPDATE counters SET interchanges = 999999998, groups = 999999998 RETURNING partner_id")
        )
        first, second = await wire.transmit(), await wire.transmit()
        await wire.run()
        assert (await wire.transmission(first))["interchange_control"] == "999999999"
        assert (await wire.transmission(second))["interchange_control"] == "000000001"
        assert sorted(wire.house.controls) == ["000000001", "999999999"]


class TestTrouble:
    @on_either_wire
    async def test_a_partner_that_is_down_gets_it_when_it_is_back(self, wire: Any, on: str) -> None:
        wire.house.goes_wrong("unavailable")
        wire.house.goes_wrong("disconnect")
        transmission_id = await wire.transmit()
        for _ in range(3):
            await wire.run()
        told = await wire.transmission(transmission_id)
        assert told["status"] == "sent"
        down = {"http": "status-503", "sftp": "sftp-4"}[on]
        assert [each["outcome"] for each in told["attempts"]] == [down, "broken-connection", "sent"]
        assert wire.house.controls == ["000000001"]

    @on_either_wire
    @pytest.mark.parametrize("fault", ["disconnect", "answer_lost"])
    async def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_sent_again(
        self, wire: Any, on: str, fault: str
    ) -> None:
        wire.house.goes_wrong(fault, taken=True)
        transmission_id = await wire.transmit()
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "queued"
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "sent"
        assert wire.house.controls == ["000000001"]
        if on == "http":
            assert f"GET /core/v1/batches/{transmission_id}" in wire.house.asked

    async def test_an_interchange_refused_for_what_it_is_has_failed_and_the_others_are_told(self, wire: Any) -> None:
        wire.house.goes_wrong("refused", status=422)
        transmission_id = await wire.transmit()
        await wire.run()
        told = await wire.transmission(transmission_id)
        assert (told["status"], told["failure"]) == ("failed", "http-422")
        (event,) = await wire.service.published("TransmissionFailed")
        assert (event.key, event.data["code"]) == (transmission_id, "http-422")
        await wire.run()
        assert wire.house.taken == []
        assert await wire.items("/transmissions?status=failed")

    @on_either_wire
    async def test_a_refusal_of_the_address_waits_for_staff_and_goes_out_once_it_is_mended(self, wire: Any) -> None:
        wire.house.goes_wrong("refused", status=403)
        transmission_id = await wire.transmit()
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "queued"
        assert await wire.service.published() == []
        assert await wire.stopped() == ["partner-refused"]
        async with wire.service.client("operations:write") as staff:
            restarted = await staff.post(f"/parked/timers/send-transmission/{transmission_id}/restart")
        assert restarted.status_code == 200, restarted.text
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "sent"
        assert await wire.stopped() == []

    async def test_another_file_under_our_number_at_the_partner_is_not_taken_for_ours(
        self, wire: Any, interchange_ack: Write
    ) -> None:
        moment = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001
        header = x12.InterchangeHeader("ZZ", "DERMGROUP", "ZZ", "CLEARINGHOUSE", moment, 1, 1, usage="T")
        other = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, "BHT*0019*00*OTHER~")])
        wire.house.submit(other)
        wire.house.goes_wrong("unavailable")
        transmission_id = await wire.transmit()
        await wire.run()
        await wire.run()
        assert f"GET /core/v1/batches/{transmission_id}" in wire.house.asked
        wire.house.put(interchange_ack(1, "000000001", "R", "025"))
        await wire.poll()
        told = await wire.transmission(transmission_id)
        assert (told["status"], told["failure"]) == ("failed", "ta1-025")

    async def test_a_server_that_has_other_content_under_our_payload_id_keeps_it_and_staff_are_told(
        self, wire: Any
    ) -> None:
        transmission_id = await wire.transmit()
        other = (await _queued(wire, transmission_id)).replace(b"*1200*", b"*1201*")
        wire.house.submit(other, transmission_id)
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "queued"
        assert await wire.stopped() == ["partner-refused"]


@on_either_wire
class TestCrashing:
    async def test_a_crash_after_any_step_of_sending_neither_loses_nor_doubles(
        self, wire: Any, crash_after: CrashAfter
    ) -> None:
        crashes = 0
        for steps in range(400):
            transmission_id = await wire.transmit()
            crashed = await crash_after(sending.send(wire.service.uow(), transmission_id), steps)
            await wire.run()
            assert (await wire.transmission(transmission_id))["status"] == "sent", f"after step {steps}"
            if not crashed:
                break
            crashes += 1
        else:
            pytest.fail("sending never finished")
        assert crashes > 20
        assert wire.house.controls == [f"{number:09d}" for number in range(1, crashes + 2)]
        assert len(await wire.service.published("TransmissionSent")) == crashes + 1
        await _nothing_is_left(wire)

    async def test_a_crash_with_a_lost_answer_neither_loses_nor_doubles(
        self, wire: Any, crash_after: CrashAfter
    ) -> None:
        crashes = 0
        for steps in range(400):
            wire.house.goes_wrong("disconnect", taken=True)
            transmission_id = await wire.transmit()
            try:
                crashed = await crash_after(sending.send(wire.service.uow(), transmission_id), steps)
            except (RemoteUnavailable, Refusal):
                crashed = False
            wire.house.is_well_again()
            await wire.run()
            assert (await wire.transmission(transmission_id))["status"] == "sent", f"after step {steps}"
            if not crashed:
                break
            crashes += 1
        assert wire.house.controls == [f"{number:09d}" for number in range(1, crashes + 2)]
        await _nothing_is_left(wire)


async def _queued(wire: Any, transmission_id: UUID) -> bytes:
    """The interchange of a transmission, before it is sent."""
    told = await wire.transmission(transmission_id)
    return (await wire.http.get(f"/interchanges/{told['interchange_id']}/content")).content


async def _nothing_is_left(wire: Any) -> None:
    left = await wire.service.query(text("SELECT kind FROM timers WHERE kind = 'send-transmission'"))
    assert list(left) == []


class TestWaiting:
    async def test_a_999_that_does_not_come_in_time_is_flagged(self, wire: Any) -> None:
        transmission_id = await wire.transmit()
        await wire.run()
        assert await wire.items("/transmissions?overdue=true") == []
        await self._time_passes(wire)
        (late,) = await wire.items("/transmissions?overdue=true")
        assert late["id"] == str(transmission_id)
        assert late["overdue_at"] is not None

    async def test_a_999_that_came_is_not_waited_for(self, wire: Any, functional_ack: Write) -> None:
        await wire.transmit()
        await wire.run()
        wire.house.put(functional_ack(1, "1"))
        await wire.poll()
        await self._time_passes(wire)
        assert await wire.items("/transmissions?overdue=true") == []

    async def _time_passes(self, wire: Any) -> None:
        await wire.service.query(
            text("UPDATE transmissions SET acknowledge_by = now() - interval '1 minute' RETURNING id")
        )
        await wire.service.query(
            text("UPDATE timers SET due_at = now() WHERE kind = 'no-acknowledgement' RETURNING key")
        )
        await wire.service.run_timers()
