"""`dermbill doctor`: whether this machine can carry the stack, one line for each thing it needs."""

import json
import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer

from common.embedded import KAFKA_VERSION, StackError
from common.embedded.jars import cached_jars, pinned_jars
from common.embedded.java import find_java
from common.embedded.ports import ensure_space, is_free
from common.embedded.postgres import find_postgres
from stack.running import supervisor_pid
from stack.screen import out
from stack.workspace import Workspace

_NEEDED_MEMORY = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the stack needs: whether it is there, and a sentence."""

    what: str
    good: bool
    sentence: str


def doctor(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Check what the stack needs from this machine; exit code 1 when something is missing."""
    findings = [_examine(what, check, context.obj) for what, check in CHECKS.items()]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            mark = "[green]ok[/]" if finding.good else "[red]no[/]"
            out.print(f"{mark}  {finding.what:<11}", end="")
            out.print(finding.sentence, markup=False, highlight=False, soft_wrap=True)
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


def _examine(what: str, check: Callable[[Workspace], str], workspace: Workspace) -> Finding:
    try:
        return Finding(what, True, check(workspace))
    except StackError as problem:
        return Finding(what, False, problem.sentence)


def _python(workspace: Workspace) -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}."


def _memory(workspace: Workspace) -> str:
    free = psutil.virtual_memory().available
    if free < _NEEDED_MEMORY:
        raise StackError(f"{free / 2**30:.1f} GB of memory are free and {_NEEDED_MEMORY / 2**30:.0f} GB are needed.")
    return f"{free / 2**30:.1f} GB free."


def _disk(workspace: Workspace) -> str:
    place = next(folder for folder in (workspace.home, *workspace.home.parents) if folder.exists())
    ensure_space(place)
    if not os.access(place, os.W_OK):
        raise StackError(f"{place} cannot be written to.")
    return f"Room in {place}."


def _postgres(workspace: Workspace) -> str:
    if os.environ.get("DATABASE_URL"):
        return "The server of DATABASE_URL is used."
    return _version([find_postgres() / "postgres", "--version"])


def _java(workspace: Workspace) -> str:
    if os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return "Not needed: the brokers of KAFKA_BOOTSTRAP_SERVERS are used."
    return _version([find_java(), "--version"])


def _jars(workspace: Workspace) -> str:
    if os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return "Not needed: the brokers of KAFKA_BOOTSTRAP_SERVERS are used."
    whole, wanted = len(cached_jars()), len(pinned_jars())
    if whole < wanted:
        return f"{wanted - whole} of {wanted} jars of Kafka {KAFKA_VERSION} will be fetched by `dermbill up`."
    return f"All {wanted} jars of Kafka {KAFKA_VERSION} are here and match their SHA-256."


def _ports(workspace: Workspace) -> str:
    if supervisor_pid(workspace) is not None:
        return "In use by the stack, which is running."
    ports = workspace.known_ports()
    taken = sorted(f"{port} ({name})" for name, port in ports.items() if not is_free(port))
    if taken:
        raise StackError(f"In use by another program: {', '.join(taken)}; `dermbill up --new-ports` chooses others.")
    return f"{len(ports)} remembered and free." if ports else "Chosen free at the first start."


def _version(command: list[str | Path]) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own servers
    if answer.returncode != 0:
        raise StackError(f"{command[0]} does not run on this machine (exit code {answer.returncode}).")
    return answer.stdout.strip().splitlines()[0]


CHECKS: dict[str, Callable[[Workspace], str]] = {
    "python": _python,
    "memory": _memory,
    "disk": _disk,
    "postgres": _postgres,
    "java": _java,
    "kafka jars": _jars,
    "ports": _ports,
}
