"""Schemas and who may do what in them, for every service alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from services_under_test import SERVICES
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from till import service as till
from till.service import TILL

from common import audit, migrations
from common.ids import new_id
from common.money import Money
from common.service import Service
from common.tables import REFERENCE
from common.testing.databases import Server, ServiceDatabase, create_empty
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]
Give = Callable[[Service], Awaitable[ServiceDatabase]]

ALL = "practice_id, id, at, actor, actor_kind, address, action, kind, subject, facts"
EVERY = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


class TestMigrations:
    @EVERY
    async def test_up_leaves_what_the_code_declares_and_down_leaves_nothing(
        self, service: Service, postgres: Server, worker_name: str
    ) -> None:
        database = await create_empty(postgres, service.name, f"updown_{service.name}_{worker_name}")
        await migrations.upgrade(service.name, service.migrations, database.owner_url)
        assert await migrations.differences(service.metadata, database.owner_url) == []
        await migrations.downgrade(service.name, service.migrations, database.owner_url, "base")
        await migrations.upgrade(service.name, service.migrations, database.owner_url)

    async def test_an_old_schema_is_refused_with_the_command_that_mends_it(
        self, postgres: Server, worker_name: str
    ) -> None:
        database = await create_empty(postgres, "till", f"old_till_{worker_name}")
        engine = create_async_engine(database.owner_url)
        async with engine.connect() as connection:
            with pytest.raises(migrations.OldSchema) as refusal:
                await migrations.check_schema(connection, "till", TILL.migrations)
        await engine.dispose()
        assert "python -m till migrate" in refusal.value.remedy

    async def test_a_database_of_another_version_is_refused_in_words_and_left_as_it_was(
        self, postgres: Server, worker_name: str
    ) -> None:
        database = await create_empty(postgres, "till", f"other_till_{worker_name}")
        await migrations.upgrade("till", TILL.migrations, database.owner_url)
        engine = create_async_engine(database.owner_url)
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        with pytest.raises(migrations.UnknownSchema, match="of till is at schema 0000") as refusal:
            await migrations.upgrade("till", TILL.migrations, database.owner_url)
        assert "empty database" in refusal.value.remedy
        async with engine.connect() as connection:
            with pytest.raises(migrations.UnknownSchema):
                await migrations.check_schema(connection, "till", TILL.migrations)
            assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "0000"
        await engine.dispose()

    async def test_two_that_migrate_together_take_turns(self, postgres: Server, worker_name: str) -> None:
        database = await create_empty(postgres, "till", f"turns_till_{worker_name}")
        both = [migrations.upgrade("till", TILL.migrations, database.owner_url) for _ in range(2)]
        await asyncio.gather(*both)
        assert await migrations.differences(TILL.metadata, database.owner_url) == []

    async def test_a_table_in_use_is_not_waited_for(
        self, postgres: Server, worker_name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A statement that waits for a lock makes every later query of the table wait behind it."""
        database = await create_empty(postgres, "till", f"busy_till_{worker_name}")
        await migrations.upgrade("till", TILL.migrations, database.owner_url)
        monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "50ms")
        engine = create_async_engine(database.owner_url)
        async with engine.begin() as reader:
            await reader.execute(text("SELECT * FROM tills"))
            with pytest.raises(DBAPIError, match="lock timeout"):
                await migrations.downgrade("till", TILL.migrations, database.owner_url, "base")
            assert await reader.scalar(text("SELECT count(*) FROM tills")) == 0
        await engine.dispose()


