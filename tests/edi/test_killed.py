"""The process killed for real at every moment of sending and picking up: each file goes out and comes in once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from common import failpoints
from common.testing.killable import KillableService, until

Write = Callable[..., bytes]

ON_A_WIRE_IN_TWO_STEPS = ("edi.uploaded", "edi.staged", "edi.cleared")
IN_REAL_TIME = ("edi.asked", "edi.heard")
MOMENTS = {
    on: tuple(name for name in failpoints.known() if name.startswith("edi.") and name not in (*left_out, *IN_REAL_TIME))
    for on, left_out in (("sftp", ()), ("http", ON_A_WIRE_IN_TWO_STEPS))
}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def process(wire: Any, secrets_folder: Path, tmp_path: Path) -> Generator[KillableService, None, None]:
    started = KillableService(
        wire.service, tmp_path / "edi.log", EDI_ALLOWED_HOSTS="127.0.0.1", EDI_SECRETS_FOLDER=str(secrets_folder)
    )
    yield started
    started.stop()


@pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)
async def test_killed_at_every_moment_nothing_is_lost_or_doubled(
    wire: Any, process: KillableService, advice: Write, on: str
) -> None:
    transmissions = []
    for number, moment in enumerate(MOMENTS[on], start=1):
        transmissions.append(await wire.transmit())
        wire.house.put(advice(number, trace=f"EFT{number}"))
        await process.start(f"{moment}=kill@1")
        await process.dies()
    await process.start()

    async def everything_is_done() -> bool:
        files = await wire.service.query(text("SELECT id FROM files"))
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
    rows = await wire.items("/files")
    assert [row["status"] for row in rows] == ["processed"] * len(wire.house.mailbox)
    events = await wire.service.published()
    assert sum(event.name == "InterchangeReceived" for event in events) == len(MOMENTS[on])
    assert sum(event.name == "TransmissionSent" for event in events) == 2 * len(MOMENTS[on])
