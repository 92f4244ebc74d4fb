"""One stack under one supervisor, seen from outside: where things are, which process is which, and how it is asked."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

from common.embedded import Child, Signal, process_stamp, start_child
from common.embedded.postgres import EmbeddedPostgres
from stack.services import KAFKA, POSTGRES, SERVICES
from stack.workspace import Workspace

SERVICE_NAMES = tuple(service.name for service in SERVICES)
TOPIC_OF = {service.name: service.topic for service in SERVICES}
DAY_SECONDS = 1.0
_START_SECONDS = 150.0
_STOP_SECONDS = 60.0
_NOT_FOR_THE_STACK = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "DERMBILL_HOME")


class OwnStack:
    """`python -m stack.supervisor` in a home of its own, tied to this process so that nothing is left behind."""

    def __init__(self, home: Path) -> None:
        self.workspace = Workspace(home)
        self._supervisor: Child | None = None

    def start(self) -> None:
        """Start everything and wait until the supervisor says that all are ready."""
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_THE_STACK}
        self._supervisor = start_child(
            "supervisor",
            [sys.executable, "-m", "stack.supervisor", "--home", self.workspace.home],
            log=self.workspace.log("supervisor"),
            env=environment | {"SIMULATOR_DAY_SECONDS": str(DAY_SECONDS)},
            on_orphaned=Signal.SIGTERM,
        )
        deadline = time.monotonic() + _START_SECONDS
        while self.workspace.state().get("phase") != "ready":
            self._supervisor.require_alive()
            assert time.monotonic() < deadline, f"the stack was not ready: {self.workspace.state()}"
            time.sleep(0.1)

    def stop(self) -> None:
        """End the supervisor, which ends everything."""
        if self._supervisor is not None:
            self._supervisor.stop(Signal.SIGTERM, patience=_STOP_SECONDS)

    def facts(self, name: str) -> Mapping[str, Any]:
        """What the supervisor knows of a process: status, pid, stamp, port, restarts, problem."""
        return self.workspace.state()["processes"][name]

    def living_pid(self, name: str) -> int | None:
        """The pid of a process that runs now."""
        facts = self.facts(name)
        alive = facts["pid"] is not None and process_stamp(facts["pid"]) == facts["stamp"]
        return facts["pid"] if alive else None

    def is_ready(self, name: str) -> bool:
        return self.living_pid(name) is not None and self.facts(name)["status"] == "ready"

    def all_ready(self) -> bool:
        return all(self.is_ready(name) for name in (POSTGRES, KAFKA, "issuer", "simulator", *SERVICE_NAMES))

    def restarts(self) -> dict[str, int]:
        processes: Mapping[str, Mapping[str, Any]] = self.workspace.state()["processes"]
        return {name: facts["restarts"] for name, facts in processes.items()}

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.workspace.known_ports()[name]}"

    @property
    def kafka_servers(self) -> str:
        return f"127.0.0.1:{self.workspace.known_ports()[KAFKA]}"

    @property
    def kafka_folder(self) -> Path:
        return self.workspace.data(KAFKA)

    def secret(self, name: str) -> str:
        return self.workspace.secrets([name])[name]

    async def connect(self, service: str) -> asyncpg.Connection:
        """A connection to a service's database that row-level security does not bind."""
        port = self.workspace.known_ports()[POSTGRES]
        server = EmbeddedPostgres(self.workspace.data(POSTGRES), port=port)
        return await asyncpg.connect(server.url(service), timeout=20)