class TestTenancy:
    @EVERY
    async def test_every_table_forces_row_level_security_and_the_roles_own_nothing(
        self, service: Service, service_database: Give
    ) -> None:
        published = {table.name for table in service.metadata.tables.values() if table.info.get(REFERENCE)}
        database = await service_database(service)
        engine = create_async_engine(database.admin_url)
        async with engine.connect() as connection:
            loose = await connection.execute(
                text(
                    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
                    "AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' "
                    "AND NOT (relrowsecurity AND relforcerowsecurity)"
                )
            )
            strong = await connection.execute(
                text(
                    "SELECT rolname FROM pg_roles WHERE rolname LIKE :ours "
                    "AND (rolsuper OR rolbypassrls OR rolcreaterole)"
                ),
                {"ours": f"{service.name}\\_%"},
            )
            owned = await connection.execute(
                text(
                    "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner "
                    "WHERE rolname IN (:app, :platform)"
                ),
                {"app": f"{service.name}_app", "platform": f"{service.name}_platform"},
            )
            written = await connection.execute(
                text(
                    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(:published) AND "
                    "(has_table_privilege(:app, oid, 'INSERT') OR has_table_privilege(:app, oid, 'UPDATE') "
                    "OR has_table_privilege(:app, oid, 'DELETE') OR has_table_privilege(:app, oid, 'TRUNCATE'))"
                ),
                {"app": f"{service.name}_app", "published": sorted(published)},
            )
            # Only what is the same for every practice, and nothing that a practice could write.
            assert {row.relname for row in loose} == published
            assert (strong.all(), owned.all(), written.all()) == ([], [], [])
        await engine.dispose()

    async def test_without_a_practice_the_application_sees_no_row(self, run_service: Start) -> None:
        tills = await run_service(TILL)
        await till.open_till(tills.uow(), Money(1))
        async with tills.runtime.database.app.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM tills")) == 0

    async def test_a_row_cannot_be_written_into_another_practice(self, run_service: Start) -> None:
        tills = await run_service(TILL)
        with pytest.raises(DBAPIError, match="row-level security"):
            async with tills.uow().begin() as tx:
                await tx.execute(text(f"INSERT INTO tills VALUES ('{new_id()}', '{new_id()}', 1, 1)"))

    async def test_the_platform_role_reads_no_business_table(self, run_service: Start) -> None:
        tills = await run_service(TILL)
        async with tills.runtime.database.platform.connect() as connection:
            with pytest.raises(DBAPIError, match="permission denied"):
                await connection.execute(text("SELECT * FROM tills"))


class TestAuditTrail:
    async def test_is_sealed_in_a_chain_that_verifies(self, run_service: Start) -> None:
        tills = await self.sealed(run_service)
        report = await self.verified(tills)
        assert (report.sealed, report.unsealed, report.faults) == (5, 0, ())

    @pytest.mark.parametrize(
        "tampering",
        [
            "UPDATE audit_trail SET actor = 'somebody else' WHERE id = (SELECT min(id::text)::uuid FROM audit_trail)",
            "DELETE FROM audit_trail WHERE id = (SELECT max(id::text)::uuid FROM audit_trail)",
            "UPDATE audit_trail SET at = at + interval '1 second'",
            "DELETE FROM audit_seals WHERE sequence = 3",
            "UPDATE audit_seals SET hash = previous WHERE sequence = 2",
            f"INSERT INTO audit_trail ({ALL}) SELECT practice_id, gen_random_uuid(), at, actor, actor_kind, "
            "address, action, kind, subject, facts FROM audit_trail LIMIT 1",
        ],
    )
    async def test_tells_of_any_tampering(self, run_service: Start, tampering: str) -> None:
        tills = await self.sealed(run_service)
        await execute(tills, tampering)
        assert (await self.verified(tills)).faults != ()

    async def test_the_application_can_only_add_to_it(self, run_service: Start) -> None:
        tills = await self.sealed(run_service)
        for statement in ("UPDATE audit_trail SET actor = ''", "DELETE FROM audit_trail"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with tills.uow().begin() as tx:
                    await tx.execute(text(statement))

    async def sealed(self, run_service: Start) -> Running:
        tills = await run_service(TILL)
        for _ in range(5):
            await till.open_till(tills.uow(), Money(1))
        assert await audit.seal(tills.runtime.database.platform) == 5
        return tills

    async def verified(self, tills: Running) -> audit.AuditReport:
        engine = create_async_engine(tills.database.admin_url)
        async with engine.connect() as connection:
            report = await audit.verify(connection)
        await engine.dispose()
        return report


async def execute(service: Running, statement: str) -> None:
    engine = create_async_engine(service.database.admin_url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
