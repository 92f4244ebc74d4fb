"""Timers: at least once, at their time, by one process at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from till import service as till
from till.service import TILL

from common.deadlines import DeadlineRunner
from common.ids import new_id
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def tills(run_service: Start) -> Running:
    till.RUNS.clear()
    return await run_service(TILL)


def now() -> datetime:
    return datetime.now(UTC)


async def left(service: Running) -> list[tuple[str, str | None]]:
    rows = await service.query(text("SELECT kind, last_error FROM timers ORDER BY kind"))
    return [(row["kind"], row["last_error"]) for row in rows]


class TestTimers:
    async def test_one_that_is_due_runs_and_is_gone(self, tills: Running) -> None:
        await till.set_timer(tills.uow(), "count", new_id(), now(), version=7)
        await tills.run_timers()
        assert till.RUNS == [("count", 7)]
        assert await left(tills) == []

    async def test_one_that_is_not_due_waits(self, tills: Running) -> None:
        await till.set_timer(tills.uow(), "count", new_id(), now() + timedelta(hours=1))
        await tills.run_timers()
        assert till.RUNS == []

    async def test_setting_it_again_moves_it(self, tills: Running) -> None:
        key = new_id()
        await till.set_timer(tills.uow(), "count", key, now(), version=1)
        await till.set_timer(tills.uow(), "count", key, now() + timedelta(hours=1), version=2)
        await tills.run_timers()
        assert till.RUNS == []
        await tills.run_timers(until=now() + timedelta(hours=2))
        assert till.RUNS == [("count", 2)]

    async def test_one_that_sets_itself_again_goes_on(self, tills: Running) -> None:
        await till.set_timer(tills.uow(), "again", new_id(), now(), version=1)
        await tills.run_timers()
        assert till.RUNS == [("again", 1), ("again", 2), ("again", 3)]
        assert await left(tills) == []

    async def test_a_failure_is_repeated_later(self, tills: Running) -> None:
        await till.set_timer(tills.uow(), "fails-once", new_id(), now())
        await tills.run_timers()
        assert await left(tills) == [("fails-once", "ConnectionError")]
        await tills.run_timers(until=now() + timedelta(minutes=10))
        assert till.RUNS == [("fails-once", 1), ("fails-once", 2)]
        assert await left(tills) == []

    async def test_a_refusal_stops_it_where_people_see_it_until_they_restart_it(self, tills: Running) -> None:
        key = new_id()
        await till.set_timer(tills.uow(), "refused", key, now())
        await tills.run_timers()
        await tills.run_timers(until=now() + timedelta(days=1))
        async with tills.client("operations:read", "operations:write") as http:
            [stopped] = (await http.get("/parked")).json()["timers"]
            restarted = await http.post(f"/parked/timers/refused/{key}/restart")
            again = await http.post(f"/parked/timers/refused/{key}/restart")
        assert (stopped["code"], stopped["key"]) == ("false-coins", str(key))
        assert (restarted.status_code, again.status_code) == (200, 404)

    async def test_two_processes_do_not_run_the_same_one(self, tills: Running) -> None:
        keys = [new_id() for _ in range(6)]
        for key in keys:
            await till.set_timer(tills.uow(), "slow", key, now())
        runners = [DeadlineRunner(tills.runtime.workplace, TILL.deadlines) for _ in range(2)]
        counts = [await runner.run_due() for runner in runners]
        assert sum(counts) == len(till.RUNS) == 6

    async def test_a_rolled_back_operation_sets_no_timer(self, tills: Running) -> None:
        with pytest.raises(RuntimeError):
            await set_and_break(tills)
        assert await left(tills) == []


async def set_and_break(tills: Running) -> None:
    async with tills.uow().begin() as tx:
        tx.schedule("count", new_id(), due_at=now())
        raise RuntimeError
