"""The process killed for real at every moment of sending and picking up: each file goes out and comes in once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from common import failpoints
from common.embedded import Child, free_port, start_child
from common.testing.issuer import AUDIENCE
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS

Write = Callable[..., bytes]

PATIENCE_SECONDS = 40.0
ON_A_WIRE_IN_TWO_STEPS = ("edi.uploaded", "edi.staged", "edi.cleared")
IN_REAL_TIME = ("edi.asked", "edi.heard")
MOMENTS = {
    on: tuple(name for name in failpoints.known() if name.startswith("edi.") and name not in (*left_out, *IN_REAL_TIME))
    for on, left_out in (("sftp", ()), ("http", ON_A_WIRE_IN_TWO_STEPS))
}

pytestmark = pytest.mark.timeout(180)


class Process:
    """The edi service as a process on the database of the test, started and started again."""

    def __init__(self, wire: Any, secrets_folder: Path, log: Path) -> None:
        self._wire, self._log = wire, log
        service = wire.service
        self._told = {
            "DATABASE_URL": service.database.app_url,
            "PLATFORM_DATABASE_URL": service.database.platform_url,
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "OIDC_ISSUER": service.issuer.url,
            "OIDC_AUDIENCE": AUDIENCE,
            "SERVICE_CLIENT_ID": "edi",
            "SERVICE_CLIENT_SECRET": "synthetic",
            "PHI_KEYS": PHI_KEYS,
            "PHI_INDEX_KEY": PHI_INDEX_KEY,
            "EDI_ALLOWED_HOSTS": "127.0.0.1",
            "EDI_SECRETS_FOLDER": str(secrets_folder),
            "DERMBILL_MODE": "test",
        }
        self._child: Child | None = None

    async def start(self, moment: str | None) -> None:
        """With a moment it is killed when it passes there first."""
        await self._nobody_holds_a_timer()
        told = self._told | {"PORT": str(free_port()), "FAILPOINTS": f"{moment}=kill@1" if moment else ""}
        self._child = start_child("edi", [sys.executable, "-m", "edi", "all"], log=self._log, env=os.environ | told)

    async def dies(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._child is not None and self._child.alive:
                await asyncio.sleep(0.05)
        assert self._child is not None
        assert self._child.exit_code == -signal.SIGKILL, self._log.read_text()[-2000:]

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    async def _nobody_holds_a_timer(self) -> None:
        """As when the lease of the killed process has run out."""
        await self._wire.service.query(
            text("UPDATE timers SET due_at = clock_timestamp(), leased_until = NULL RETURNING key")
        )


@pytest.fixture
def process(wire: Any, secrets_folder: Path, tmp_path: Path) -> Generator[Process, None, None]:
    started = Process(wire, secrets_folder, tmp_path / "edi.log")
    yield started
    started.stop()


async def until(look: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await look():
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)
async def test_killed_at_every_moment_nothing_is_lost_or_doubled(
    wire: Any, process: Process, advice: Write, on: str
) -> None:
    transmissions = []
    for number, moment in enumerate(MOMENTS[on], start=1):
        transmissions.append(await wire.transmit())
        wire.house.put(advice(number, trace=f"EFT{number}"))
        await process.start(moment)
        await process.dies()
    await process.start(None)

    async def everything_is_done() -> bool:
        files = await wire.service.query(text("SELECT name FROM files"))
        # After the files, each of which brings a 999 of ours with it.
        queued = await wire.service.query(text("SELECT id FROM transmissions WHERE status = 'queued'"))
        return len(files) >= len(MOMENTS[on]) and not queued and (on == "http" or not wire.house.left)

    await until(everything_is_done)
    for transmission_id in transmissions:
        assert (await wire.transmission(transmission_id))["status"] == "sent"
    # Our own 999s for the remittances go the same way.
    assert sorted(wire.house.controls) == [f"{number:09d}" for number in range(1, 2 * len(MOMENTS[on]) + 1)]
    outcomes = {one["outcome"] for one in wire.house.ask("GET", "/interchanges?limit=1000")["interchanges"]}
    assert outcomes == {"taken"}
    rows = await wire.service.query(text("SELECT name, status FROM files ORDER BY id"))
    assert [(row["name"], row["status"]) for row in rows] == [(name, "processed") for name in wire.house.mailbox]
    events = await wire.service.published()
    assert sum(event.name == "InterchangeReceived" for event in events) == len(MOMENTS[on])
    assert sum(event.name == "TransmissionSent" for event in events) == 2 * len(MOMENTS[on])
