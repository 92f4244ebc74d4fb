"""Whether a process should be restarted, and whether it should be asked.

`/healthz` never looks outside the process: a lost database would restart every service at once, and mend
nothing. `/readyz` looks, and also says no while the process drains.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from common.logging import get_logger

log = get_logger(__name__)

Check = Callable[[], Awaitable[None]]
"""Passes by returning, fails by raising."""
Standing = Callable[[], float]
"""Seconds for which there was work and nothing moved; 0 while there is none."""

CHECK_SECONDS = 3.0
STALLED_SECONDS = 60.0


class Health:
    """The state of one process. Checks and watchdogs are added as it starts."""

    def __init__(self) -> None:
        self.draining = False
        self._checks: dict[str, Check] = {}
        self._watchdogs: dict[str, tuple[Standing, float]] = {}

    def add_check(self, name: str, check: Check) -> None:
        """What `/readyz` asks."""
        self._checks[name] = check

    def add_watchdog(self, name: str, standing: Standing, *, limit: float = STALLED_SECONDS) -> None:
        """What `/healthz` watches: it fails when `standing()` passes `limit` seconds."""
        self._watchdogs[name] = (standing, limit)

    def drain(self) -> None:
        """Stop asking for work: the process is about to end."""
        self.draining = True

    async def alive(self) -> JSONResponse:
        """200 while the event loop turns (or nobody would answer) and nothing watched stands still."""
        stalled = sorted(name for name, (standing, limit) in self._watchdogs.items() if standing() > limit)
        body = {"status": "stalled" if stalled else "alive", "stalled": stalled}
        return JSONResponse(body, 503 if stalled else 200)

    async def ready(self) -> JSONResponse:
        """200 when every check passes in time and the process does not drain."""
        states = await asyncio.gather(*(_state(name, check) for name, check in self._checks.items()))
        ready = not self.draining and all(state == "ok" for state in states)
        status = "draining" if self.draining else "ready" if ready else "not ready"
        checks = dict(zip(self._checks, states, strict=True))
        return JSONResponse({"status": status, "checks": checks}, 200 if ready else 503)


def router(health: Health) -> APIRouter:
    """`/healthz` and `/readyz`, open to the machine that watches."""
    routes = APIRouter(include_in_schema=False)
    routes.add_api_route("/healthz", health.alive, methods=["GET"], response_model=None)
    routes.add_api_route("/readyz", health.ready, methods=["GET"], response_model=None)
    return routes


async def _state(name: str, check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as fault:
        log.warning("a readiness check failed", kind=name, error=type(fault).__name__)
        return type(fault).__name__
    return "ok"
