"""Schemas that move forward only when told: alembic per service, run by `python -m <service> migrate`.

The owner's role migrates; the application's role (`<service>_app`) and the platform's (`<service>_platform`) own
nothing, so that row-level security holds for them. The application refuses to start on a schema that is not at head.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from common.refusal import Refusal
from common.tables import PLATFORM

MIGRATION_LOCK = 7_346_002
LOCK_TIMEOUT = "5s"
MONTHS_AHEAD = 24

# What the application may do to the platform's tables, beyond reading them in its own practice.
APP_GRANTS = {
    "event_log": "SELECT, INSERT",
    "outbox": "INSERT",
    "inbox": "SELECT, INSERT",
    "parked_events": "SELECT, DELETE",
    "timers": "SELECT, INSERT, UPDATE, DELETE",
    "idempotency_keys": "SELECT, INSERT, UPDATE",
    "audit_trail": "SELECT, INSERT",
    "audit_queue": "INSERT",
}
PLATFORM_GRANTS = {
    "event_log": "SELECT",
    "outbox": "SELECT, INSERT, DELETE",
    "inbox": "SELECT, DELETE",
    "parked_events": "SELECT, INSERT, DELETE",
    "timers": "SELECT, UPDATE, DELETE",
    "idempotency_keys": "SELECT, DELETE",
    "audit_trail": "SELECT",
    "audit_queue": "SELECT, DELETE",
    "audit_seals": "SELECT, INSERT",
}
TENANT_ROW = "practice_id = NULLIF(current_setting('app.practice_id', true), '')::uuid"


class OldSchema(Refusal):
    code = "old-schema"
    sentence = "The database of {service} is at schema {found}, this version needs {needed}."
    mend = "Run `python -m {service} migrate` with the owner's role, then start again."
    status = 503


class UnknownSchema(Refusal):
    """The database was made by a version whose migrations this one does not have: older or newer."""

    code = "unknown-schema"
    sentence = "The database of {service} is at schema {found}, which no migration of this version starts from."
    mend = "Give {service} an empty database, or run the version of dermbill that made this one."
    status = 503


def configuration(service: str, migrations: Path) -> Config:
    """What alembic is told of the migrations in a service's folder."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["service"] = service
    return config


def run(metadata: MetaData) -> None:
    """The whole of a service's migrations/env.py."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=[PLATFORM, metadata], include_object=_ours)
    with context.begin_transaction():
        context.run_migrations()


async def upgrade(service: str, migrations: Path, owner_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`, one process at a time, never waiting long for a lock in use.

    Raises UnknownSchema for a database that another version made.
    """
    await _with_owner(owner_url, _upgrade, service, migrations, revision)


async def downgrade(service: str, migrations: Path, owner_url: str, revision: str) -> None:
    """Take the database back to `revision`. For tests: what a contracting step dropped does not come back."""
    await _with_owner(owner_url, _downgrade, service, migrations, revision)


async def differences(metadata: MetaData, owner_url: str) -> list[Any]:
    """What the tables in code say that the database does not, and the other way round."""

    def compare(connection: Connection) -> list[Any]:
        migration = MigrationContext.configure(connection, opts={"include_object": _ours})
        return [*compare_metadata(migration, _union(metadata))]

    return await _with_owner(owner_url, compare)


async def check_schema(connection: AsyncConnection, service: str, migrations: Path) -> None:
    """Raises OldSchema where `migrations` lead from the database's schema to their head, UnknownSchema elsewhere."""
    scripts = ScriptDirectory.from_config(configuration(service, migrations))
    needed = scripts.get_current_head()
    exists = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    found = await connection.scalar(text("SELECT version_num FROM alembic_version")) if exists else None
    if found != needed:
        _require_known(scripts, service, found)
        raise OldSchema(service=service, found=found or "none", needed=needed)


def platform_tables(op: Operations) -> None:
    """The first step of every service's first migration: the tables of common.tables, secured."""
    bind = op.get_bind()
    PLATFORM.create_all(bind)
    extend_event_log(bind)
    app, platform = _roles(op)
    op.execute("ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)")
    for table in PLATFORM.tables.values():
        _force_tenancy(op, table.name)
        op.execute(f"CREATE POLICY platform ON {table.name} TO {platform} USING (true) WITH CHECK (true)")
    for table, rights in APP_GRANTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {app}")
    for table, rights in PLATFORM_GRANTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {platform}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}, {platform}")
    op.execute(f"GRANT SELECT ON alembic_version TO {app}, {platform}")


def drop_platform_tables(op: Operations) -> None:
    """The way back from `platform_tables`."""
    PLATFORM.drop_all(op.get_bind())


def secure_tables(op: Operations, tables: Iterable[str], *, append_only: Iterable[str] = ()) -> None:
    """Force row-level security on `tables` and let the application use them; rows of `append_only` never change."""
    app, _ = _roles(op)
    fixed = set(append_only)
    for table in tables:
        _force_tenancy(op, table)
        rights = "SELECT, INSERT" if table in fixed else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO {app}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")


def reference_tables(op: Operations, tables: Iterable[str]) -> None:
    """Tables of published facts, the same for every practice: the application reads them, the owner writes them."""
    app, _ = _roles(op)
    for table in tables:
        op.execute(f"GRANT SELECT ON {table} TO {app}")


def extend_event_log(bind: Connection, today: date | None = None) -> None:
    """Monthly partitions for the next two years, and one for anything beyond, so that no insert ever fails."""
    start = (today or datetime.now(UTC).date()).replace(day=1)
    bind.execute(text("CREATE TABLE IF NOT EXISTS event_log_beyond PARTITION OF event_log DEFAULT"))
    for _ in range(MONTHS_AHEAD):
        end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        name = f"event_log_{start:%Y_%m}"
        bind.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF event_log "
                f"FOR VALUES FROM ('{start:%Y-%m-%d}') TO ('{end:%Y-%m-%d}')"
            )
        )
        start = end


def _force_tenancy(op: Operations, table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({TENANT_ROW}) WITH CHECK ({TENANT_ROW})")


def _roles(op: Operations) -> tuple[str, str]:
    config = op.get_context().config
    service = config.attributes["service"] if config else ""
    return f"{service}_app", f"{service}_platform"


def _ours(object: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    """Partitions of the event log are data, not schema."""
    table = name if type_ == "table" else getattr(getattr(object, "table", None), "name", None)
    return not (table or "").startswith("event_log_")


def _union(metadata: MetaData) -> MetaData:
    union = MetaData(naming_convention=metadata.naming_convention)
    for source in (PLATFORM, metadata):
        for table in source.tables.values():
            table.to_metadata(union)
    return union


def _require_known(scripts: ScriptDirectory, service: str, found: str | None) -> None:
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise UnknownSchema(service=service, found=found)


def _upgrade(connection: Connection, service: str, migrations: Path, revision: str) -> None:
    config = configuration(service, migrations)
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_revision()
    _require_known(ScriptDirectory.from_config(config), service, found)
    command.upgrade(config, revision)
    extend_event_log(connection)


def _downgrade(connection: Connection, service: str, migrations: Path, revision: str) -> None:
    config = configuration(service, migrations)
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


async def _with_owner(owner_url: str, function: Any, *arguments: Any) -> Any:
    engine = create_async_engine(owner_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            return await connection.run_sync(function, *arguments)
    finally:
        await engine.dispose()
