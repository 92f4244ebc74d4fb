"""What somebody who holds a service's database can read of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from common.testing.running import Running


async def everything_stored(service: Running) -> bytes:
    """Every row of every table, whoever's it is, what is binary in its own bytes."""
    engine = create_async_engine(service.database.admin_url)
    try:
        async with engine.connect() as connection:
            tables = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            rows = [row for table in tables.all() for row in await connection.execute(text(f'SELECT * FROM "{table}"'))]
    finally:
        await engine.dispose()
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


async def tamper(service: Running, statement: str, **parameters: Any) -> None:
    """What somebody who holds the database may do to it."""
    engine = create_async_engine(service.database.admin_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(statement), parameters)
    finally:
        await engine.dispose()
