"""The process that owns every other: starts them in order, starts again what crashed, ends them all.

`python -m stack.supervisor --home FOLDER [--only NAME ...]`. What it knows is in `state.json`, written at every
change. Its children are tied to its main thread (see common.embedded.children), so none outlives it.
"""

import argparse
import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from common.embedded import (
    Child,
    EmbeddedKafka,
    EmbeddedPostgres,
    Signal,
    StackError,
    create_topics,
    process_stamp,
    start_child,
)
from common.embedded.children import end_leftover
from stack.clients import new_client, write_clients
from stack.databases import prepare_databases, secret_names
from stack.environment import (
    OPERATOR_SECRET,
    SIMULATOR_SECRET,
    SIMULATOR_SFTP,
    Surroundings,
    edi_secrets,
    migration_environment,
    phi_secrets,
)
from stack.parts import KafkaPart, Part, PostgresPart, ProgramPart, Status, Watched
from stack.services import KAFKA, PLAN, POSTGRES, SERVICES, Kind, Plan, Program, only
from stack.workspace import Workspace

_TICK = 0.1
_BRING_UP_SECONDS = 180.0
_TRIES_AT_THE_START = 3
_STOP_SECONDS = 25.0
_KAFKA_SECONDS = 10.0


class Stopped(Exception):
    """Somebody asked the stack to end while it was still starting."""


