"""What the services know, as one hash for each business table: the same facts give the same hash."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
from own_stack import SERVICE_NAMES, OwnStack

from common.tables import PLATFORM

# The log of events is the platform's, and yet part of what must not change: a replay says nothing new.
_BOOKKEEPING = sorted({*PLATFORM.tables, "alembic_version"} - {"event_log"})

_TABLES = """
    SELECT c.relname AS name,
           array(SELECT a.attname::text FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.atttypid = 'timestamptz'::regtype) AS moments
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL($1::text[])
    ORDER BY 1
"""


async def content(stack: OwnStack) -> Mapping[str, str]:
    """`service.table` to `rows hash`. Moments are left out: when something was noted is not what was noted."""
    found: dict[str, str] = {}
    for service in SERVICE_NAMES:
        database = await stack.connect(service)
        try:
            for table in await database.fetch(_TABLES, _BOOKKEEPING):
                found[f"{service}.{table['name']}"] = await _hash(database, table["name"], table["moments"])
        finally:
            await database.close()
    return found


async def _hash(database: asyncpg.Connection, table: str, moments: list[str]) -> str:
    rows = f'SELECT md5((to_jsonb(t) - $1::text[])::text) AS h FROM "{table}" AS t'
    return await database.fetchval(
        f"SELECT count(*) || ' ' || coalesce(md5(string_agg(h, '' ORDER BY h)), '') FROM ({rows}) AS r", moments
    )
