"""Connections to a service's own Postgres, by the two roles that it runs under.

`<service>_app` serves requests and events and sees one practice at a time. `<service>_platform` moves outbox
rows, timers, parked events and audit seals of every practice, and can read no business table.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from asyncpg import InterfaceError as AsyncpgInterfaceError  # pyright: ignore[reportMissingTypeStubs]
from asyncpg import InternalClientError, PostgresError  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from common.refusal import Stale
from common.statements import preparing

# Anything a restart of Postgres, a failover or a full disk can cause: worth repeating, nobody's bug.
TRANSIENT_STATES = ("08", "25006", "40001", "40P01", "53", "55P03", "57", "58")

POOL_SECONDS = 10

# A serializable transaction remembers what it looked at: a whole table when it read it from end to end, which is how
# Postgres reads small ones, and then every two transactions meet. By an index it remembers pages.
ISOLATIONS = {
    "read committed": {"default_transaction_isolation": "read committed"},
    "serializable": {"default_transaction_isolation": "serializable", "enable_seqscan": "off"},
}

# One round trip for all. The practice is a UUID, so it needs no quoting.
BEGIN = "BEGIN; SELECT set_config('app.practice_id', '{practice_id}', true); "


class Session:
    """One connection in a transaction, twice: `sql` for SQLAlchemy statements, `raw` (asyncpg) for the backbone's own.

    `closing` gathers statements that are sent in one message with the commit.
    """

    __slots__ = ("answer", "closing", "raw", "sql")

    def __init__(self, connection: AsyncConnection) -> None:
        self.sql = connection
        self.raw = driver_of(connection)
        self.closing: list[str] = []
        self.answer = ""


def driver_of(connection: AsyncConnection) -> Any:
    """The asyncpg connection under an open SQLAlchemy one; nothing is awaited, since it is there already."""
    opened = connection.sync_connection
    assert opened is not None
    return opened.connection.driver_connection


def _begin(practice_id: UUID) -> str:
    return BEGIN.format(practice_id=UUID(str(practice_id)))


@asynccontextmanager
async def driver(engine: AsyncEngine) -> AsyncGenerator[Any, None]:
    """The driver's own connection, outside any transaction. After a fault it is closed, and with it go its locks."""
    async with engine.connect() as connection:
        try:
            yield driver_of(connection)
        except BaseException:
            # SQLAlchemy did not see the fault, and would give a dead connection to the next one who asks.
            with contextlib.suppress(Exception):
                await connection.invalidate()
            raise


async def _drop(connection: AsyncConnection) -> None:
    with contextlib.suppress(Exception):
        await connection.invalidate()
        await connection.close()


class Database:
    """The two pools of a service. Sizes bound how much one process asks of Postgres at once."""

    def __init__(
        self,
        app_url: str,
        platform_url: str,
        *,
        pool_size: int = 8,
        statement_seconds: int = 30,
        isolation: str = "read committed",
    ) -> None:
        settings = {
            "statement_timeout": f"{statement_seconds}s",
            "idle_in_transaction_session_timeout": "60s",
            "standard_conforming_strings": "on",
        }
        options = {"server_settings": settings, "timeout": 10, "command_timeout": statement_seconds + 5}
        # Autocommit: a transaction here is begun and committed by hand, with the tenant in the same round trip. One
        # connection more than transactions: readiness and the check of the schema never wait for work.
        self.app: AsyncEngine = create_async_engine(
            app_url,
            pool_size=pool_size + 1,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            connect_args=options | {"server_settings": settings | ISOLATIONS[isolation]},
            isolation_level="AUTOCOMMIT",
        )
        self.platform: AsyncEngine = create_async_engine(
            platform_url, pool_size=6, max_overflow=0, pool_timeout=POOL_SECONDS, connect_args=options
        )
        self._free = asyncio.Semaphore(pool_size)
        # Connections between two transactions, the last used on top. Taking one costs SQLAlchemy's pool more than a
        # round trip costs.
        self._idle: list[Session] = []

    async def begin(self, practice_id: UUID, first: str = "") -> Session:
        """Open a transaction of the application's role in which only `practice_id` exists.

        `first` is a statement sent in the same message; `Session.answer` is what Postgres says to it ("INSERT 0 3").
        `commit` or `abandon` must follow. Raises TimeoutError when all connections stay in use.
        """
        if self._free.locked():
            async with asyncio.timeout(POOL_SECONDS):
                await self._free.acquire()
        else:
            await self._free.acquire()
        session = None
        try:
            session = await self._connection()
            session.answer = await session.raw.execute(_begin(practice_id) + first)
        except BaseException:
            if session is None:
                self._free.release()
            else:
                await self.abandon(session)
            raise
        return session

    async def begin_again(self, session: Session, practice_id: UUID) -> None:
        """Roll back what `first` did and begin without it."""
        await session.raw.execute("ROLLBACK; " + _begin(practice_id))

    async def commit(self, session: Session) -> None:
        """Send what `closing` holds, and commit. When it raises, `abandon` must follow."""
        session.closing.append("COMMIT")
        if await session.raw.execute("; ".join(session.closing)) != "COMMIT":
            raise RuntimeError("an operation went on after a statement failed: nothing was committed")
        self._return(session)

    async def abandon(self, session: Session) -> None:
        """Roll back, and leave the connection clean, or closed; `begin` drops a closed one."""
        try:
            async with asyncio.timeout(5):
                await session.raw.execute("ROLLBACK")
        except Exception:
            session.raw.terminate()
        except BaseException:
            # A second cancellation while the first is undone.
            session.raw.terminate()
            raise
        finally:
            self._return(session)

    @asynccontextmanager
    async def as_practice(self, practice_id: UUID, first: str = "") -> AsyncGenerator[Session, None]:
        """`begin`, and at the end of the block `commit`, or `abandon` when it raises.

        Raises what the database raises; after a commit that was cut off nobody knows whether it took place, and the
        inbox or the idempotency key of the repeated work tells.
        """
        session = await self.begin(practice_id, first)
        try:
            yield session
            await self.commit(session)
        except BaseException:
            await self.abandon(session)
            raise

    async def _connection(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            if not session.raw.is_closed():
                return session
            await _drop(session.sql)
        connection = await self.app.connect()
        try:
            session = Session(connection)
            await session.raw.execute(preparing())
        except BaseException:
            await _drop(connection)
            raise
        return session

    def _return(self, session: Session) -> None:
        session.closing.clear()
        self._idle.append(session)
        self._free.release()

    async def reachable(self) -> None:
        async with asyncio.timeout(3), self.app.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        while self._idle:
            await _drop(self._idle.pop().sql)
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
