"""How much one process takes at once, and from one practice; what is too much is refused at the door.

Everything behind the door is bounded already (pools, queues, bodies, pages), so a crowd would only wait there, and
the practice that made it would make all others wait.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from uuid import UUID

from starlette.types import ASGIApp, Receive, Scope, Send

from common import metrics, problems
from common.refusal import Refusal

MOST_BUCKETS = 10_000
FULL_RETRY_SECONDS = 1
# What tells whether the process lives must be answered most of all when it is full.
UNCOUNTED = ("/healthz", "/readyz", "/metrics")


class TooManyRequests(Refusal):
    code = "too-many-requests"
    sentence = "The practice sent more requests than {limit} a second, with {burst} at once, allow here."
    mend = "Wait {retry_after} seconds, then go on more slowly; nothing of this request was done."
    status = 429

    @property
    def headers(self) -> dict[str, str]:
        """Retry-After (RFC 9110) and what is left, as in the IETF draft on RateLimit header fields."""
        wait = str(self.facts["retry_after"])
        return {
            "Retry-After": wait,
            "RateLimit-Limit": str(self.facts["burst"]),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": wait,
        }


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class PracticeLimit:
    """A token bucket for each practice: `rate` requests a second over time, `burst` at once.

    At most MOST_BUCKETS are kept; the one unused for longest is forgotten, which is as if it were full again.
    """

    def __init__(self, rate: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: OrderedDict[UUID, _Bucket] = OrderedDict()

    def admit(self, practice_id: UUID) -> None:
        """Take one request of the practice. Raises TooManyRequests."""
        now = self._clock()
        bucket = self._buckets.pop(practice_id, None) or _Bucket(self._burst, now)
        self._buckets[practice_id] = bucket
        while len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled_at) * self._rate)
        bucket.filled_at = now
        if bucket.tokens < 1:
            metrics.REFUSED_AT_THE_DOOR.labels("practice").inc()
            wait = ceil((1 - bucket.tokens) / self._rate)
            raise TooManyRequests(limit=f"{self._rate:g}", burst=self._burst, retry_after=wait)
        bucket.tokens -= 1


class InFlightLimit:
    """At most `most` requests in one process at a time; the next is answered 503 at once, with Retry-After."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self.app, self._most, self._in_flight = app, most, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNCOUNTED:
            await self.app(scope, receive, send)
            return
        if self._in_flight >= self._most:
            metrics.REFUSED_AT_THE_DOOR.labels("process").inc()
            answer = problems.response(problems.known(503), {"Retry-After": str(FULL_RETRY_SECONDS)})
            await answer(scope, receive, send)
            return
        self._in_flight += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._in_flight -= 1
