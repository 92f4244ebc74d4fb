"""A migrated database per service: one template per run, one clone per worker, emptied between tests."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from common import migrations
from common.service import Service

PASSWORD = "synthetic"  # noqa: S105 - roles of a throw-away cluster on loopback


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server that tests may do anything with: `admin_url` is its superuser on database postgres."""

    admin_url: str

    def url(self, database: str, user: str) -> str:
        host = self.admin_url.rpartition("@")[2].partition("/")[0]
        return f"postgresql+asyncpg://{user}:{PASSWORD}@{host}/{database}"

    def as_admin(self, database: str) -> str:
        return f"{self.admin_url.rpartition('/')[0]}/{database}"


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """The clone that one worker's tests of one service use."""

    server: Server
    service: str
    name: str

    @property
    def app_url(self) -> str:
        return self.server.url(self.name, f"{self.service}_app")

    @property
    def platform_url(self) -> str:
        return self.server.url(self.name, f"{self.service}_platform")

    @property
    def owner_url(self) -> str:
        return self.server.url(self.name, f"{self.service}_owner")

    @property
    def admin_url(self) -> str:
        return self.server.as_admin(self.name)

    async def empty(self) -> None:
        """Back to the migrated, empty state, in one statement."""
        engine = create_async_engine(self.admin_url)
        try:
            async with engine.begin() as connection:
                await connection.execute(_EMPTY)
        finally:
            await engine.dispose()


# A truncated table is a new file for itself and for each of its indexes, whether it held anything or not; most tests
# fill few of their service's tables.
_EMPTY = text(
    """
    DO $$
    DECLARE
        tablename text;
        holds_rows boolean;
        filled text[] := '{}';
    BEGIN
        FOR tablename IN
            SELECT format('%I', relname) FROM pg_class
            WHERE relkind IN ('r', 'p') AND NOT relispartition
            AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', tablename) INTO holds_rows;
            IF holds_rows THEN
                filled := filled || tablename;
            END IF;
        END LOOP;
        IF filled <> '{}' THEN
            EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', array_to_string(filled, ', '));
        END IF;
    END $$
    """
)


async def clone(server: Server, service: Service, worker: str) -> ServiceDatabase:
    """The worker's own database of `service`, made from the run's template (made here when it is missing)."""
    template = f"template_{service.name}"
    name = f"{service.name}_{worker}"
    await _ensure_template(server, service, template)
    engine = create_async_engine(server.admin_url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            await connection.execute(
                text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{service.name}_owner"')
            )
    finally:
        await engine.dispose()
    return ServiceDatabase(server, service.name, name)


async def create_empty(server: Server, service: str, name: str) -> ServiceDatabase:
    """Roles as in production, and a database that has not been migrated."""
    engine = create_async_engine(server.admin_url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for role in ("owner", "app", "platform"):
                exists = await connection.scalar(
                    text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": f"{service}_{role}"}
                )
                if not exists:
                    await connection.execute(
                        text(f"CREATE ROLE \"{service}_{role}\" LOGIN PASSWORD '{PASSWORD}' NOBYPASSRLS")
                    )
            await connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            await connection.execute(text(f'CREATE DATABASE "{name}" OWNER "{service}_owner"'))
    finally:
        await engine.dispose()
    return ServiceDatabase(server, service, name)


async def _ensure_template(server: Server, service: Service, template: str) -> None:
    engine = create_async_engine(server.admin_url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            # Two workers may come here together; the second waits and finds the template made.
            await connection.execute(text("SELECT pg_advisory_lock(7346100)"))
            made = await connection.scalar(
                text("SELECT 1 FROM pg_database WHERE datname = :name AND datistemplate"), {"name": template}
            )
            if made:
                return
            database = await create_empty(server, service.name, template)
            await migrations.upgrade(service.name, service.migrations, database.owner_url)
            await connection.execute(text(f'ALTER DATABASE "{template}" IS_TEMPLATE true'))
    finally:
        await engine.dispose()
