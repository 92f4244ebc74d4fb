"""The process killed for real at every moment of taking a file in and posting it: each cent is booked once."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from common import failpoints
from common.testing.killable import KillableService, until
from payments.operations.posting import CHUNK

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


@pytest.fixture
def process(practice: Any, tmp_path: Path) -> Generator[KillableService, None, None]:
    started = KillableService(practice.payments, tmp_path / "payments.log", EDI_URL=practice.edi.url)
    yield started
    started.stop()


class TestACrash:
    async def test_at_any_moment_of_a_file_neither_loses_nor_doubles_a_cent(
        self, practice: Any, payer: Any, process: KillableService
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
