"""Time in: the functions that timers call, and the loop that calls them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from common import chance, metrics, timers, tracing
from common.failpoints import failpoint, named
from common.http import RemoteUnavailable
from common.logging import get_logger
from common.refusal import Refusal, Stale
from common.serializing import until_it_stands
from common.timers import LEASE, Timer
from common.uow import Actor, Cause, UnitOfWork, Workplace

log = get_logger(__name__)

CLAIMED = named("timers.claimed", "A due timer is leased to this process; its function has not run.")
ACTED = named("timers.acted", "A timer's function has returned; the timer is still there.")

Deadline = Callable[[UnitOfWork, Timer], Awaitable[None]]

CONCURRENCY = 8
LONGEST_PAUSE = 300.0


class Deadlines:
    """What a service does when a timer of a kind is due, and how many of them run at once in one process.

    More for a service whose timers wait for others: one who stays silent for twenty seconds holds a place so long.
    """

    def __init__(self, *, at_once: int = CONCURRENCY) -> None:
        self.functions: dict[str, Deadline] = {}
        self.at_once = at_once

    def when(self, kind: str) -> Callable[[Deadline], Deadline]:
        """Register the function for timers of `kind`. It runs at least once, outside any transaction."""

        def register(function: Deadline) -> Deadline:
            if kind in self.functions:
                raise ValueError(f"two functions wait for the timer {kind}")
            self.functions[kind] = function
            return function

        return register


class DeadlineRunner:
    """Leases due timers and runs them, so many at a time in this process as `deadlines` says."""

    def __init__(self, workplace: Workplace, deadlines: Deadlines, *, poll: float = 0.1) -> None:
        self._workplace = workplace
        self._platform = workplace.database.platform
        self._deadlines = deadlines
        self._poll = poll
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; what runs then is finished first."""
        try:
            while True:
                free = self._deadlines.at_once - len(self._running)
                leased = await timers.lease_due(self._platform, limit=free) if free else ()
                for timer in leased:
                    task = asyncio.create_task(self._run_one(timer), name=f"timer {timer.kind}")
                    self._running.add(task)
                    task.add_done_callback(self._finished)
                if len(leased) < free or not free:
                    await self._rest()
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=15)

    async def run_due(self) -> int:
        """Run what is due now and wait for it; gives how many ran."""
        leased = await timers.lease_due(self._platform, limit=self._deadlines.at_once)
        await asyncio.gather(*(self._run_one(timer) for timer in leased))
        return len(leased)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._poll)
        self._wake.clear()

    async def _run_one(self, timer: Timer) -> None:
        started = time.perf_counter()
        holding = asyncio.create_task(self._hold(timer))
        outcome = "failed"
        try:
            outcome = await self._attempt(timer)
        except Exception as fault:
            # Postgres itself is away: the lease runs out and somebody takes the timer again.
            log.warning("timer left to its lease", kind=timer.kind, key=timer.key, error=type(fault).__name__)
        finally:
            holding.cancel()
            metrics.HANDLER_SECONDS.labels(f"timer {timer.kind}", outcome).observe(time.perf_counter() - started)

    async def _attempt(self, timer: Timer) -> str:
        function = self._deadlines.functions.get(timer.kind)
        if function is None:
            await timers.stop(
                self._platform,
                timer,
                code="unknown-timer",
                reason=f"Nothing waits for the timer {timer.kind}.",
            )
            return "stopped"
        cause = Cause(correlation_id=timer.correlation_id)
        work = UnitOfWork(self._workplace, timer.practice_id, Actor(f"timer:{timer.kind}", "timer"), cause)
        try:
            failpoint(CLAIMED)
            with tracing.consumer_span(f"timer {timer.kind}", timer.traceparent):
                await until_it_stands("timer", lambda: function(work, timer))
            failpoint(ACTED)
        except Stale as stale:
            await timers.retry(self._platform, timer, after=chance.pause(0.0, 0.5), error=stale.code)
            return "stale"
        except Refusal as refusal:
            log.warning("timer refused", kind=timer.kind, key=timer.key, code=refusal.code)
            await timers.stop(self._platform, timer, code=refusal.code, reason=refusal.detail)
            return "stopped"
        except Exception as fault:
            longest = min(LONGEST_PAUSE, 2.0 ** min(timer.attempts - 1, 10))
            pause = chance.pause(longest / 2, longest)
            if not isinstance(fault, RemoteUnavailable):
                log.error("timer failed", kind=timer.kind, key=timer.key, attempts=timer.attempts, exc=fault)
            await timers.retry(self._platform, timer, after=pause, error=type(fault).__name__)
            return "failed"
        await timers.finish(self._platform, timer)
        return "done"

    async def _hold(self, timer: Timer) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            with contextlib.suppress(Exception):
                await timers.renew(self._platform, timer)
