"""The pytest plugin: `pytest_plugins = ["common.testing.plugin"]`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from common.embedded.kafka import EmbeddedKafka
from common.embedded.postgres import EmbeddedPostgres
from common.ids import new_id
from common.service import Service
from common.testing import databases, running
from common.testing.databases import Server, ServiceDatabase
from common.testing.issuer import TestIssuer
from common.testing.running import Running

Run = Callable[..., AbstractAsyncContextManager[Running]]


class Shared:
    """What one run starts once: by the controller under xdist, by the only process otherwise."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres = EmbeddedPostgres(folder / "postgres", durable=False)
        self._kafka = EmbeddedKafka(folder / "kafka")
        self._started: list[Any] = []

    def postgres_url(self) -> str:
        if self._postgres not in self._started:
            self._postgres.start()
            self._started.append(self._postgres)
        return self._postgres.url(driver="postgresql+asyncpg")

    def kafka_servers(self) -> str:
        if self._kafka not in self._started:
            self._kafka.start()
            self._started.append(self._kafka)
        return self._kafka.bootstrap_servers

    def stop(self) -> None:
        for part in reversed(self._started):
            part.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


SHARED = pytest.StashKey[Shared]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Under xdist the controller starts the servers once and tells every worker where they are."""
    if SHARED not in node.config.stash:
        node.config.stash[SHARED] = Shared(Path(tempfile.mkdtemp(prefix="dermbill-tests-")))
    shared = node.config.stash[SHARED]
    node.workerinput["postgres_url"] = shared.postgres_url()
    node.workerinput["kafka_servers"] = shared.kafka_servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    if SHARED in config.stash:
        config.stash[SHARED].stop()
        del config.stash[SHARED]


def _given(config: pytest.Config, name: str) -> str | None:
    return getattr(config, "workerinput", {}).get(name)


def _shared(config: pytest.Config) -> Shared:
    if SHARED not in config.stash:
        config.stash[SHARED] = Shared(Path(tempfile.mkdtemp(prefix="dermbill-tests-")))
    return config.stash[SHARED]


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Server:
    """A real PostgreSQL 18, one for the whole run."""
    return Server(_given(pytestconfig, "postgres_url") or _shared(pytestconfig).postgres_url())


@pytest.fixture(scope="session")
def kafka(pytestconfig: pytest.Config) -> str:
    """A real Apache Kafka, one for the whole run; the value is its bootstrap servers."""
    return _given(pytestconfig, "kafka_servers") or _shared(pytestconfig).kafka_servers()


@pytest.fixture(scope="session")
def issuer() -> Generator[TestIssuer, None, None]:
    """An issuer whose tokens every service under test trusts."""
    started = TestIssuer().start()
    yield started
    started.stop()


@pytest.fixture
def practice_id() -> UUID:
    """A practice that no other test has seen."""
    return new_id()


@pytest.fixture(scope="session")
def clones() -> dict[str, ServiceDatabase]:
    """By service, the database that this worker has of it already."""
    return {}


@pytest.fixture
async def service_database(
    postgres: Server, clones: dict[str, ServiceDatabase], worker_name: str
) -> Callable[[Service], Awaitable[ServiceDatabase]]:
    """`await service_database(SERVICE)`: migrated, empty, this worker's own."""

    async def give(service: Service) -> ServiceDatabase:
        if service.name in clones:
            await clones[service.name].empty()
        else:
            clones[service.name] = await databases.clone(postgres, service, worker_name)
        return clones[service.name]

    return give


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """`gw0`, `gw1` under xdist; `main` where one process runs all."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture
async def run_service(
    service_database: Callable[[Service], Awaitable[ServiceDatabase]], issuer: TestIssuer, practice_id: UUID
) -> AsyncGenerator[Callable[..., Awaitable[Running]], None]:
    """`await run_service(SERVICE, **settings)` gives a `Running`; it is stopped when the test ends."""
    open_: list[AbstractAsyncContextManager[Running]] = []

    async def start(service: Service, **options: Any) -> Running:
        database = options.pop("database", None) or await service_database(service)
        context = running.run(service, database, issuer, practice_id=practice_id, **options)
        started = await context.__aenter__()
        open_.append(context)
        return started

    yield start
    for context in reversed(open_):
        await context.__aexit__(None, None, None)
