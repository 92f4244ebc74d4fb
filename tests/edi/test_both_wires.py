"""One practice, one clearinghouse, two wires: what goes and comes over either is the same, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from common.ids import new_id

Write = Callable[..., bytes]

BODY = "BHT*0019*00*{number}*20260302*1200*CH~NM1*41*2*SUNRISE DERMATOLOGY*****46*DERMGROUP~HL*1**20*1~"
SECOND = "DERMHTTP"


@pytest.fixture
async def pair(wire: Any, house: Any) -> dict[str, str]:
    """The partners by wire: the one of the test on SFTP, and another on HTTP for PAYERB."""
    facts = {
        "name": "Clearinghouse", "base_url": house.url, "sender_qualifier": "ZZ", "sender_id": SECOND,
        "receiver_qualifier": "ZZ", "receiver_id": "CLEARINGHOUSE", "usage": "T", "payers": ["PAYERB"],
        "poll_seconds": 3600,
    }  # fmt: skip
    answer = await wire.http.post("/partners", json=facts, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == 201, answer.text
    return {"sftp": str(wire.partner_id), "http": answer.json()["id"]}


def without_the_name(content: bytes) -> bytes:
    """The interchange without what has to differ: who sends or gets it, and the minute in which it was written."""
    content = content.replace(SECOND.encode().ljust(15), b"DERMGROUP      ").replace(SECOND.encode(), b"DERMGROUP")
    return re.sub(rb"(ZZ\*\w+ *\*)\d{6}\*\d{4}|(\*\w+\*)\d{8}\*\d{4,8}(?=\*\d+\*X\*)", rb"\1\2", content)


@pytest.mark.parametrize("on", ["sftp"], indirect=True)
class TestEitherWire:
    async def test_a_file_out_is_the_same_in_the_archive_and_at_the_partner_and_told_the_same(
        self, wire: Any, pair: dict[str, str]
    ) -> None:
        bodies = [BODY.format(number=number) for number in (1, 2)]
        sent = {"sftp": await wire.transmit(bodies), "http": await wire.transmit(bodies, payer_id="PAYERB")}
        await wire.run()
        told = {on: await wire.transmission(sent[on]) for on in sent}
        assert {on: each["partner_id"] for on, each in told.items()} == pair
        kept = {
            on: (await wire.http.get(f"/interchanges/{each['interchange_id']}/content")).content
            for on, each in told.items()
        }
        assert sorted(wire.house.taken) == sorted(kept.values())
        assert without_the_name(kept["sftp"]) == without_the_name(kept["http"])
        events = {event.key: event for event in await wire.service.published()}
        for name in ("kind", "interchange_control", "group_control"):
            assert events[sent["sftp"]].data[name] == events[sent["http"]].data[name]
        assert events[sent["sftp"]].name == events[sent["http"]].name == "TransmissionSent"

    async def test_files_in_are_the_same_in_the_archive_and_told_the_same(
        self, wire: Any, pair: dict[str, str], advice: Write, functional_ack: Write
    ) -> None:
        files = {
            "sftp": [advice(905), functional_ack(906, "77")],
            "http": [advice(905, receiver=SECOND), functional_ack(906, "77", receiver=SECOND)],
        }
        for on, receiver in (("sftp", "DERMGROUP"), ("http", SECOND)):
            for number, content in enumerate(files[on], start=1):
                wire.house.admin.post(f"/mailboxes/{receiver}", params={"name": f"{on}-{number}"}, content=content)
        await wire.poll()
        rows = {
            on: await wire.items(f"/interchanges?direction=in&partner_id={partner_id}")
            for on, partner_id in pair.items()
        }
        for on, found in rows.items():
            assert [row["kind"] for row in found] == ["835", "999"]
            for row, content in zip(found, files[on], strict=True):
                assert (await wire.http.get(f"/interchanges/{row['id']}/content")).content == content
        told = [event.data for event in await wire.service.published("InterchangeReceived")]
        assert {each["partner_id"] for each in told} == set(pair.values())
        assert [(each["kind"], each["interchange_control"], each["sets"]) for each in told] == [
            ("835", "000000905", 1)
        ] * 2
