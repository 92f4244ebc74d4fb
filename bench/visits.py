"""Visits per second through the whole platform: from the first POST to the last claim handed to the clearinghouse."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from bench import eligibility
from stack.demo.day import Visit, the_day
from stack.demo.drive import document, register
from stack.demo.office import Office, signed_on
from stack.demo.opening import insure, open_practice
from stack.workspace import Workspace

VISITS = 600
UNSENT = ("assembling", "ready", "sending", "correcting")


def throughput() -> dict[str, float]:
    """`visits_per_s` and how many claims were sent, on a stack of its own that is ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="dermbill-bench-") as home:
        dermbill(home, "up")
        try:
            return asyncio.run(_measured(Workspace(Path(home))))
        finally:
            dermbill(home, "down")


def dermbill(home: str, command: str) -> None:
    program = str(Path(sys.executable).parent / "dermbill")
    subprocess.run([program, "--home", home, command], check=True, stdout=subprocess.DEVNULL)


async def _measured(workspace: Workspace) -> dict[str, float]:
    async with signed_on(workspace) as office:
        day = the_day(date.today(), office.run)  # noqa: DTZ011 - the demo's own day
        await open_practice(office)
        await insure(office, day)
        patients = await register(office, day.patients, lambda done: None)
        visits = list(_repeated([visit for visit in day.visits if not visit.scene.hand], VISITS))
        started = time.perf_counter()
        await document(office, visits, patients, lambda done: None)
        entered = time.perf_counter() - started
        sent = await _all_sent(office)
        elapsed = time.perf_counter() - started
        found = {"visits_per_s": len(visits) / elapsed, "visits_accepted_per_s": len(visits) / entered, "claims": sent}
        ids = [known.patient_id for known in patients.values() if known.coverage_id]
        return found | await eligibility.round_trips(office, ids, date.today())  # noqa: DTZ011 - the demo's own day


def _repeated(visits: list[Visit], count: int) -> Iterator[Visit]:
    for number in range(count):
        visit = visits[number % len(visits)]
        yield replace(visit, number=f"{visit.number}-{number}")


async def _all_sent(office: Office) -> int:
    """Wait until coding's last ready encounter is a claim that is sent or held; how many claims there are."""
    ready = {row["id"] for row in await office["coding"].everything("/encounters", disposition="ready")}
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        waiting = [await office["claims"].everything("/claims", status=status) for status in UNSENT]
        if not any(waiting):
            claims = await office["claims"].everything("/claims")
            if ready <= {claim["encounter_id"] for claim in claims}:
                return len(claims)
        await asyncio.sleep(0.25)
    raise TimeoutError("claims are still waiting to be sent")
