"""`dermbill down`: everything ended in order, nothing left behind."""

import typer

from stack.running import end, supervisor_pid
from stack.screen import one_sentence, out
from stack.workspace import Workspace


def down(context: typer.Context) -> None:
    """Stop the stack and wait until every process of it has ended; the data stays."""
    workspace: Workspace = context.obj
    with one_sentence():
        pid = supervisor_pid(workspace)
        if pid is None:
            out.print("The stack is not running.")
            return
        with out.status("Stopping"):
            end(workspace, pid)
        out.print("The stack has stopped.")
