"""The same wire with the stand-in clearinghouse at its other end, as a process of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE


@pytest.fixture
def clearinghouse(tmp_path: Path) -> Generator[str, None, None]:
    """The simulator's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {"SIMULATOR_STATE": str(tmp_path), "SIMULATOR_ADMIN_TOKEN": "synthetic", "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        env=os.environ | told | {"SIMULATOR_DAY_SECONDS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(15)


async def answering(url: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    pytest.fail("the simulator did not start")


async def test_a_transmission_is_answered_with_a_999_that_finds_it(
    run_service: Callable[..., Awaitable[Running]], clearinghouse: str, partner_facts: dict[str, Any]
) -> None:
    await answering(clearinghouse)
    service = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1")
    facts = partner_facts | {"base_url": clearinghouse, "poll_seconds": 1}
    async with service.client("edi:read", "edi:write") as http:
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
