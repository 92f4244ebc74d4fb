"""Connections to a service's own Postgres, by the two roles that it runs under.

`<service>_app` serves requests and events and sees one practice at a time. `<service>_platform` moves outbox
rows, timers, parked events and audit seals of every practice, and can read no business table.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from common.refusal import Stale

SET_TENANT = text("SELECT set_config('app.practice_id', :practice_id, true)")

# Anything a restart of Postgres, a failover or a full disk can cause: worth repeating, nobody's bug.
TRANSIENT_STATES = ("08", "25006", "40001", "40P01", "53", "55P03", "57", "58")


class Database:
    """The two pools of a service. Sizes bound how much one process asks of Postgres at once."""

    def __init__(self, app_url: str, platform_url: str, *, pool_size: int = 8, statement_seconds: int = 30) -> None:
        settings = {
            "statement_timeout": f"{statement_seconds}s",
            "idle_in_transaction_session_timeout": "60s",
        }
        options = {"server_settings": settings, "timeout": 10, "command_timeout": statement_seconds + 5}
        self.app: AsyncEngine = create_async_engine(
            app_url, pool_size=pool_size, max_overflow=0, pool_timeout=10, connect_args=options
        )
        self.platform: AsyncEngine = create_async_engine(
            platform_url, pool_size=6, max_overflow=0, pool_timeout=10, connect_args=options
        )

    @asynccontextmanager
    async def as_practice(self, practice_id: UUID) -> AsyncGenerator[AsyncConnection, None]:
        """A transaction of the application's role in which only `practice_id` exists."""
        async with self.app.begin() as connection:
            await connection.execute(SET_TENANT, {"practice_id": str(practice_id)})
            yield connection

    async def reachable(self) -> None:
        async with asyncio.timeout(3), self.app.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.app.dispose()
        await self.platform.dispose()


def is_transient(fault: BaseException) -> bool:
    """Whether repeating the same work later can succeed without anybody mending anything."""
    if isinstance(fault, Stale):
        return True
    if isinstance(fault, DBAPIError):
        if fault.connection_invalidated or isinstance(fault, InterfaceError):
            return True
        state = str(getattr(fault.orig, "sqlstate", None) or "")
        return state.startswith(TRANSIENT_STATES) if state else isinstance(fault, OperationalError)
    return isinstance(fault, OSError | TimeoutError | PoolTimeout)
