"""The databases of all services, entered as one who sees every row and changes none."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import RowMapping, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from common.embedded import StackError
from common.vault import Vault
from stack.doors import admin_url
from stack.members import NAMES
from stack.workspace import Workspace

Urls = Mapping[str, str]
"""Service name -> its database, as the server's administrator."""

SEES_ALL = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")


def database_urls(workspace: Workspace) -> Urls:
    """Where the databases of this workspace are, or those of DATABASE_URL. Raises StackError."""
    server = urlsplit(admin_url(workspace))
    return {name: urlunsplit(server._replace(scheme="postgresql+asyncpg", path=f"/{name}")) for name in NAMES}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every database as it was at one moment; later commits are not seen."""

    connections: Mapping[str, AsyncConnection]
    vaults: Mapping[str, Vault] = field(default_factory=dict[str, Vault])

    async def rows(self, service: str, sql: str, **parameters: Any) -> Sequence[RowMapping]:
        return (await self.connections[service].execute(text(sql), parameters)).mappings().all()

    async def scalar(self, service: str, sql: str, **parameters: Any) -> Any:
        return await self.connections[service].scalar(text(sql), parameters)


@asynccontextmanager
async def snapshot(urls: Urls, vaults: Mapping[str, Vault] | None = None) -> AsyncGenerator[Snapshot, None]:
    """Open one read-only transaction in each database; `vaults` (service -> keys) open what is sealed there.

    Raises StackError when one cannot be entered, or when its role sees only the rows of a practice: such an audit
    would find nothing and mean nothing.
    """
    async with AsyncExitStack() as stack:
        connections: dict[str, AsyncConnection] = {}
        for service, url in urls.items():
            engine = create_async_engine(url, isolation_level="REPEATABLE READ", pool_size=1)
            stack.push_async_callback(engine.dispose)
            try:
                connection = await stack.enter_async_context(engine.connect())
                connection = await connection.execution_options(postgresql_readonly=True)
                sees_all = await connection.scalar(SEES_ALL)
            except (OSError, SQLAlchemyError) as fault:
                raise StackError(f"The database of {service} does not let us in: {type(fault).__name__}.") from None
            if not sees_all:
                raise StackError(f"Our role in the database of {service} does not see the rows of every practice.")
            connections[service] = connection
        yield Snapshot(connections, vaults or {})