class Supervisor:
    """One stack in one workspace, from start to end."""

    def __init__(self, workspace: Workspace, plan: Plan = PLAN) -> None:
        self._workspace = workspace
        self._plan = plan
        self._watched: dict[str, Watched] = {}
        self._migrating: Child | None = None
        self._stop = False
        self._phase = "starting"
        self._problem: dict[str, Any] | None = None
        self._written: dict[str, Any] | None = None

    def run(self) -> int:
        """Run until SIGTERM or SIGINT; return the exit code, 1 when the stack could not be started."""
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signum, self._ask_to_stop)
        self._workspace.prepare()
        with self._workspace.lock_file.open("w") as lock:
            self._take(lock)
            self._end_leftovers()
            try:
                self._bring_up()
                self._watch()
            except Stopped:
                pass
            except StackError as problem:
                self._problem = {"sentence": problem.sentence, "last_lines": list(problem.last_lines)}
            except Exception as problem:
                self._problem = {"sentence": f"The supervisor failed: {problem!r}.", "last_lines": []}
                raise
            finally:
                self._take_down()
        return 1 if self._problem else 0

    def _ask_to_stop(self, signum: int, frame: object) -> None:
        self._stop = True

    def _take(self, lock: IO[str]) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"A stack is already running in {self._workspace.home}.") from None

    def _end_leftovers(self) -> None:
        """End what a supervisor that was killed may have left, known by pid and start, never by name."""
        for name, facts in self._workspace.state().get("processes", {}).items():
            if facts["pid"] is not None and facts["stamp"] is not None:
                end_leftover(facts["pid"], facts["stamp"], signum=Signal.SIGINT if name == POSTGRES else Signal.SIGTERM)

    def _bring_up(self) -> None:
        around = self._surroundings()
        # The issuer needs no server and starts beside them; the simulator and the services come after.
        self._start(*self._postgres(around), *self._kafka(around), *self._programs(around, Kind.ISSUER))
        self._until_ready(POSTGRES)
        around = self._prepare_databases(around)
        # Migrations need no broker: they run while Kafka, which takes longest, is still starting.
        self._migrate(around)
        self._until_ready()
        self._prepare_topics(around)
        self._start(*self._programs(around, Kind.SIMULATOR), *self._programs(around, Kind.SERVICE))
        self._until_ready()
        self._phase = "ready"
        self._write()

    def _surroundings(self) -> Surroundings:
        services = [program.name for program in self._plan.services]
        secrets = self._workspace.secrets(
            [
                OPERATOR_SECRET,
                SIMULATOR_SECRET,
                *(name for service in services for name in secret_names(service)),
                *(f"client.{service}" for service in services),
                *(name for service in services for name in phi_secrets(service)),
            ]
        )
        edi_secrets(self._workspace).mkdir(mode=0o700, parents=True, exist_ok=True)
        programs = [program.name for program in self._whole_plan()]
        names = (POSTGRES, KAFKA, f"{KAFKA}.controller", SIMULATOR_SFTP, *programs)
        return Surroundings(
            workspace=self._workspace,
            ports=(ports := self._workspace.ports(names)),
            secrets=secrets,
            admin_url=os.environ.get("DATABASE_URL", ""),
            bootstrap_servers=os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or f"127.0.0.1:{ports[KAFKA]}",
        )

    def _whole_plan(self) -> tuple[Program, ...]:
        # A service that is not started here is still told where the others would be.
        return tuple(dict.fromkeys((*PLAN.programs, *self._plan.programs)))

    def _postgres(self, around: Surroundings) -> list[Part]:
        if not self._plan.postgres or around.admin_url:
            return []
        server = EmbeddedPostgres(
            self._workspace.data(POSTGRES), port=around.ports[POSTGRES], log=self._workspace.log(POSTGRES)
        )
        return [PostgresPart(server)]

    def _kafka(self, around: Surroundings) -> list[Part]:
        if not self._plan.kafka or os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
            return []
        server = EmbeddedKafka(
            self._workspace.data(KAFKA),
            port=around.ports[KAFKA],
            controller_port=around.ports[f"{KAFKA}.controller"],
            log=self._workspace.log(KAFKA),
        )
        return [KafkaPart(server)]

    def _programs(self, around: Surroundings, kind: Kind) -> list[Part]:
        if kind is Kind.ISSUER:
            self._write_clients(around)
        return [
            ProgramPart(program, around, self._service_names())
            for program in self._plan.programs
            if program.kind is kind
        ]

    def _service_names(self) -> tuple[str, ...]:
        return tuple(program.name for program in self._whole_plan() if program.kind is Kind.SERVICE)

    def _write_clients(self, around: Surroundings) -> None:
        scopes = {service.name: service.scopes for service in SERVICES}
        clients = {
            program.name: new_client(
                program.name, around.secrets[f"client.{program.name}"], scopes.get(program.name, ()), ("*",)
            )
            for program in self._plan.services
        }
        write_clients(self._workspace.data("issuer") / "clients.json", clients)

    def _start(self, *parts: Part) -> None:
        for part in parts:
            self._watched[part.name] = Watched(part)
            self._watched[part.name].start()
            self._write()
            self._obey()

    def _until_ready(self, *names: str) -> None:
        """Wait for what was started, or for those of it that are named."""
        deadline = time.monotonic() + _BRING_UP_SECONDS
        awaited = [watched for name, watched in self._watched.items() if not names or name in names]
        while not all(watched.status is Status.READY for watched in awaited):
            self._tick()
            for watched in self._watched.values():
                self._give_up_on(watched, late=time.monotonic() > deadline)

    def _give_up_on(self, watched: Watched, *, late: bool) -> None:
        child = watched.part.child
        if watched.status is Status.RESTARTING and watched.restarts + 1 >= _TRIES_AT_THE_START:
            if child is not None:
                child.require_alive()
            raise StackError(watched.problem or f"{watched.part.name} cannot be started.")
        if late and watched.status is not Status.READY:
            raise StackError(f"{watched.part.name} was not ready within {_BRING_UP_SECONDS:.0f} s.")

    def _prepare_databases(self, around: Surroundings) -> Surroundings:
        if self._plan.postgres:
            postgres = self._watched.get(POSTGRES)
            if postgres is not None and isinstance(postgres.part, PostgresPart):
                around = replace(around, admin_url=postgres.part.server.url())
            services = [program.name for program in self._plan.services]
            asyncio.run(prepare_databases(around.admin_url, services, around.secrets))
        return around

    def _prepare_topics(self, around: Surroundings) -> None:
        if self._plan.kafka:
            try:
                create_topics(around.bootstrap_servers, self._plan.topics, patience=_KAFKA_SECONDS)
            except TimeoutError:
                raise StackError(f"Kafka at {around.bootstrap_servers} does not answer.") from None

    def _migrate(self, around: Surroundings) -> None:
        programs = [program for program in self._plan.programs if program.migrate]
        if not programs:
            return
        self._migrating = start_child(
            "The migration of the databases",
            [sys.executable, "-m", "stack.migrating", *(program.name for program in programs)],
            log=self._workspace.log("migrating"),
            env=migration_environment(programs, around),
        )
        while self._migrating.alive:
            self._tick()
        if self._migrating.exit_code != 0:
            self._migrating.require_alive()

    def _watch(self) -> None:
        while True:
            self._tick()

    def _tick(self) -> None:
        self._obey()
        for watched in self._watched.values():
            watched.step()
        self._write()
        time.sleep(_TICK)

    def _obey(self) -> None:
        if self._stop:
            raise Stopped

    def _take_down(self) -> None:
        """End services together, then what they stand on, the servers last."""
        self._phase = "stopping"
        self._write()
        _end([(self._migrating, Signal.SIGTERM)] if self._migrating else [])
        for stage in _STOP_ORDER:
            parts = [watched.part for watched in self._watched.values() if stage(watched.part)]
            _end([(part.child, part.ending) for part in parts if part.child is not None])
        for watched in self._watched.values():
            watched.status = Status.STOPPED
        self._phase = "failed" if self._problem else "stopped"
        self._write()

    def _write(self) -> None:
        state = {
            "supervisor": {"pid": os.getpid(), "stamp": process_stamp(os.getpid())},
            "phase": self._phase,
            "problem": self._problem,
            "processes": {name: watched.facts() for name, watched in self._watched.items()},
        }
        if state != self._written:
            self._workspace.write_state(state)
            self._written = state


_STOP_ORDER: Sequence[Callable[[Part], bool]] = (
    lambda part: isinstance(part, ProgramPart) and part.program.kind is Kind.SERVICE,
    lambda part: isinstance(part, ProgramPart) and part.program.kind is not Kind.SERVICE,
    lambda part: isinstance(part, KafkaPart),
    lambda part: isinstance(part, PostgresPart),
)


def _end(children: list[tuple[Child, Signal]]) -> None:
    living = [(child, signum) for child, signum in children if child.alive]
    for child, signum in living:
        child.send(signum)
    deadline = time.monotonic() + _STOP_SECONDS
    for child, _ in living:
        if not child.wait(max(0.0, deadline - time.monotonic())):
            child.kill()


def main() -> int:
    """Run the supervisor as its command line says."""
    parser = argparse.ArgumentParser(prog="python -m stack.supervisor")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args()
    supervisor = Supervisor(Workspace(arguments.home.absolute()), only(PLAN, tuple(arguments.only)))
    try:
        return supervisor.run()
    except StackError as problem:
        print(problem.sentence, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
