"""One service, running inside the test's own event loop on real parts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import TypeAdapter
from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from common.deadlines import DeadlineRunner
from common.dispatch import Broken, Delivery, Record, read
from common.envelope import Envelope, headers_of
from common.ids import new_id
from common.service import Runtime, Service
from common.settings import ServiceSettings
from common.tables import event_log, timers
from common.testing.databases import ServiceDatabase
from common.testing.issuer import AUDIENCE, TestIssuer
from common.uow import Actor, UnitOfWork

# Synthetic keys: 32 bytes each, in URL-safe base64.
PHI_KEYS = "test:" + "c3ludGhldGljLXBoaS1rZXktb2YtMzItYnl0ZXMtLS0"
PHI_INDEX_KEY = "c3ludGhldGljLWluZGV4LWtleS1vZi0zMi1ieXRlcy0"


@dataclass(frozen=True)
class Published:
    """An event found in the service's event log."""

    id: UUID
    name: str
    key: UUID
    version: int
    practice_id: UUID
    data: dict[str, Any]


class Running:
    """A service under test: its HTTP app, its units of work, its event log, and its timers on demand."""

    def __init__(
        self, service: Service, app: FastAPI, database: ServiceDatabase, issuer: TestIssuer, practice_id: UUID
    ) -> None:
        self.service = service
        self.app = app
        self.runtime: Runtime = app.state.runtime
        self.database = database
        self.issuer = issuer
        self.practice_id = practice_id

    def client(
        self, *scopes: str, practices: Sequence[UUID | str] | None = None, token: str | None = None
    ) -> httpx.AsyncClient:
        """An HTTP client with a token for `scopes`, for this test's practice unless told otherwise."""
        mine = [self.practice_id] if practices is None else practices
        bearer = self.issuer.token(scopes, mine) if token is None else token
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url=f"http://{self.service.name}.test",
            headers={"authorization": f"Bearer {bearer}"},
        )

    def uow(self, practice_id: UUID | None = None) -> UnitOfWork:
        """A unit of work as a member of staff would have it."""
        return UnitOfWork(self.runtime.workplace, practice_id or self.practice_id, Actor("staff-1", "token"))

    async def deliver(
        self,
        type: str,
        data: object,
        *,
        key: UUID,
        version: int = 1,
        id: UUID | None = None,
        correlation: UUID | None = None,
        practice_id: UUID | None = None,
    ) -> UUID:
        """Hand an event to its handler, through the inbox, as the consumer would; gives the event's id.

        `data` is a dataclass or a dict. Raises what the handler raises.
        """
        event_id = id or new_id()
        envelope = Envelope(
            id=event_id,
            type=type,
            source="/dermbill/test",
            subject=str(key),
            time=datetime.now(UTC),
            partitionkey=str(key),
            sequence=version,
            correlationid=correlation or key,
            causationid=None,
            dataschema=f"{type}.json",
            tenantid=practice_id or self.practice_id,
            traceparent=None,
        )
        value = TypeAdapter(Any).dump_json(data)
        record = Record("test", 0, 0, str(key), tuple(headers_of(envelope)), value)
        item = read(record, self.service.handlers)
        if isinstance(item, Broken):
            raise ValueError(item.reason)
        if not isinstance(item, Delivery):
            raise ValueError(f"{self.service.name} does not listen to {type}")
        await self.runtime.dispatcher.apply([item])
        return event_id

    async def published(self, name: str | None = None) -> list[Published]:
        """What the service said so far, in order; only events called `name` when given."""
        rows = await self.query(select(event_log).order_by(event_log.c.position))
        events = [
            Published(
                id=row["event_id"],
                name=row["type"].split(".")[-2],
                key=row["key"],
                version=row["version"],
                practice_id=row["practice_id"],
                data=TypeAdapter(dict[str, Any]).validate_json(row["payload"]),
            )
            for row in rows
        ]
        return [event for event in events if name is None or event.name == name]

    async def run_timers(self, *, until: datetime | None = None, rounds: int = 50) -> None:
        """Run due timers until none is due; with `until`, those due up to then as if the time had come."""
        runner = DeadlineRunner(self.runtime.workplace, self.service.deadlines)
        for _ in range(rounds):
            if until is not None:
                await self._bring_forward(until)
            if await runner.run_due() == 0:
                return
        raise AssertionError("timers keep setting each other")

    async def query(self, statement: Any) -> Sequence[RowMapping]:
        """Look at any table as the superuser."""
        engine = create_async_engine(self.database.admin_url)
        try:
            async with engine.begin() as connection:
                return (await connection.execute(statement)).mappings().all()
        finally:
            await engine.dispose()

    async def _bring_forward(self, until: datetime) -> None:
        engine = create_async_engine(self.database.admin_url)
        try:
            async with engine.begin() as connection:
                await connection.execute(
                    update(timers)
                    .where(timers.c.due_at <= until, timers.c.stopped_at.is_(None))
                    .values(due_at=text("clock_timestamp()"), leased_until=None)
                )
        finally:
            await engine.dispose()


@asynccontextmanager
async def run(
    service: Service,
    database: ServiceDatabase,
    issuer: TestIssuer,
    *,
    bootstrap_servers: str = "127.0.0.1:1",
    work: bool = False,
    practice_id: UUID | None = None,
    **settings: Any,
) -> AsyncGenerator[Running, None]:
    """Start `service` on its database; with `work` its relay, consumer and timers run on real Kafka."""
    chosen = settings_of(service, database, issuer, bootstrap_servers, **settings)
    app = service.create_app(chosen, work=work)
    async with app.router.lifespan_context(app):
        yield Running(service, app, database, issuer, practice_id or new_id())


def settings_of(
    service: Service,
    database: ServiceDatabase,
    issuer: TestIssuer,
    bootstrap_servers: str = "127.0.0.1:1",
    **more: Any,
) -> ServiceSettings:
    """What `service` is told when it runs under test; `more` goes before the rest."""
    values: dict[str, Any] = {f"{name}_url": "http://127.0.0.1:1" for name in service.calls} | {
        "database_url": database.app_url,
        "platform_database_url": database.platform_url,
        "kafka_bootstrap_servers": bootstrap_servers,
        "oidc_issuer": issuer.url,
        "oidc_audience": AUDIENCE,
        "service_client_id": service.name,
        "service_client_secret": "synthetic",
        "phi_keys": PHI_KEYS,
        "phi_index_key": PHI_INDEX_KEY,
    }
    return service.settings(**(values | more))
