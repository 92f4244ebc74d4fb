"""A batch of coverage checks through a payer that fails a fifth of the time: is each member answered once?

`python -m bench.eligibility_batch --members 10000`: a stack of its own, patients with coverages, one batch. What waits
for a later attempt is brought forward once all first attempts are done, so that pauses of hours take none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from bench.visits import dermbill
from stack.audit.databases import database_urls
from stack.demo.drive import some_at_once
from stack.demo.office import Office, signed_on
from stack.demo.opening import open_practice
from stack.demo.practice import PAYERS
from stack.workspace import Workspace

ASKER = {"name": "Sample Dermatology PC", "npi": "1234567893", "automatic": False}
# A fifth of all questions. Silence costs a payer's whole twenty seconds, and is the rarest for that.
FAULTS = (
    {"fault": "unavailable", "rate": 0.05, "seed": 1},
    {"fault": "disconnect", "rate": 0.03, "seed": 2, "taken": True},
    {"fault": "answer_lost", "rate": 0.03, "seed": 3},
    {"fault": "malformed_answer", "rate": 0.03, "seed": 4},
    {"fault": "slow", "rate": 0.02, "seed": 5, "seconds": 2.0},
    {"fault": "hang", "rate": 0.01, "seed": 6, "seconds": 25.0},
)
# AAA 42, the payer's machine cannot answer now: the rest of the fifth, until somebody sees to it.
TURNED_AWAY_EVERY = 33
PATIENCE = 3600.0
HOURS = 30
SERVICES = ("eligibility", "edi", "patients")


@dataclass(slots=True)
class Run:
    """A stack with an office in it, and how many members are asked about."""

    workspace: Workspace
    office: Office
    members: int

    async def database(self, service: str) -> asyncpg.Connection:
        """A service's database, as one who sees every practice."""
        url = database_urls(self.workspace)[service]
        return await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=10_000)
    members = parser.parse_args().members
    with tempfile.TemporaryDirectory(prefix="dermbill-bench-") as home:
        dermbill(home, "up")
        try:
            found = asyncio.run(_measured(Workspace(Path(home)), members))
        finally:
            dermbill(home, "down")
    print(json.dumps(found, indent=2))
    if found["answered"] != members or found["answered_twice"] or found["lost"]:
        sys.exit("not every member was answered once")


async def _measured(workspace: Workspace, members: int) -> dict[str, Any]:
    async with signed_on(workspace) as office:
        run = Run(workspace, office, members)
        payer = next(iter(PAYERS.values()))
        await open_practice(office)
        await office["eligibility"].act("PUT", "/asking-provider", ASKER)
        items = await _register(run, payer.id)
        await office.simulator.act("POST", "/admin/faults", [one | {"call": "real_time"} for one in FAULTS])
        started = time.perf_counter()
        batch = await office["eligibility"].create("/batches", {"items": items})
        accepted = time.perf_counter() - started
        waited = await _done(run, batch["id"], payer.id, started)
        return {"members": members, "accepted_s": round(accepted, 2), **waited, **await _judged(run, batch["id"])}


