"""A service put together: what it brings, and the processes that it can be run as."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import MetaData

from common import (
    audit,
    chance,
    failpoints,
    health,
    idempotency,
    logging,
    metrics,
    migrations,
    parked_api,
    parking,
    problems,
    reading_room,
    replay,
    resealing,
    timers,
    tracing,
)
from common.auth import TokenVerifier
from common.consumer import Consumer
from common.contracts import Contract, ContractFault
from common.database import Database, is_transient
from common.deadlines import DeadlineRunner, Deadlines
from common.dispatch import Dispatcher
from common.handlers import Handlers
from common.health import Health
from common.http import ServiceClient
from common.idempotency import Answered
from common.issuer import TokenSource
from common.limits import InFlightLimit, PracticeLimit
from common.problems import BodyRule
from common.relay import Relay
from common.serializing import Isolation, TryAgain
from common.settings import ServiceSettings, SettingsFault, load_settings
from common.uow import Workplace
from common.web import is_guarded

log = logging.get_logger(__name__)

Loop = Callable[[], Awaitable[None]]
Door = Callable[["Runtime"], AbstractAsyncContextManager[None]]

DRAIN_SECONDS = 15


@dataclass(frozen=True)
class Service:
    """The parts of one service. See docs/architecture/backbone.md for what each of them is."""

    name: str
    contract: Contract
    metadata: MetaData
    migrations: Path
    settings: type[ServiceSettings]
    routers: tuple[APIRouter, ...] = ()
    handlers: Handlers = field(default_factory=Handlers)
    deadlines: Deadlines = field(default_factory=Deadlines)
    calls: tuple[str, ...] = ()
    bodies: Mapping[str, BodyRule] = field(default_factory=dict[str, BodyRule])
    doors: tuple[Door, ...] = ()  # what else is open while HTTP is served, such as a listener of another protocol
    isolation: Isolation = "read committed"

    def create_app(self, settings: ServiceSettings | None = None, *, work: bool = False, serve: bool = True) -> FastAPI:
        """The HTTP application; with `work` it also runs the worker, without `serve` only health and metrics."""
        settings = settings or load_settings(self.settings)
        runtime = Runtime(self, settings)

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
            await runtime.open()
            worker = runtime.worker() if work else None
            try:
                if worker:
                    await worker.start()
                async with AsyncExitStack() as open_doors:
                    for door in self.doors if serve else ():
                        await open_doors.enter_async_context(door(runtime))
                    yield
            finally:
                runtime.health.drain()
                if worker:
                    await worker.stop()
                await runtime.close()

        app = FastAPI(title=f"dermbill {self.name}", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
        app.state.runtime = runtime
        problems.install(app, bodies=self.bodies)
        _install(app, runtime, self.routers if serve else ())
        return app

    def worker(self, settings: ServiceSettings | None = None) -> Worker:
        return Runtime(self, settings or load_settings(self.settings)).worker()

    def main(self, arguments: list[str] | None = None) -> None:
        """`python -m <service> all|api|worker|migrate|replay|reseal`."""
        parser = argparse.ArgumentParser(prog=f"python -m {self.name}")
        parser.add_argument("role", choices=["all", "api", "worker", "migrate", "replay", "reseal"])
        parser.add_argument("--since", type=datetime.fromisoformat, help="replay: first moment, ISO 8601 with zone")
        parser.add_argument("--until", type=datetime.fromisoformat, help="replay: last moment")
        chosen = parser.parse_args(arguments)
        try:
            settings = load_settings(self.settings)
            logging.configure(self.name, level=settings.log_level)
            if chosen.role == "migrate":
                asyncio.run(migrations.upgrade(self.name, self.migrations, settings.owner_url))
            elif chosen.role == "replay":
                sent = asyncio.run(replay.queue_again(settings.platform_url, chosen.since, chosen.until))
                print(f"{self.name}: {sent} events queued again")
            elif chosen.role == "reseal":
                self._reseal(settings)
            else:
                self._arm(settings)
                self._serve(settings, work=chosen.role != "api", serve=chosen.role != "worker")
        except (migrations.OldSchema, migrations.UnknownSchema) as refused:
            sys.exit(f"{self.name}: {refused} {refused.remedy}")
        except (SettingsFault, ContractFault, ValueError) as fault:
            sys.exit(f"{self.name}: {fault}")

    def _reseal(self, settings: ServiceSettings) -> None:
        resealed = asyncio.run(
            resealing.reseal(
                self.metadata,
                settings.vault,
                owner_url=settings.owner_url,
                app_url=settings.app_url,
                platform_url=settings.platform_url,
            )
        )
        print(f"{self.name}: {resealed.values} values sealed again")
        if resealed.remaining:
            sys.exit(f"{self.name}: still sealed by another key: {', '.join(resealed.remaining)}")

    def _arm(self, settings: ServiceSettings) -> None:
        count = failpoints.arm(failpoints.plans(settings.failpoints), self.name, settings.failpoints_spent)
        if count:
            log.warning("failpoints are armed", count=count)

    def _serve(self, settings: ServiceSettings, *, work: bool, serve: bool) -> None:
        asyncio.run(self._schema_is_current(settings))
        app = self.create_app(settings, work=work, serve=serve)
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            server_header=False,
        )
        server = uvicorn.Server(config)
        server.run()
        if not server.started:
            sys.exit(1)

    async def _schema_is_current(self, settings: ServiceSettings) -> None:
        """Wait for the database; raises migrations.OldSchema when it is there and not at head."""
        database = _database(settings, self.isolation)
        try:
            while True:
                try:
                    async with database.app.connect() as connection:
                        return await migrations.check_schema(connection, self.name, self.migrations)
                except Exception as fault:
                    if not is_transient(fault):
                        raise
                    log.warning("waiting for the database", error=type(fault).__name__)
                    await asyncio.sleep(1)
        finally:
            await database.close()


def _install(app: FastAPI, runtime: Runtime, routers: tuple[APIRouter, ...]) -> None:
    """Health, metrics, the service's routes and the parking, with spans and counters around all of them.

    Raises RuntimeError for a route that would be open to anybody.
    """
    for router in (*routers, parked_api.router):
        for route in router.routes:
            if isinstance(route, APIRoute) and not is_guarded(route):
                raise RuntimeError(f"{route.path} has no scope: add dependencies=[needs(...)]")
        app.include_router(router)
    if runtime.service.isolation == "serializable":
        for route in app.routes:
            if isinstance(route, APIRoute):
                route.app = TryAgain(route.app)
    app.include_router(health.router(runtime.health))
    reading_room.install(app)
    app.add_api_route("/metrics", metrics.exposition, include_in_schema=False)
    app.add_exception_handler(Answered, _answered)
    app.add_middleware(InFlightLimit, most=runtime.settings.requests_at_once)
    app.add_middleware(metrics.MetricsMiddleware)
    app.add_middleware(tracing.TracingMiddleware)


def _database(settings: ServiceSettings, isolation: Isolation) -> Database:
    return Database(settings.app_url, settings.platform_url, pool_size=settings.pool_size, isolation=isolation)


async def _answered(request: Request, answered: Exception) -> Response:
    assert isinstance(answered, Answered)
    return Response(
        answered.body,
        status_code=answered.status,
        media_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )


class Runtime:
    """What one running process of a service holds open."""

    def __init__(self, service: Service, settings: ServiceSettings) -> None:
        self.service = service
        self.settings = settings
        self.health = Health()
        self.practice_limit = PracticeLimit(settings.requests_per_second, settings.requests_burst)
        self.database = _database(settings, service.isolation)
        self.verifier = TokenVerifier(settings.oidc_issuer, settings.oidc_audience)
        self._tokens = TokenSource(
            settings.oidc_issuer,
            settings.service_client_id,
            settings.service_client_secret.get_secret_value(),
            audience=settings.oidc_audience,
        )
        self.workplace = Workplace(
            database=self.database,
            contract=service.contract,
            zone=settings.zone,
            clients={name: ServiceClient(settings.url_of(name), self._tokens, name=name) for name in service.calls},
            published=self._published,
            scheduled=self._scheduled,
            settings=settings,
            vault=settings.vault,
        )
        self.dispatcher = Dispatcher(self.workplace, service.handlers, consumer=service.name)
        self.consumer: Consumer | None = None
        self._relay: Relay | None = None
        self._timers: DeadlineRunner | None = None

    async def open(self) -> None:
        tracing.setup(self.service.name)
        self.health.add_check("database", self.database.reachable)

    async def close(self) -> None:
        for client in self.workplace.clients.values():
            await client.close()
        await self._tokens.close()
        await self.verifier.close()
        await self.database.close()
        tracing.shutdown()

    def worker(self) -> Worker:
        servers = self.settings.kafka_bootstrap_servers
        self._relay = Relay(self.database.platform, servers, source=f"/dermbill/{self.service.name}")
        self._timers = DeadlineRunner(self.workplace, self.service.deadlines)
        loops: dict[str, Loop] = {
            "relay": self._relay.run,
            "timers": self._timers.run,
            "audit-sealer": partial(audit.seal_forever, self.database.platform),
            "housekeeping": partial(_housekeeping, self.database),
        }
        if self.service.handlers.by_type:
            session_seconds = self.settings.consumer_session_seconds
            self.consumer = Consumer(self.dispatcher, servers, session_seconds=session_seconds)
            self.health.add_check("consumer", self.consumer.not_halted)
            self.health.add_watchdog("consumer", self.consumer.standing)
            loops["consumer"] = self.consumer.run
        return Worker(loops)

    def _published(self) -> None:
        if self._relay:
            self._relay.wake()

    def _scheduled(self) -> None:
        if self._timers:
            self._timers.wake()


class Worker:
    """The background loops of a service; a loop that fails is started again."""

    def __init__(self, loops: dict[str, Loop]) -> None:
        self._loops = loops
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(_keep(name, loop), name=name) for name, loop in self._loops.items()]

    async def stop(self) -> None:
        """Finish what is in hand and leave."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)


async def _keep(name: str, loop: Loop) -> None:
    while True:
        try:
            await loop()
        except Exception as fault:
            log.warning("loop starts again", kind=name, error=type(fault).__name__)
        await asyncio.sleep(chance.pause(0.5, 1.5))


async def _housekeeping(database: Database) -> None:
    while True:
        await idempotency.forget_old(database.platform)
        metrics.PARKED.set(await parking.count(database.platform))
        due, stopped = await timers.count(database.platform)
        metrics.TIMERS_DUE.set(due)
        metrics.TIMERS_STOPPED.set(stopped)
        await asyncio.sleep(15)
