"""A database and three roles for every service, on the embedded server or on one that is given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from common.embedded import StackError

ROLES = ("owner", "app", "platform")


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The three doors to one service's database: schema owner, application, and the platform's own work."""

    owner: str
    app: str
    platform: str


def secret_names(service: str) -> list[str]:
    """The names under which the passwords of a service's roles are kept."""
    return [f"database.{service}.{role}" for role in ROLES]


def urls(admin_url: str, service: str, passwords: Mapping[str, str]) -> DatabaseUrls:
    """The URLs a service is given, on the server of `admin_url`."""

    def url(role: str) -> str:
        password = quote(passwords[f"database.{service}.{role}"], safe="")
        place = urlsplit(admin_url).netloc.rpartition("@")[2]
        return f"postgresql+asyncpg://{service}_{role}:{password}@{place}/{service}"

    return DatabaseUrls(owner=url("owner"), app=url("app"), platform=url("platform"))


async def prepare_databases(admin_url: str, services: Iterable[str], passwords: Mapping[str, str]) -> None:
    """Create what is missing and set the passwords; what exists is kept.

    The roles cannot bypass row-level security; only the owner can create tables, and no other role can
    connect. Raises StackError when the server does not answer or refuses.
    """
    try:
        server = await asyncpg.connect(_plain(admin_url), timeout=15)
    except (OSError, asyncpg.PostgresError, TimeoutError) as failure:
        raise StackError(f"PostgreSQL does not let us in: {type(failure).__name__}.") from failure
    try:
        for service in services:
            await _prepare(server, service, passwords)
    except asyncpg.PostgresError as failure:
        raise StackError(f"PostgreSQL refused to create the databases: {failure}.") from failure
    finally:
        await server.close()


async def _prepare(server: asyncpg.Connection, service: str, passwords: Mapping[str, str]) -> None:
    for role in ROLES:
        name = f"{service}_{role}"
        known = await server.fetchrow("SELECT rolsuper OR rolbypassrls AS above FROM pg_roles WHERE rolname = $1", name)
        if known and known["above"]:
            raise StackError(f"The database role {name} can bypass row-level security: take that right from it.")
        password = await server.fetchval("SELECT quote_literal($1)", passwords[f"database.{service}.{role}"])
        await server.execute(f'{"ALTER" if known else "CREATE"} ROLE "{name}" LOGIN PASSWORD {password}')
    if not await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", service):
        # The administrator of a managed server is no superuser and must be a member to give a database away.
        await server.execute(f'GRANT "{service}_owner" TO CURRENT_USER')
        await server.execute(f'CREATE DATABASE "{service}" OWNER "{service}_owner"')
    await server.execute(f'REVOKE ALL ON DATABASE "{service}" FROM PUBLIC')
    others = ", ".join(f'"{service}_{role}"' for role in ROLES)
    await server.execute(f'GRANT CONNECT ON DATABASE "{service}" TO {others}')


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme=parts.scheme.partition("+")[0]))
