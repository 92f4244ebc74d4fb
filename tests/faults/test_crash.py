"""Processes die by SIGKILL while visits come in; afterwards nothing is lost, nothing is double, and order is kept.

FAULTS_SEED chooses whom to kill and when, FAULTS_ENCOUNTERS and FAULTS_KILLS how much of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import asyncpg
import pytest
from clinic import Clinic
from content import content
from judge import still_moving, violations
from killer import Killed, carry_out, schedule, tally
from own_stack import SERVICE_NAMES, OwnStack
from topics import behind

from stack.audit import audit
from stack.services import KAFKA

SEED = int(os.environ.get("FAULTS_SEED", "20260304"))
ENCOUNTERS = int(os.environ.get("FAULTS_ENCOUNTERS", "500"))
KILLS = int(os.environ.get("FAULTS_KILLS", "30"))
PER_SECOND = 8.0
REST_SECONDS = 150.0
REBUILD_SECONDS = 90.0

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults"), pytest.mark.timeout(400)]


@dataclass(frozen=True, slots=True)
class Aftermath:
    """A stack after the killing, at rest: what the front desk was answered, who was killed, how long it took."""

    stack: OwnStack
    clinic: Clinic
    accepted: Sequence[UUID]
    killed: Sequence[Killed]
    seconds: Mapping[str, float]


@pytest.fixture(scope="module")
async def aftermath(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Aftermath, None]:
    """500 visits, 30 kills, and the time it takes to come to rest."""
    stack = OwnStack(tmp_path_factory.mktemp("crash") / "stack")
    clinic = Clinic(stack, random.Random(SEED))
    clock = Stopwatch()
    try:
        stack.start()
        await clinic.open(patients=max(40, ENCOUNTERS // 6))
        clock.lap("start")
        sending = clinic.record_all(clinic.visits(ENCOUNTERS), per_second=PER_SECOND)
        accepted, killed = await asyncio.gather(sending, carry_out(stack, schedule(SEED, KILLS)))
        clock.lap("killing")
        moving = await comes_to_rest(lambda: still_moving(stack, clinic), REST_SECONDS)
        clock.lap("rest")
        print(json.dumps({"seed": SEED, "killed": [asdict(kill) for kill in killed], "kills": tally(killed)}))
        print(json.dumps({"seconds": clock.laps, "repeats": clinic.repeats, "restarts": stack.restarts()}))
        assert moving == {}, "the stack did not come to rest"
        yield Aftermath(stack, clinic, accepted, killed, clock.laps)
    finally:
        await clinic.close()
        stack.stop()


class TestCrashing:
    async def test_enough_was_killed_and_every_part_came_back(self, aftermath: Aftermath) -> None:
        kills = tally(aftermath.killed)
        assert len(aftermath.accepted) == len(set(aftermath.accepted)) == ENCOUNTERS
        assert sum(kills.values()) == KILLS
        assert {name: count for name, count in aftermath.stack.restarts().items() if count} == kills

    async def test_nothing_is_lost_nothing_is_double_and_every_cent_and_every_order_is_kept(
        self, aftermath: Aftermath
    ) -> None:
        assert await violations(aftermath.stack, aftermath.clinic, aftermath.accepted) == []

    async def test_the_platforms_own_audit_finds_the_same(self, aftermath: Aftermath) -> None:
        result = await audit(aftermath.stack.workspace)
        assert [violation for check in result.checks for violation in check.violations] == []
        assert result.settled
        assert result.totals.encounters == ENCOUNTERS

    async def test_the_topics_are_rebuilt_from_the_services_memories_and_nothing_changes(
        self, aftermath: Aftermath
    ) -> None:
        stack, clinic = aftermath.stack, aftermath.clinic
        before = await content(stack)
        await lose_the_broker(stack)
        assert await rebuilt(stack) == {}
        assert await content(stack) == before
        later = await clinic.record_all(clinic.visits(5), per_second=PER_SECOND)
        assert await comes_to_rest(lambda: still_moving(stack, clinic), REST_SECONDS) == {}
        assert await violations(stack, clinic, [*aftermath.accepted, *later]) == []

    async def test_the_judge_sees_what_is_wrong(self, aftermath: Aftermath) -> None:
        """The last one, since it spoils the stack: a judge that finds nothing must be one that can find something."""
        for service, damage, _ in DAMAGES:
            database = await aftermath.stack.connect(service)
            assert await database.execute(damage) != "UPDATE 0"
            await database.close()
        found = "\n".join(await violations(aftermath.stack, aftermath.clinic, aftermath.accepted))
        assert [complaint for _, _, complaint in DAMAGES if complaint not in found] == []


# Each of them is one way to lose or to double something, done by hand.
DAMAGES = (
    (
        "coding",
        "UPDATE encounters SET disposition = 'hold'"
        " WHERE id = (SELECT id FROM encounters WHERE disposition = 'ready' LIMIT 1)",
        "in claims 1 times, not 0",
    ),
    (
        "claims",
        "UPDATE claims SET status = 'closed' WHERE id = (SELECT id FROM claims WHERE status = 'paid' LIMIT 1)",
        "its history ends at paid",
    ),
    (
        "claims",
        "UPDATE submissions SET control_number = 'ELSEWHERE'"
        " WHERE claim_id = (SELECT claim_id FROM submissions LIMIT 1)",
        "submission ELSEWHERE is missing in the simulator",
    ),
    ("claims", "DELETE FROM inbox WHERE event_id = (SELECT event_id FROM inbox LIMIT 1)", "was never handled"),
    ("denials", "UPDATE cases SET claim_id = id WHERE id = (SELECT id FROM cases LIMIT 1)", "is missing in denials"),
    (
        "payments",
        "UPDATE ledger_entries SET amount = amount + 0.01 WHERE (posting_id, number) ="
        " (SELECT posting_id, number FROM ledger_entries WHERE account = 'payer_receivable' LIMIT 1)",
        "a posting does not balance",
    ),
    ("edi", "UPDATE transmissions SET ordinal = ordinal + 1000 WHERE ordinal = 1", "an interchange number is missing"),
    (
        "edi",
        "UPDATE event_log SET event_id = gen_random_uuid() WHERE position = (SELECT min(position) FROM event_log)",
        "of the log is not on the topic",
    ),
    (
        "claims",
        "UPDATE event_log SET version = 0 WHERE position ="
        " (SELECT max(position) FROM event_log GROUP BY key HAVING count(*) > 1 LIMIT 1)",
        "written behind a later version",
    ),
)


async def dermbill(stack: OwnStack, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, as an operator types it."""
    command = [sys.executable, "-m", "stack.cli", "--home", str(stack.workspace.home), *words]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)


