"""Payers make every kind of trouble, and then say what they truly decided: the books agree to the cent."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import select
from whole_platform import Platform

from common.tables import parked_events
from stack.demo.progress import Telling
from stack.scored import table
from stack.scored.run import Result, run

CLAIMS = int(os.environ.get("SCORED_CLAIMS", "100"))
SEED = 11
PATIENCE_SECONDS = 200.0
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
async def scored(front_office: Any) -> Result:
    async with front_office() as office:
        console = Console(width=120)
        result = await run(office, Telling(console), claims=CLAIMS, seed=SEED, patience=PATIENCE_SECONDS)
    table.show(console, result)
    return result


async def test_every_posting_is_equal_to_the_truth(scored: Result) -> None:
    assert scored.score.wrong == []
    assert scored.score.total.equal == scored.score.total.postings > CLAIMS * 0.8
    assert scored.score.total.cents_off == 0


async def test_every_cheque_and_its_provider_level_is_booked_as_written(scored: Result) -> None:
    assert scored.score.cheques_equal == scored.score.cheques > 0
    assert scored.score.balances_off == {}


async def test_every_kind_of_trouble_was_there(scored: Result, platform: Platform) -> None:
    async with platform.simulated() as admin:
        kinds: list[dict[str, Any]] = (await admin.get("/scenarios/kinds")).json()
    assert {one["kind"] for one in kinds} <= set(scored.score.rows)
    assert scored.claims == CLAIMS - scored.held


async def test_nothing_was_parked(scored: Result, platform: Platform) -> None:
    assert scored.claims
    parked = Counter[str]()
    for service in ("coding", "claims", "edi", "payments", "denials"):
        for row in await platform.query(service, select(parked_events.c.type, parked_events.c.reason)):
            parked[f"{service}: {row['type']} {row['reason']}"] += 1
    assert parked == Counter()
