"""The parts of a running stack that can be started, watched and started again: servers and programs."""

import http.client
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from common.embedded import Child, EmbeddedKafka, EmbeddedPostgres, Signal, StackError, ensure_free, start_child
from stack.environment import HOST, Surroundings, environment
from stack.services import KAFKA, POSTGRES, Program

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 30.0
_PROBE_EVERY = 2.0


class Status(StrEnum):
    STARTING = "starting"
    READY = "ready"
    NOT_READY = "not ready"
    RESTARTING = "restarting"
    STOPPED = "stopped"


class Part(Protocol):
    """Something with one process: how to start it, whether it serves, and the signal that ends it."""

    @property
    def name(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def child(self) -> Child | None: ...
    @property
    def ending(self) -> Signal: ...
    def spawn(self) -> None: ...
    def serves(self) -> bool: ...


@dataclass(slots=True)
class PostgresPart:
    server: EmbeddedPostgres
    name: str = POSTGRES
    ending: Signal = Signal.SIGINT

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def child(self) -> Child | None:
        return self.server.child

    def spawn(self) -> None:
        self.server.spawn()

    def serves(self) -> bool:
        return self.server.ready


@dataclass(slots=True)
class KafkaPart:
    server: EmbeddedKafka
    name: str = KAFKA
    ending: Signal = Signal.SIGTERM

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def child(self) -> Child | None:
        return self.server.child

    def spawn(self) -> None:
        self.server.spawn()

    def serves(self) -> bool:
        try:
            socket.create_connection((HOST, self.port), timeout=1).close()
        except OSError:
            return False
        return True


@dataclass(slots=True)
class ProgramPart:
    program: Program
    around: Surroundings
    services: tuple[str, ...]
    child: Child | None = None
    ending: Signal = Signal.SIGTERM

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def port(self) -> int:
        return self.around.ports[self.name]

    def spawn(self) -> None:
        ensure_free(self.port, self.name)
        self.child = start_child(
            self.name,
            [sys.executable, *self.program.command],
            log=self.around.workspace.log(self.name),
            env=environment(self.program, self.around, self.services),
        )

    def serves(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=1)
        try:
            connection.request("GET", self.program.ready_path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass(slots=True)
class Watched:
    """A part and what the supervisor knows of it; a part that ends is started again, ever more slowly."""

    part: Part
    status: Status = Status.STARTING
    restarts: int = 0
    problem: str | None = None
    clock: Callable[[], float] = time.monotonic
    _pause: float = _FIRST_PAUSE
    _again_at: float = 0.0
    _started_at: float = field(default=0.0)
    _probed_at: float = 0.0

    def start(self) -> None:
        """Start the part; StackError when that is impossible."""
        self.status, self._started_at = Status.STARTING, self.clock()
        self.part.spawn()

    def step(self) -> None:
        """Look once: note an end, start again when the pause is over, ask whether it serves."""
        now = self.clock()
        if self.status is Status.RESTARTING:
            if now >= self._again_at:
                self._restart()
        elif self.part.child is None or not self.part.child.alive:
            self._ended(now)
        elif self.status is Status.STARTING or now - self._probed_at >= _PROBE_EVERY:
            self._probed_at = now
            if self.part.serves():
                self.status, self.problem = Status.READY, None
            elif self.status is Status.READY:
                self.status = Status.NOT_READY

    def _restart(self) -> None:
        self.restarts += 1
        try:
            self.start()
        except StackError as problem:
            self.problem = problem.sentence
            self._wait(self.clock())

    def _ended(self, now: float) -> None:
        if now - self._started_at > _STEADY_SECONDS:
            self._pause = _FIRST_PAUSE
        try:
            if self.part.child is not None:
                self.part.child.require_alive()
        except StackError as problem:
            self.problem = problem.sentence
        self._wait(now)

    def _wait(self, now: float) -> None:
        self.status, self._again_at = Status.RESTARTING, now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def facts(self) -> dict[str, Any]:
        """What `dermbill status` shows of it."""
        child = self.part.child
        living = child is not None and child.alive
        return {
            "status": str(self.status),
            "pid": child.pid if child is not None and living else None,
            "stamp": child.stamp if child is not None and living else None,
            "port": self.part.port,
            "restarts": self.restarts,
            "problem": self.problem,
        }
