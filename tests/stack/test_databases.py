"""Every service's own database, on a real server."""

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from common.embedded import EmbeddedPostgres, StackError
from stack.databases import prepare_databases, secret_names, urls

SERVICES = ("claims", "payments")
PASSWORDS = {name: f"synthetic '{name}'/@" for service in SERVICES for name in secret_names(service)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("databases"), durable=False)
    postgres.start()
    yield postgres
    postgres.stop()


def door(server: EmbeddedPostgres, service: str, role: str) -> str:
    return getattr(urls(server.url(), service, PASSWORDS), role).replace("+asyncpg", "")


async def run(url: str, *statements: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


class TestTheDoors:
    async def test_the_owner_makes_tables_and_the_application_cannot(self, server: EmbeddedPostgres) -> None:
        await prepare_databases(server.url(), SERVICES, PASSWORDS)
        await run(door(server, "claims", "owner"), "create table kept(id int)", "select 1")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(door(server, "claims", "app"), "create table mine(id int)", "select 1")

    async def test_no_role_can_bypass_row_level_security(self, server: EmbeddedPostgres) -> None:
        await prepare_databases(server.url(), SERVICES, PASSWORDS)
        above = "select count(*) from pg_roles where (rolsuper or rolbypassrls) and rolname like 'claims%'"
        assert await run(server.url(), above) == 0

    async def test_a_service_cannot_enter_another_services_database(self, server: EmbeddedPostgres) -> None:
        await prepare_databases(server.url(), SERVICES, PASSWORDS)
        foreign = door(server, "claims", "app").removesuffix("/claims") + "/payments"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(foreign, "select 1")

    async def test_preparing_again_keeps_the_data_and_sets_the_passwords(self, server: EmbeddedPostgres) -> None:
        await prepare_databases(server.url(), SERVICES, PASSWORDS)
        await run(
            door(server, "payments", "owner"),
            "create table postings(id int)",
            "insert into postings values (3)",
            "select 1",
        )
        await run(server.url(), "alter role payments_owner password 'another'", "select 1")
        await prepare_databases(server.url(), SERVICES, PASSWORDS)
        assert await run(door(server, "payments", "owner"), "select id from postings") == 3

    async def test_a_role_that_could_bypass_tenancy_is_refused(self, server: EmbeddedPostgres) -> None:
        await run(server.url(), "create role coding_app bypassrls", "select 1")
        passwords = dict.fromkeys(secret_names("coding"), "synthetic")
        with pytest.raises(StackError, match="coding_app can bypass row-level security"):
            await prepare_databases(server.url(), ("coding",), passwords)

    async def test_a_server_that_is_not_there_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match=r"^PostgreSQL does not let us in: "):
            await prepare_databases("postgresql://nobody:x@127.0.0.1:9/none", SERVICES, PASSWORDS)
