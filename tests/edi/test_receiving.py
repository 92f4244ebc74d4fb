"""In: every file once, nothing lost, nothing acted on that cannot be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import x12
from common.ids import new_id
from edi.operations import polling

Write = Callable[..., bytes]
EDI = {"content-type": "application/edi-x12"}
on_either_wire = pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)
NOISE = b"\x00\x01 not X12 at all"


async def upload(wire: Any, content: bytes, key: str | None = None) -> Any:
    return await wire.http.post(
        f"/partners/{wire.partner_id}/inbound",
        content=content,
        headers=EDI | {"Idempotency-Key": key or str(new_id())},
    )


def as_kind(content: bytes, set_id: str, group: str, version: str) -> bytes:
    """An 835 in the envelope of another kind."""
    content = content.replace(b"GS*HP*", f"GS*{group}*".encode()).replace(b"ST*835*", f"ST*{set_id}*".encode())
    return content.replace(b"005010X221A1", version.encode())


class TestKinds:
    @pytest.mark.parametrize(
        ("set_id", "group", "version"),
        [("271", "HB", "005010X279A1"), ("277", "HN", "005010X212"), ("278", "HI", "005010X217")],
    )
    async def test_answers_that_come_as_a_batch_are_told_to_the_others(
        self, wire: Any, advice: Write, set_id: str, group: str, version: str
    ) -> None:
        wire.house.put(as_kind(advice(905), set_id, group, version))
        await wire.poll()
        (event,) = await wire.service.published("InterchangeReceived")
        assert (event.data["kind"], event.data["sets"]) == (set_id, 1)

    async def test_a_kind_that_nobody_knows_is_kept_and_reported_and_told_to_nobody(
        self, wire: Any, advice: Write
    ) -> None:
        stranger = as_kind(advice(905), "850", "PO", "005010")
        wire.house.put(stranger)
        wire.house.put(advice(906, trace="EFT2"))
        await wire.poll()
        (reported,) = await wire.items("/interchanges?reason=unknown-kind")
        assert (reported["kind"], reported["control"]) == ("850", "000000905")
        assert (await wire.http.get(f"/interchanges/{reported['id']}/content")).content == stranger
        told = await wire.service.published("InterchangeReceived")
        assert [event.data["interchange_control"] for event in told] == ["000000906"]
        assert [file["status"] for file in await wire.items("/files")] == ["processed", "processed"]


class TestDuplicates:
    @on_either_wire
    async def test_the_same_file_again_is_kept_as_a_duplicate_and_has_no_effect(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905), name="first.x12")
        wire.house.put(advice(905), name="again.x12")
        await wire.poll()
        first, again = await wire.items("/files")
        assert (again["status"], again["reason"], again["duplicate_of"]) == ("duplicate", "same-file", first["id"])
        assert (await wire.http.get(f"/files/{again['id']}/content")).content == advice(905)
        assert len(await wire.service.published("InterchangeReceived")) == 1
        assert len(await wire.items("/transmissions")) == 1

    @on_either_wire
    async def test_the_same_interchange_in_another_file_is_a_duplicate_there(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905))
        wire.house.put(advice(905) + b"\n" + advice(906, trace="EFT2"))
        await wire.poll()
        rows = await wire.items("/interchanges?direction=in")
        assert [(row["control"], row["reason"]) for row in rows] == [
            ("000000905", None),
            ("000000905", "same-interchange"),
            ("000000906", None),
        ]
        assert rows[1]["duplicate_of"] == rows[0]["id"]
        assert len(await wire.service.published("InterchangeReceived")) == 2

    @on_either_wire
    async def test_the_same_numbers_over_other_content_wait_for_a_person(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905))
        wire.house.put(advice(905, trace="EFT900002"))
        await wire.poll()
        (waiting,) = await wire.items("/quarantine")
        assert waiting["reason"] == "control-numbers-repeated"
        assert len(await wire.service.published("InterchangeReceived")) == 1
        assert (await wire.release(waiting["id"])).status_code == 200
        assert len(await wire.service.published("InterchangeReceived")) == 2
        assert await wire.items("/quarantine") == []

    async def test_uploading_what_was_polled_is_a_duplicate(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905))
        await wire.poll()
        answer = await upload(wire, advice(905))
        assert answer.status_code == 201, answer.text
        file = (await wire.http.get(f"/files/{answer.json()['file_id']}")).json()
        assert (file["status"], file["source"]) == ("duplicate", "upload")


class TestQuarantine:
    @pytest.mark.parametrize(
        ("break_", "code"),
        [
            (lambda good: NOISE, "unreadable"),
            (lambda good: b"", "unreadable"),
            (lambda good: good[: len(good) // 2], "interchange-023"),
            (lambda good: good.replace(b"IEA*1*000000905", b"IEA*1*000000906"), "interchange-001"),
            (lambda good: good.replace(b"IEA*1*", b"IEA*2*"), "interchange-021"),
            (lambda good: good.replace(b"GE*1*905", b"GE*1*906"), "group-4"),
            (lambda good: good.replace(b"*0001~GE", b"*0002~GE"), "set-3"),
            (lambda good: good.replace(b"000000905", b"00000A905"), "interchange-control"),
        ],
        ids=["noise", "nothing", "cut", "IEA02", "IEA01", "GE02", "SE02", "ISA13"],
    )
    async def test_a_file_that_is_broken_is_kept_apart_with_what_is_wrong(
        self, wire: Any, advice: Write, break_: Callable[[bytes], bytes], code: str
    ) -> None:
        broken = break_(advice(905))
        wire.house.put(broken)
        wire.house.put(advice(906, trace="EFT2"))
        await wire.poll()
        (waiting,) = await wire.items("/quarantine")
        assert code in [flaw["code"] for flaw in waiting["flaws"]]
        assert waiting["reason"] == "malformed"
        assert (await wire.http.get(f"/files/{waiting['id']}/content")).content == broken
        told = await wire.service.published("InterchangeReceived")
        assert [event.data["interchange_control"] for event in told] == ["000000906"]

    async def test_a_file_for_somebody_else_is_kept_apart(self, wire: Any, advice: Write) -> None:
        wire.house.put(advice(905, receiver="OTHERGROUP"))
        await wire.poll()
        (waiting,) = await wire.items("/quarantine")
        assert waiting["reason"] == "addressed-to-another"
        assert await wire.service.published() == []

    async def test_an_acknowledgement_that_cannot_be_read_does_not_pass_in_silence(
        self, wire: Any, functional_ack: Write
    ) -> None:
        wire.house.put(functional_ack(1, "1").replace(b"AK9*A*1*1*1~", b"AK9*A*one*1*1~"))
        await wire.poll()
        (waiting,) = await wire.items("/quarantine")
        assert waiting["reason"] == "malformed"

    async def test_a_corrected_content_releases_it_and_both_are_kept(self, wire: Any, advice: Write) -> None:
        good = advice(905)
        broken = good.replace(b"IEA*1*", b"IEA*2*")
        wire.house.put(broken)
        await wire.poll()
        (waiting,) = await wire.items("/quarantine")
        again = await wire.release(waiting["id"])
        assert (again.status_code, again.json()["code"]) == (409, "still-malformed")
        released = await wire.release(waiting["id"], good)
        assert released.status_code == 200, released.text
        (event,) = await wire.service.published("InterchangeReceived")
        assert (await wire.http.get(f"/interchanges/{event.key}/content")).content == good
        assert (await wire.http.get(f"/files/{waiting['id']}/content")).content == broken
        once_more = await wire.release(waiting["id"], good)
        assert (once_more.status_code, once_more.json()["code"]) == (409, "not-in-quarantine")

    async def test_a_set_with_a_bad_segment_is_passed_on_and_rejected_in_our_999(
        self, wire: Any, their_interchange: Write
    ) -> None:
        wire.house.put(their_interchange(905, ("835", x12.REMITTANCE_VERSION, "BPR*I*nothing*C*CHK~TRN*1*1*1~")))
        await wire.poll()
        await wire.run()
        (ack,) = [received.value for received in x12.read_functional_acks(wire.house.taken[0])]
        assert ack.code == "R"
        assert len(await wire.service.published("InterchangeReceived")) == 1

    async def test_uploads_of_the_wrong_type_or_without_content_are_refused(self, wire: Any) -> None:
        path = f"/partners/{wire.partner_id}/inbound"
        wrong = await wire.http.post(path, json={}, headers={"Idempotency-Key": str(new_id())})
        assert wrong.status_code == 415
        empty = await wire.http.post(path, headers={"Idempotency-Key": str(new_id())})
        assert (empty.status_code, empty.json()["code"]) == (422, "invalid")
        stranger = await wire.http.post(
            f"/partners/{new_id()}/inbound", content=b"ISA", headers=EDI | {"Idempotency-Key": str(new_id())}
        )
        assert stranger.status_code == 404


class TestAcknowledgements:
    @on_either_wire
    async def test_a_999_is_matched_by_group_and_its_errors_name_set_segment_and_element(
        self, wire: Any, functional_ack: Write
    ) -> None:
        reference = new_id()
        transmission_id = await wire.transmit(["BHT*0019*00*1~", "BHT*0019*00*2~"], reference=str(reference))
        await wire.run()
        broken = x12.ElementError(9, "7", value="12345")
        sets = (
            x12.SetAck("837", "0001", x12.CLAIM_VERSION, "A"),
            x12.SetAck(
                "837", "0002", x12.CLAIM_VERSION, "R", ("5",), (x12.SegmentError("NM1", 8, "2010AA", "8", (broken,)),)
            ),
        )
        wire.house.put(functional_ack(1, "1", "P", sets))
        await wire.poll()
        (event,) = await wire.service.published("TransmissionAcknowledged")
        assert event.key == transmission_id
        assert event.data == {
            "transmission_id": str(transmission_id),
            "reference": str(reference),
            "outcome": "P",
            "errors": [{"set_control": "0002", "segment": "NM1", "position": 8, "element": 9, "code": "7"}],
            "sets": [{"set_control": "0001", "outcome": "A"}, {"set_control": "0002", "outcome": "R"}],
        }
        told = await wire.transmission(transmission_id)
        assert (told["status"], told["outcome"]) == ("acknowledged", "P")
        assert [(ack["kind"], ack["applied"]) for ack in await wire.items("/acknowledgements")] == [("999", True)]

    async def test_a_rejection_for_security_is_a_rejection(self, wire: Any, functional_ack: Write) -> None:
        transmission_id = await wire.transmit()
        await wire.run()
        wire.house.put(functional_ack(1, "1", "W", [x12.SetAck("837", "0001", x12.CLAIM_VERSION, "W")]))
        await wire.poll()
        assert (await wire.transmission(transmission_id))["outcome"] == "R"

    async def test_a_999_that_matches_nothing_is_kept_and_listed(self, wire: Any, functional_ack: Write) -> None:
        queued = await wire.transmit()
        wire.house.put(functional_ack(1, "4711"))
        wire.house.put(functional_ack(2, "1"))
        await polling.poll(wire.service.uow(), wire.partner_id)
        rows = await wire.items("/acknowledgements?applied=false")
        assert [(row["control"], row["reason"]) for row in rows] == [("4711", "unmatched"), ("1", "never-sent")]
        assert (await wire.transmission(queued))["status"] == "queued"
        assert await wire.service.published() == []

    async def test_a_second_999_changes_nothing_and_is_listed(self, wire: Any, functional_ack: Write) -> None:
        transmission_id = await wire.transmit()
        await wire.run()
        wire.house.put(functional_ack(1, "1", "A"))
        wire.house.put(functional_ack(2, "1", "R"))
        await wire.poll()
        assert (await wire.transmission(transmission_id))["outcome"] == "A"
        assert len(await wire.service.published("TransmissionAcknowledged")) == 1
        (late,) = await wire.items("/acknowledgements?applied=false")
        assert (late["outcome"], late["reason"]) == ("R", "already-decided")

    @on_either_wire
    async def test_a_999_that_is_faster_than_our_own_note_counts_as_sent_first(
        self, wire: Any, functional_ack: Write
    ) -> None:
        wire.house.goes_wrong("disconnect", taken=True)
        transmission_id = await wire.transmit()
        await wire.run()
        assert (await wire.transmission(transmission_id))["status"] == "queued"
        wire.house.put(functional_ack(1, "1"))
        await polling.poll(wire.service.uow(), wire.partner_id)
        assert [event.name for event in await wire.service.published()] == [
            "TransmissionSent",
            "TransmissionAcknowledged",
        ]
        await wire.run()
        assert wire.house.controls == ["000000001"]
        assert (await wire.transmission(transmission_id))["status"] == "acknowledged"

    @on_either_wire
    async def test_a_ta1_that_rejects_fails_the_transmission_with_its_note(
        self, wire: Any, interchange_ack: Write
    ) -> None:
        transmission_id = await wire.transmit()
        await wire.run()
        wire.house.put(interchange_ack(1, "000000001", "R", "020"))
        await wire.poll()
        told = await wire.transmission(transmission_id)
        assert (told["status"], told["failure"]) == ("failed", "ta1-020")
        (event,) = await wire.service.published("TransmissionFailed")
        assert event.data["code"] == "ta1-020"

    async def test_a_ta1_that_accepts_leaves_the_999_to_come(
        self, wire: Any, interchange_ack: Write, functional_ack: Write
    ) -> None:
        transmission_id = await wire.transmit()
        await wire.run()
        wire.house.put(interchange_ack(1, "000000001", "A", "000"))
        wire.house.put(functional_ack(2, "1"))
        await wire.poll()
        assert (await wire.transmission(transmission_id))["status"] == "acknowledged"
        assert [(row["kind"], row["applied"]) for row in await wire.items("/acknowledgements")] == [
            ("TA1", True),
            ("999", True),
        ]

    async def test_what_a_999_quotes_never_reaches_the_others(self, wire: Any, functional_ack: Write) -> None:
        await wire.transmit()
        await wire.run()
        bad = x12.ElementError(3, "7", value="DOE JANE")
        segment = x12.SegmentError("NM1", 8, "2010BA", "8", (bad,))
        wire.house.put(
            functional_ack(1, "1", "R", [x12.SetAck("837", "0001", x12.CLAIM_VERSION, "R", ("5",), (segment,))])
        )
        await wire.poll()
        rows = await wire.service.query(text("SELECT payload FROM event_log"))
        assert all("DOE" not in row["payload"] and "JANE" not in row["payload"] for row in rows)


class TestAnotherPractice:
    async def test_sees_none_of_it(self, wire: Any, advice: Write, partner_facts: dict[str, Any]) -> None:
        transmission_id = await wire.transmit()
        wire.house.put(advice(905))
        wire.house.put(b"noise")
        await wire.poll()
        await wire.run()
        (received,) = await wire.items("/interchanges?direction=in")
        (waiting,) = await wire.items("/quarantine")
        async with wire.service.client("edi:read", "edi:write", practices=[new_id()]) as stranger:
            for path in ("partners", "transmissions", "interchanges", "files", "quarantine", "acknowledgements"):
                assert (await stranger.get(f"/{path}")).json()["items"] == []
            for path in (
                f"/partners/{wire.partner_id}",
                f"/partners/{wire.partner_id}/mailbox",
                f"/transmissions/{transmission_id}",
                f"/interchanges/{received['id']}",
                f"/interchanges/{received['id']}/content",
                f"/files/{waiting['id']}",
                f"/files/{waiting['id']}/content",
            ):
                assert (await stranger.get(path)).status_code == 404, path
            key = {"Idempotency-Key": str(new_id())}
            released = await stranger.post(f"/quarantine/{waiting['id']}/release", headers=key)
            assert released.status_code == 404
            changed = await stranger.put(
                f"/partners/{wire.partner_id}", json=partner_facts, headers={"If-Match": '"1"'}
            )
            assert changed.status_code == 404
            request = {"reference": str(new_id()), "kind": "837P", "payer_id": "PAYERA", "bodies": ["BHT*1~"]}
            refused = await stranger.post("/transmissions", json=request, headers={"Idempotency-Key": str(new_id())})
            assert refused.json()["code"] == "no-route"

    async def test_reading_needs_the_scope(self, wire: Any) -> None:
        async with wire.service.client("claims:read") as other:
            assert (await other.get("/interchanges")).status_code == 403
        async with wire.service.client("edi:read") as reader:
            answer = await reader.post("/transmissions", json={}, headers={"Idempotency-Key": "1"})
            assert answer.status_code == 403

    async def test_content_larger_than_a_slice_streams_whole(self, wire: Any) -> None:
        bodies = [f"BHT*0019*00*{number}~" + "NTE*ADD*" + "X" * 4000 + "~" for number in range(300)]
        transmission_id = await wire.transmit(bodies)
        await wire.run()
        told = await wire.transmission(transmission_id)
        answer = await wire.http.get(f"/interchanges/{told['interchange_id']}/content")
        assert len(answer.content) > 1_000_000
        assert answer.content == wire.house.taken[0]
        assert UUID(told["id"]) == transmission_id
