"""A process is restarted when it stands still, and asked only when it can answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import httpx
import pytest
from fastapi import FastAPI

from common import health
from common.health import Health


class Reachability:
    """A check as a service registers one."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.pause = 0.0

    async def reachable(self) -> None:
        await asyncio.sleep(self.pause)
        if self.fault:
            raise self.fault


@pytest.fixture
def database() -> Reachability:
    return Reachability()


@pytest.fixture
def state(database: Reachability) -> Health:
    made = Health()
    made.add_check("database", database.reachable)
    return made


@pytest.fixture
async def client(state: Health) -> AsyncGenerator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(health.router(state))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as made:
        yield made


class TestReadiness:
    async def test_is_every_check_passing(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": {"database": "ok"}})

    async def test_ends_with_the_database_and_tells_no_more_than_the_kind_of_fault(
        self, client: httpx.AsyncClient, database: Reachability
    ) -> None:
        database.fault = ConnectionRefusedError("postgresql://app:s3cret@db")
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "not ready", "checks": {"database": "ConnectionRefusedError"}}

    async def test_does_not_wait_for_a_check_that_hangs(
        self, client: httpx.AsyncClient, database: Reachability, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "CHECK_SECONDS", 0.1)
        database.pause = 5
        started = time.monotonic()
        assert (await client.get("/readyz")).json()["checks"] == {"database": "TimeoutError"}
        assert time.monotonic() - started < 2

    async def test_ends_while_the_process_drains(self, client: httpx.AsyncClient, state: Health) -> None:
        state.drain()
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")


class TestLiveness:
    async def test_does_not_depend_on_the_database(self, client: httpx.AsyncClient, database: Reachability) -> None:
        database.fault = ConnectionRefusedError()
        assert (await client.get("/healthz")).status_code == 200

    async def test_ends_when_what_is_watched_stands_still(self, client: httpx.AsyncClient, state: Health) -> None:
        standing = 59.0
        state.add_watchdog("consumer", lambda: standing)
        assert (await client.get("/healthz")).json() == {"status": "alive", "stalled": []}
        standing = 61.0
        answer = await client.get("/healthz")
        assert (answer.status_code, answer.json()) == (503, {"status": "stalled", "stalled": ["consumer"]})

    async def test_goes_on_while_the_process_drains(self, client: httpx.AsyncClient, state: Health) -> None:
        state.drain()
        assert (await client.get("/healthz")).status_code == 200
