"""The wires with the clearinghouse answering of its own accord, while days go by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE


@pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)
async def test_a_transmission_is_answered_with_a_999_that_finds_it(
    run_service: Callable[..., Awaitable[Running]],
    start_clearinghouse: Callable[..., Any],
    partner_facts: dict[str, Any],
    secrets_folder: Path,
    on: str,
) -> None:
    house = start_clearinghouse(SIMULATOR_DAY_SECONDS="1")
    house.ask("PATCH", "/sftp", {"keys": {"DERMGROUP": (secrets_folder / "partner-key.pub").read_text()}})
    address = {
        "http": {"base_url": house.url},
        "sftp": {"base_url": house.sftp_url, "folders": {"host_keys": [house.host_key]}},
    }
    service = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1", edi_secrets_folder=secrets_folder)
    async with service.client("edi:read", "edi:write") as http:
        facts = partner_facts | address[on] | {"poll_seconds": 1}
        registered = await http.post("/partners", json=facts, headers={"Idempotency-Key": str(new_id())})
        assert registered.status_code == 201, registered.text
        # No claim in it: the clearinghouse has to take the interchange and to reject the set.
        request = {
            "reference": str(new_id()),
            "kind": "837P",
            "payer_id": "PAYERA",
            "bodies": ["BHT*0019*00*1*20260302*1200*CH~NM1*41*2*SUNRISE DERMATOLOGY*****46*DERMGROUP~"],
        }
        accepted = await http.post("/transmissions", json=request, headers={"Idempotency-Key": str(new_id())})
        path = f"/transmissions/{accepted.json()['transmission_id']}"
        for _ in range(60):
            await service.run_timers()
            told = (await http.get(path)).json()
            if told["status"] == "acknowledged":
                break
            await asyncio.sleep(0.25)
        assert (told["status"], told["outcome"]) == ("acknowledged", "R")
        assert told["errors"]
        assert (await http.get("/quarantine")).json()["items"] == []


@pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)
async def test_whatever_goes_wrong_by_chance_every_file_goes_out_and_comes_in_once(
    wire: Any, house: Any, on: str, advice: Callable[..., bytes]
) -> None:
    for number, fault in enumerate(("unavailable", "answer_lost", "disconnect", "malformed_answer")):
        for call in ("submit", "receipt", "listing", "read", "clear"):
            house.goes_wrong(fault, call=call, rate=0.08, seed=number, taken=bool(number % 2))
    for number in range(1, 13):
        house.put(advice(number, trace=f"EFT{number}"), kind="835")
    transmissions = [await wire.transmit() for _ in range(12)]
    for _ in range(40):
        await wire.run()
        await wire.poll()
        files = await wire.items("/files")
        sent = [(await wire.transmission(each))["status"] for each in transmissions]
        if len(files) >= 12 and set(sent) == {"sent"} and not await wire.items("/transmissions?status=queued"):
            break
    # Twelve claims files, and our 999 for each of the twelve remittances that came.
    assert sorted(house.controls) == [f"{number:09d}" for number in range(1, 25)]
    assert sorted(file["name"] for file in files) == sorted(house.picked_up(on))
    assert {file["status"] for file in files} == {"processed"}
    assert len(await wire.service.published("InterchangeReceived")) == 12
