"""A PostgreSQL and a Kafka that somebody else runs: used, and left as they are when the stack goes down."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from common.embedded import EmbeddedKafka, EmbeddedPostgres
from stack.running import end, supervisor_pid
from stack.workspace import Workspace

PARTS = [word for name in ("issuer", "patients") for word in ("--only", name)]


@dataclass(frozen=True)
class Given:
    """The servers, and a stack told of them."""

    database_url: str
    bootstrap_servers: str
    home: Path

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.home)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        servers = {"DATABASE_URL": self.database_url, "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers}
        command = [sys.executable, "-m", "stack.cli", "--home", str(self.home), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ | servers)


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Given]:
    postgres, kafka = EmbeddedPostgres(tmp_path / "postgres"), EmbeddedKafka(tmp_path / "kafka")
    try:
        postgres.start()
        kafka.start()
        here = Given(postgres.url(), kafka.bootstrap_servers, tmp_path / "home")
        yield here
        if (pid := supervisor_pid(here.workspace)) is not None:
            end(here.workspace, pid)
    finally:
        kafka.stop()
        postgres.stop()


async def databases(given: Given) -> set[str]:
    connection = await asyncpg.connect(given.database_url)
    try:
        return {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()


async def topics(given: Given) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=given.bootstrap_servers)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


def test_a_stack_runs_on_servers_that_it_did_not_start_and_leaves_them_running(given: Given) -> None:
    started = given.run("up", *PARTS)
    assert started.returncode == 0, started.stderr
    assert set(given.workspace.state()["processes"]) == {"issuer", "patients"}
    assert "patients" in asyncio.run(databases(given))
    assert "dermbill.patients" in asyncio.run(topics(given))

    assert given.run("down").returncode == 0
    assert "patients" in asyncio.run(databases(given))
    again = given.run("up", *PARTS)
    assert again.returncode == 0, again.stderr
