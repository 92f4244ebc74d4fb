"""What one process takes at once, and from one practice."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from till.service import TILL

from common.ids import new_id
from common.limits import MOST_BUCKETS, InFlightLimit, PracticeLimit, TooManyRequests


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TestAPractice:
    def test_may_send_its_burst_and_then_as_many_as_the_rate_fills(self) -> None:
        clock = Clock()
        limit, practice = PracticeLimit(10, 20, clock=clock), uuid4()
        for _ in range(20):
            limit.admit(practice)
        with pytest.raises(TooManyRequests):
            limit.admit(practice)
        clock.now += 0.5
        for _ in range(5):
            limit.admit(practice)
        with pytest.raises(TooManyRequests) as refused:
            limit.admit(practice)
        assert refused.value.headers["Retry-After"] == "1"
        assert refused.value.headers["RateLimit-Remaining"] == "0"

    def test_takes_nothing_from_another(self) -> None:
        limit, busy, calm = PracticeLimit(1, 1, clock=Clock()), uuid4(), uuid4()
        limit.admit(busy)
        with pytest.raises(TooManyRequests):
            limit.admit(busy)
        limit.admit(calm)

    def test_never_has_more_than_its_burst_however_long_it_was_away(self) -> None:
        clock = Clock()
        limit, practice = PracticeLimit(10, 3, clock=clock), uuid4()
        limit.admit(practice)
        clock.now += 3600
        for _ in range(3):
            limit.admit(practice)
        with pytest.raises(TooManyRequests):
            limit.admit(practice)

    def test_is_forgotten_when_too_many_others_came_since(self) -> None:
        limit = PracticeLimit(1, 1, clock=Clock())
        first = uuid4()
        limit.admit(first)
        for _ in range(MOST_BUCKETS):
            limit.admit(uuid4())
        limit.admit(first)


class TestAProcess:
    async def test_answers_what_it_has_room_for_and_refuses_the_next_at_once(self) -> None:
        release, entered = asyncio.Event(), asyncio.Semaphore(0)

        async def slow(request: Request) -> Response:
            entered.release()
            await release.wait()
            return PlainTextResponse("done")

        async def alive(request: Request) -> Response:
            return PlainTextResponse("alive")

        inner = Starlette(routes=[Route("/slow", slow), Route("/healthz", alive)])
        transport = httpx.ASGITransport(InFlightLimit(inner, most=2))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            waiting = [asyncio.create_task(http.get("/slow")) for _ in range(2)]
            for _ in range(2):
                await entered.acquire()
            refused = await http.get("/slow")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            assert refused.headers["content-type"] == "application/problem+json"
            assert (await http.get("/healthz")).status_code == 200
            release.set()
            assert [answer.text for answer in await asyncio.gather(*waiting)] == ["done", "done"]
            assert (await http.get("/slow")).status_code == 200


class TestAService:
    async def test_refuses_a_practice_that_sends_too_much_and_serves_the_others(self, run_service: Any) -> None:
        service = await run_service(TILL, requests_per_second=0.001, requests_burst=3)
        async with service.client("tills:read") as http:
            codes = [(await http.get("/tills")).status_code for _ in range(4)]
            refused = await http.get("/tills")
        assert codes == [200, 200, 200, 429]
        assert refused.json()["code"] == "too-many-requests"
        assert int(refused.headers["retry-after"]) > 0
        other = new_id()
        async with service.client("tills:read", practices=[other]) as http:
            assert (await http.get("/tills")).status_code == 200
