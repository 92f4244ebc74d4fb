"""A service as a real process on the database of a test: a failpoint kills it, and the test starts it again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import text

from common.embedded import Child, free_port, start_child
from common.testing.issuer import AUDIENCE
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS, Running

PATIENCE_SECONDS = 40.0


class KillableService:
    """`python -m <service> all` beside the running service of a test; `told` are settings of the service's own.

    Nothing goes to Kafka: what the process publishes stays in its outbox, for the test to look at.
    """

    def __init__(self, service: Running, log: Path, **told: str) -> None:
        self._service, self._log, self._name = service, log, service.service.name
        self._told = {
            "DATABASE_URL": service.database.app_url,
            "PLATFORM_DATABASE_URL": service.database.platform_url,
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "OIDC_ISSUER": service.issuer.url,
            "OIDC_AUDIENCE": AUDIENCE,
            "SERVICE_CLIENT_ID": self._name,
            "SERVICE_CLIENT_SECRET": "synthetic",
            "PHI_KEYS": PHI_KEYS,
            "PHI_INDEX_KEY": PHI_INDEX_KEY,
            "DERMBILL_MODE": "test",
            **told,
        }
        self._child: Child | None = None

    async def start(self, plan: str = "") -> None:
        """Start it with this plan of failpoints, as when the leases of a killed process have run out."""
        freed = "UPDATE timers SET due_at = clock_timestamp(), leased_until = NULL RETURNING key"
        await self._service.query(text(freed))
        told = self._told | {"PORT": str(free_port()), "FAILPOINTS": plan}
        command = [sys.executable, "-m", self._name, "all"]
        self._child = start_child(self._name, command, log=self._log, env=os.environ | told)

    async def dies(self) -> None:
        """Wait until it is gone. Fails unless it was killed."""
        assert self._child is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._child.alive:  # noqa: ASYNC110 - a process of its own sets no event here
                await asyncio.sleep(0.05)
        assert self._child.exit_code == -signal.SIGKILL, self._log.read_text()[-2000:]

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Wait until `look` sees what it looks for. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await look():  # noqa: ASYNC110 - what is looked for is in a database
            await asyncio.sleep(0.1)
