"""`dermbill up`: everything started, migrated and ready, or one sentence that says why not."""

import os
import time
from typing import Annotated, Any

import typer
from rich.live import Live

from common.embedded import StackError, kafka_jars
from stack.running import end, launch, state_of, supervisor_pid
from stack.screen import err, one_sentence, out, processes_table
from stack.services import PLAN, only
from stack.workspace import Workspace


def up(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Option("--only", help="Start this part alone, with what it needs.")
    ] = None,
    detach: Annotated[bool, typer.Option(help="Return when ready; otherwise stay until Ctrl-C.")] = True,
    new_ports: Annotated[bool, typer.Option("--new-ports", help="Choose the ports anew.")] = False,
) -> None:
    """Start PostgreSQL, Kafka and every service, and wait until all are ready."""
    workspace: Workspace = context.obj
    with one_sentence():
        _check(names or [])
        if supervisor_pid(workspace) is not None:
            out.print(processes_table(workspace.state()))
            out.print("The stack is already running.")
            return
        if new_ports:
            workspace.forget_ports()
        _start(workspace, names or [], detach=detach)


def _check(names: list[str]) -> None:
    try:
        plan = only(PLAN, tuple(names))
    except ValueError as stranger:
        raise StackError(str(stranger)) from None
    if plan.kafka and not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        # Here and not in the supervisor, so that the progress bar is seen.
        kafka_jars(console=err)


def _start(workspace: Workspace, names: list[str], *, detach: bool) -> None:
    supervisor = launch(workspace, names)
    try:
        state: dict[str, Any] = {}
        with Live(console=out, transient=True, refresh_per_second=8) as live:
            while state.get("phase") != "ready":
                time.sleep(0.1)
                state = state_of(workspace, supervisor)
                live.update(processes_table(state))
        out.print(processes_table(state))
        while not detach:
            time.sleep(0.5)
            state_of(workspace, supervisor)
    except KeyboardInterrupt:
        end(workspace, supervisor.pid)
        supervisor.wait()
        err.print("Stopped; nothing is left running.")
        raise typer.Exit(130) from None
