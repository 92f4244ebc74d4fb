"""Connections to a service's own Postgres, by the two roles that it runs under.

`<service>_app` serves requests and events and sees one practice at a time. `<service>_platform` moves outbox
rows, timers, parked events and audit seals of every practice, and can read no business table.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import InterfaceError as AsyncpgInterfaceError  # pyright: ignore[reportMissingTypeStubs]
from asyncpg import InternalClientError, PostgresError  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from common.refusal import Stale

# Anything a restart of Postgres, a failover or a full disk can cause: worth repeating, nobody's bug.
TRANSIENT_STATES = ("08", "25006", "40001", "40P01", "53", "55P03", "57", "58")


# One round trip for both. The practice is a UUID, so it needs no quoting.
BEGIN = "BEGIN; SELECT set_config('app.practice_id', '{practice_id}', true)"


@dataclass(frozen=True, slots=True)
class Session:
    """One open transaction, twice: `sql` for SQLAlchemy statements, `raw` (asyncpg) for the backbone's own."""

    sql: AsyncConnection
    raw: Any


def _driver(connection: AsyncConnection) -> Any:
    """The asyncpg connection under an open SQLAlchemy one; nothing is awaited, since it is there already."""
    opened = connection.sync_connection
    assert opened is not None
    return opened.connection.driver_connection


async def _roll_back(session: Session) -> None:
    """Leave the connection clean for the next one who takes it from the pool, or take it out of the pool."""
    try:
        async with asyncio.timeout(5):
            await session.raw.execute("ROLLBACK")
    except Exception:
        with contextlib.suppress(Exception):
            await session.sql.invalidate()


class Database:
    """The two pools of a service. Sizes bound how much one process asks of Postgres at once."""

    def __init__(self, app_url: str, platform_url: str, *, pool_size: int = 8, statement_seconds: int = 30) -> None:
        settings = {
            "statement_timeout": f"{statement_seconds}s",
            "idle_in_transaction_session_timeout": "60s",
        }
        options = {"server_settings": settings, "timeout": 10, "command_timeout": statement_seconds + 5}
        # Autocommit: `as_practice` begins and commits by itself, and names the tenant in the same round trip.
        self.app: AsyncEngine = create_async_engine(
            app_url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            connect_args=options,
            isolation_level="AUTOCOMMIT",
        )
        self.platform: AsyncEngine = create_async_engine(
            platform_url, pool_size=6, max_overflow=0, pool_timeout=10, connect_args=options
        )

    @asynccontextmanager
    async def as_practice(self, practice_id: UUID) -> AsyncGenerator[Session, None]:
        """A transaction of the application's role in which only `practice_id` exists.

        Raises what the database raises; after a commit that was cut off nobody knows whether it took place, and the
        inbox or the idempotency key of the repeated work tells.
        """
        async with self.app.connect() as connection:
            session = Session(connection, _driver(connection))
            try:
                await session.raw.execute(BEGIN.format(practice_id=UUID(str(practice_id))))
                yield session
                ended = await session.raw.execute("COMMIT")
            except BaseException:
                await _roll_back(session)
                raise
            if ended != "COMMIT":
                raise RuntimeError("an operation went on after a statement failed: nothing was committed")

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
    if isinstance(fault, PostgresError):
        return str(getattr(fault, "sqlstate", "")).startswith(TRANSIENT_STATES)
    if isinstance(fault, AsyncpgInterfaceError | InternalClientError):
        return True
    if isinstance(fault, DBAPIError):
        if fault.connection_invalidated or isinstance(fault, InterfaceError):
            return True
        state = str(getattr(fault.orig, "sqlstate", None) or "")
        return state.startswith(TRANSIENT_STATES) if state else isinstance(fault, OperationalError)
    return isinstance(fault, OSError | TimeoutError | PoolTimeout)