async def _register(run: Run, payer_id: str) -> list[dict[str, str]]:
    """So many patients with a coverage each, known to the payer; the items of a batch that asks about them."""
    names = [f"BATCH{run.office.run}{number:05d}" for number in range(run.members)]
    roster = [{"member_id": name, "copay": "30", "deductible_remaining": "150"} for name in names]
    for begin in range(0, len(roster), 1000):
        await run.office.simulator.act("POST", f"/admin/payers/{payer_id}/members", roster[begin : begin + 1000])
    turned_away = [{"member_id": name, "reject": "42"} for name in names[::TURNED_AWAY_EVERY]]
    await run.office.simulator.act("PUT", f"/admin/payers/{payer_id}/benefits", turned_away)
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - the bench's own day

    async def one(name: str) -> dict[str, str]:
        person = {"record_number": name, "name": {"family": "Quillfield", "given": "Maren"}}
        home = {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"}
        desk = run.office["patients"]
        made = await desk.create("/patients", person | {"birth_date": "1980-04-02", "sex": "F", "address": home})
        card = {"payer_id": payer_id, "member_id": name, "effective_from": "2020-01-01"}
        await desk.create(f"/patients/{made['id']}/coverages", card)
        return {"patient_id": made["id"], "on": tomorrow}

    return await some_at_once(one, names, lambda done: None)


async def _done(run: Run, batch_id: str, payer_id: str, started: float) -> dict[str, Any]:
    """Wait until every item has its result; what only waits for its next attempt is brought forward."""
    deadline, first, waits, most = time.monotonic() + PATIENCE, None, 0, 0
    while True:
        most = max(most, _resident(run.workspace))
        batch = await run.office["eligibility"].get(f"/batches/{batch_id}")
        if batch["done"]:
            elapsed = time.perf_counter() - started
            return {
                "first_attempts_s": round(first or elapsed, 1),
                "first_attempts_per_s": round(run.members / (first or elapsed), 1),
                "all_s": round(elapsed, 1),
                "times_brought_forward": waits,
                "most_resident_mb": most,
            }
        if batch["started"] == run.members and await _nobody_is_asked_now(run):
            first = first or time.perf_counter() - started
            waits += 1
            if waits == 1:
                await run.office.simulator.act("PUT", f"/admin/payers/{payer_id}/benefits", [])
            await _bring_forward(run)
        if time.monotonic() > deadline:
            raise TimeoutError(f"the batch is not done: {batch['counts']}")
        await asyncio.sleep(1)


async def _nobody_is_asked_now(run: Run) -> bool:
    """Whether every check has had its first attempt, and none is being asked."""
    database = await run.database("eligibility")
    try:
        first = "SELECT count(*) FROM checks WHERE status IN ('waiting', 'asking') AND attempts = 0"
        held = "SELECT count(*) FROM timers WHERE kind = 'ask-payer' AND leased_until > clock_timestamp()"
        return await database.fetchval(first) == 0 and await database.fetchval(held) == 0
    finally:
        await database.close()


async def _bring_forward(run: Run) -> None:
    """As if hours had passed: edi lets the same question be asked again, and the next attempts are due."""
    for service, statement in (
        ("edi", f"UPDATE exchanges SET asked_at = asked_at - interval '{HOURS} hours' WHERE answered_at IS NULL"),
        ("eligibility", "UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'ask-payer'"),
    ):
        database = await run.database(service)
        try:
            await database.execute(statement)
        finally:
            await database.close()


async def _judged(run: Run, batch_id: str) -> dict[str, Any]:
    """What became of each item, and how often each member was answered: told to the others, and heard by edi."""
    items = await run.office["eligibility"].everything(f"/batches/{batch_id}/items")
    became = Counter(item["status"] for item in items)
    told = await _counted(
        run,
        "eligibility",
        "SELECT key, count(*) FROM event_log WHERE type LIKE '%.Coverage%' AND practice_id = $1 GROUP BY key",
    )
    heard = await _counted(
        run,
        "edi",
        "SELECT reference, count(*) FROM exchanges WHERE outcome = 'answered' AND practice_id = $1 GROUP BY reference",
    )
    asked = await _counted(
        run, "edi", "SELECT reference, count(*) FROM exchanges WHERE practice_id = $1 GROUP BY reference"
    )
    return {
        "answered": became["answered"],
        "became": dict(became),
        "lost": sum(1 for item in items if told.get(item["check_id"], 0) == 0),
        "answered_twice": sum(1 for count in told.values() if count > 1),
        "questions": sum(asked.values()),
        "asked_more_than_once": sum(1 for count in asked.values() if count > 1),
        "answers_heard": sum(heard.values()),
    }


async def _counted(run: Run, service: str, statement: str) -> Mapping[str, int]:
    database = await run.database(service)
    try:
        rows = await database.fetch(statement, run.office.practice_id)
        return {str(row[0]): row[1] for row in rows}
    finally:
        await database.close()


def _resident(workspace: Workspace) -> int:
    """Megabytes of the services that take part, together."""
    known = json.loads((workspace.home / "state.json").read_text())["processes"]
    pages = 0
    for service in SERVICES:
        try:
            pages += int(Path(f"/proc/{known[service]['pid']}/statm").read_text().split()[1])
        except (OSError, KeyError):
            continue
    return pages * 4096 // 1_000_000


if __name__ == "__main__":
    main()
