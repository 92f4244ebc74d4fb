"""`dermbill status`: what runs where, and what was started again."""

import json
from typing import Annotated, Any

import typer

from stack.running import supervisor_pid
from stack.screen import out, processes_table
from stack.workspace import Workspace


def status(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Show every process; exit code 0 when all are ready, 3 when the stack is not running, 1 otherwise."""
    workspace: Workspace = context.obj
    state = workspace.state()
    running = supervisor_pid(workspace) is not None
    if not running:
        # The supervisor may have been killed before it could say that its children ended with it.
        state = _ended(state)
    if as_json:
        typer.echo(json.dumps({"running": running, **state}, indent=2))
    elif running:
        out.print(processes_table(state))
    else:
        out.print("The stack is not running.")
    if not running:
        raise typer.Exit(3)
    if any(facts["status"] != "ready" for facts in state["processes"].values()):
        raise typer.Exit(1)


def _ended(state: dict[str, Any]) -> dict[str, Any]:
    processes = {
        name: {**facts, "status": "stopped", "pid": None, "stamp": None}
        for name, facts in state.get("processes", {}).items()
    }
    phase = state.get("phase")
    return {
        **state,
        "phase": phase if phase in ("failed", "stopped") else "stopped",
        "problem": state.get("problem"),
        "processes": processes,
    }
