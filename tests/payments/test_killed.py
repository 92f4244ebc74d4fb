"""The process killed for real at every moment of taking a file in and posting it: each cent is booked once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from common import failpoints
from common.embedded import Child, free_port, start_child
from common.testing.issuer import AUDIENCE
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS, Running
from payments.operations.posting import CHUNK

PATIENCE_SECONDS = 40.0
PLAIN = (("CO", "45", "45.00"), ("PR", "2", "21.00"))
LARGE = CHUNK + 2

# What the first, large cheque of the file has come to when the process dies there for the first time: nothing of it
# without a commit, and after a commit exactly what was committed.
LEFT_BEHIND = {
    "payments.taken-in": None,
    "payments.cheque-accepted": {"waiting": LARGE},
    "payments.chunk-posted": {"waiting": LARGE},
    "payments.chunk-committed": {"posted": CHUNK, "waiting": LARGE - CHUNK},
}

pytestmark = pytest.mark.timeout(180)


class Process:
    """The payments service as a process on the database of the test, started and started again."""

    def __init__(self, payments: Running, edi_url: str, log: Path) -> None:
        self._payments, self._log = payments, log
        self._told = {
            "DATABASE_URL": payments.database.app_url,
            "PLATFORM_DATABASE_URL": payments.database.platform_url,
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "OIDC_ISSUER": payments.issuer.url,
            "OIDC_AUDIENCE": AUDIENCE,
            "SERVICE_CLIENT_ID": "payments",
            "SERVICE_CLIENT_SECRET": "synthetic",
            "PHI_KEYS": PHI_KEYS,
            "PHI_INDEX_KEY": PHI_INDEX_KEY,
            "EDI_URL": edi_url,
            "DERMBILL_MODE": "test",
        }
        self._child: Child | None = None

    async def start(self, plan: str = "") -> None:
        # As when the lease of the killed process has run out.
        await self._payments.query(text("UPDATE timers SET due_at = now(), leased_until = NULL RETURNING key"))
        told = self._told | {"PORT": str(free_port()), "FAILPOINTS": plan}
        command = [sys.executable, "-m", "payments", "all"]
        self._child = start_child("payments", command, log=self._log, env=os.environ | told)

    async def dies(self) -> None:
        child = self._child
        assert child is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while child.alive:
                await asyncio.sleep(0.05)
        assert child.exit_code == -signal.SIGKILL, self._log.read_text()[-2000:]

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()


@pytest.fixture
def process(practice: Any, tmp_path: Path) -> Generator[Process, None, None]:
    started = Process(practice.payments, practice.edi.url, tmp_path / "payments.log")
    yield started
    started.stop()


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await look():
            await asyncio.sleep(0.1)


class TestACrash:
    async def test_at_any_moment_of_a_file_neither_loses_nor_doubles_a_cent(
        self, practice: Any, payer: Any, process: Process
    ) -> None:
        numbers = [f"{100000 + n}-1" for n in range(LARGE + 2)]
        claim_ids = [await practice.submits(number, "150.00") for number in numbers]
        paid = [payer.claim(number, "150.00", "84.00", PLAIN) for number in numbers]
        cheques = (
            payer.cheque("T1", *paid[:LARGE]), payer.cheque("T2", paid[LARGE]), payer.cheque("T3", paid[LARGE + 1])
        )  # fmt: skip
        await practice.is_told_of(payer.interchange(*cheques))

        for moment, left in LEFT_BEHIND.items():
            await process.start(f"{moment}=kill@1")
            await process.dies()
            standing = [item["standing"] for item in await self.remittances(practice) if item["trace"] == "T1"]
            assert standing == ([left] if left else []), moment
        await process.start()

        async def everything_is_done() -> bool:
            return not await practice.payments.query(text("SELECT key FROM timers"))

        await until(everything_is_done)
        remittances = {item["trace"]: item for item in await self.remittances(practice)}
        assert {trace: (item["state"], item["standing"]) for trace, item in remittances.items()} == {
            "T1": ("posted", {"posted": LARGE}),
            "T2": ("posted", {"posted": 1}),
            "T3": ("posted", {"posted": 1}),
        }
        assert await practice.queue() == []
        assert await practice.unapplied() == "0.00"
        for claim_id in claim_ids:
            assert await practice.bar(claim_id) == ("150.00", "84.00", "45.00", "21.00", "0.00")
        posted = await practice.published("RemittancePosted")
        assert sorted(event.key for event in posted) == sorted(claim_ids)

    async def remittances(self, practice: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await practice.get("/remittances"))["items"]
        return items

    def test_is_tried_at_every_moment_that_payments_names(self) -> None:
        assert set(LEFT_BEHIND) == {name for name in failpoints.known() if name.startswith("payments.")}