async def lose_the_broker(stack: OwnStack) -> None:
    """The broker dies and its data with it; it comes back empty."""
    pid = stack.living_pid(KAFKA)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    lost = stack.kafka_folder.with_name("lost")
    stack.kafka_folder.rename(lost)
    shutil.rmtree(lost)
    came_back = await comes_to_rest(lambda: _down(stack, KAFKA, pid), REBUILD_SECONDS)
    assert came_back == {}, "the broker was not started again"


async def rebuilt(stack: OwnStack) -> Mapping[str, int]:
    """Make the topics again and say every service's events again; what still waits when the time is over."""
    replayed = await dermbill(stack, "replay", "--all", "--topics")
    assert replayed.returncode == 0, replayed.stderr
    return await comes_to_rest(lambda: _not_drained(stack), REBUILD_SECONDS)


async def comes_to_rest(moving: Callable[[], Awaitable[Mapping[str, int]]], seconds: float) -> Mapping[str, int]:
    """Ask twice in a row until nothing moves; what still moves after `seconds`."""
    deadline, quiet = time.monotonic() + seconds, 0
    while True:
        try:
            found = await moving()
        except (OSError, asyncpg.PostgresError) as away:
            found = {type(away).__name__: 1}
        quiet = 0 if found else quiet + 1
        if quiet == 2 or time.monotonic() > deadline:
            return found
        await asyncio.sleep(1)


class Stopwatch:
    """Seconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name], self._since = round(now - self._since, 1), now


async def _down(stack: OwnStack, name: str, former: int) -> Mapping[str, int]:
    return {} if stack.is_ready(name) and stack.living_pid(name) != former else {name: 1}


async def _not_drained(stack: OwnStack) -> Mapping[str, int]:
    waiting: dict[str, int] = {}
    for service in SERVICE_NAMES:
        database = await stack.connect(service)
        waiting[f"{service} outbox"] = await database.fetchval("SELECT count(*) FROM outbox")
        await database.close()
    return {what: count for what, count in waiting.items() if count} or await behind(stack.kafka_servers)
