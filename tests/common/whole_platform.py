"""Every service on a socket, on real Kafka and Postgres, with the simulator as a process of its own."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from services_under_test import (
    AUTHORIZATIONS,
    CLAIMS,
    CODING,
    CREDENTIALING,
    DENIALS,
    EDI,
    ELIGIBILITY,
    PATIENTS,
    PAYMENTS,
)
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import create_async_engine

from common.embedded import free_port
from common.testing import databases
from common.testing.databases import Server, ServiceDatabase
from common.testing.issuer import TestIssuer
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS
from common.testing.serving import served
from common.vault import Vault
from stack.services import TOPICS

SERVICES = (PATIENTS, CODING, CLAIMS, EDI, PAYMENTS, DENIALS, CREDENTIALING, ELIGIBILITY, AUTHORIZATIONS)
ADMIN_TOKEN = "admin-of-a-synthetic-world"
PATIENCE_SECONDS = 50.0
# A simulated day: a payer that pays after a week pays after less than a second.
DAY_SECONDS = 0.1
# The keys of the services as `served` starts them.
VAULTS = {"edi": Vault.of(PHI_KEYS, PHI_INDEX_KEY)}


@dataclass(frozen=True)
class Platform:
    """Where everything is."""

    urls: Mapping[str, str]
    databases: Mapping[str, ServiceDatabase]
    simulator: str
    issuer: TestIssuer

    def client(self, service: str, *scopes: str, practice: Any) -> httpx.AsyncClient:
        """An HTTP client of one service, with a token of one practice's staff."""
        token = self.issuer.token(scopes, [practice])
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=self.urls[service], headers=headers, timeout=PATIENCE_SECONDS)

    def simulated(self) -> httpx.AsyncClient:
        """The simulator's admin API."""
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        return httpx.AsyncClient(base_url=f"{self.simulator}/admin", headers=headers, timeout=PATIENCE_SECONDS)

    async def query(self, service: str, statement: Any) -> Sequence[RowMapping]:
        """Look at any table of a service as the superuser."""
        engine = create_async_engine(self.databases[service].admin_url)
        try:
            async with engine.connect() as connection:
                return (await connection.execute(statement)).mappings().all()
        finally:
            await engine.dispose()


@asynccontextmanager
async def whole_platform(
    postgres: Server, kafka: str, issuer: TestIssuer, *, worker: str, state: Path
) -> AsyncGenerator[Platform, None]:
    """Everything, started from empty topics and empty databases."""
    with ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, alone_on(kafka))
        await recreate_topics(kafka, TOPICS)
        own = {service.name: await databases.clone(postgres, service, worker) for service in SERVICES}
        ports = {name: free_port() for name in (*own, "simulator")}
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        stack.enter_context(simulator(ports["simulator"], state))
        for service in SERVICES:
            others: dict[str, str] = {f"{name}_url": urls[name] for name in service.calls}
            if service is EDI:
                others["edi_allowed_hosts"] = "127.0.0.1"
            serving = served(
                service,
                own[service.name],
                issuer,
                port=ports[service.name],
                bootstrap_servers=kafka,
                work=True,
                **others,
            )
            await asyncio.to_thread(stack.enter_context, serving)
        await answering(urls["simulator"])
        yield Platform(urls, own, urls["simulator"], issuer)


@contextmanager
def alone_on(kafka: str) -> Generator[None, None, None]:
    """Consumer groups have one name each: two whole platforms on one Kafka would hear each other's events."""
    place = Path(tempfile.gettempdir()) / f"dermbill-platform-{kafka.rpartition(':')[2]}.lock"
    with place.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def recreate_topics(kafka: str, topics: Mapping[str, int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        old = [topic for topic in await admin.list_topics() if topic in topics]
        if old:
            await admin.delete_topics(old)
        while set(await admin.list_topics()) & set(topics):
            await asyncio.sleep(0.05)
        await admin.create_topics([NewTopic(topic, partitions, 1) for topic, partitions in topics.items()])
    finally:
        await admin.close()


@contextmanager
def simulator(port: int, state: Path) -> Generator[None, None, None]:
    told = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SIMULATOR_STATE": str(state),
        "SIMULATOR_ADMIN_TOKEN": ADMIN_TOKEN,
        "SIMULATOR_DAY_SECONDS": str(DAY_SECONDS),
    }
    process = subprocess.Popen([sys.executable, "-m", "simulator"], env=os.environ | told)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


async def answering(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    async with httpx.AsyncClient() as http:
        while True:
            try:
                if (await http.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < until, "the simulator never became ready"
            await asyncio.sleep(0.05)
