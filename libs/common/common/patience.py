"""How often, how soon and for how long a far side that fails is asked again."""

from __future__ import annotations

import time

from common import chance

ATTEMPTS = 4
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


class Breaker:
    """After `failures` in a row nobody asks the far side for `rest` seconds; then one call tries."""

    def __init__(self, failures: int = 8, rest: float = 3.0) -> None:
        self._most, self._rest = failures, rest
        self._failed, self._until = 0, 0.0

    def admits(self) -> bool:
        now = time.monotonic()
        if self._failed < self._most:
            return True
        if now < self._until:
            return False
        self._until = now + self._rest
        return True

    def succeeded(self) -> None:
        self._failed = 0

    def failed(self) -> None:
        self._failed += 1
        if self._failed >= self._most:
            self._until = time.monotonic() + self._rest


class RetryBudget:
    """At most `share` of the calls are retries, and `reserve` more: no storm when everything fails."""

    def __init__(self, reserve: float = 10.0, share: float = 0.2) -> None:
        self._left, self._reserve, self._share = reserve, reserve, share

    def called(self) -> None:
        self._left = min(self._reserve, self._left + self._share)

    def take(self) -> bool:
        if self._left < 1:
            return False
        self._left -= 1
        return True


def pause_after(attempt: int, after: float | None) -> float:
    """Seconds until the attempt after `attempt`, never less than the `after` that the far side asks for.

    Full jitter: anywhere up to the bound, so that callers that failed together do not return together.
    """
    jittered = chance.pause(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
    return max(jittered, after or 0.0)
