"""The supervisor seen from outside: is it there, what does it say, end it."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

from common.embedded import StackError, process_stamp
from common.embedded.children import last_lines
from stack.workspace import Workspace

_END_SECONDS = 90.0


def supervisor_pid(workspace: Workspace) -> int | None:
    """The pid of the running supervisor, or None when it is not running."""
    recorded = workspace.state().get("supervisor")
    if recorded and process_stamp(recorded["pid"]) == recorded["stamp"]:
        return int(recorded["pid"])
    return None


def launch(workspace: Workspace, only: list[str]) -> subprocess.Popen[bytes]:
    """Start a supervisor that lives on when this command ends."""
    workspace.prepare()
    names = [word for name in only for word in ("--only", name)]
    command = [sys.executable, "-m", "stack.supervisor", "--home", str(workspace.home), *names]
    with workspace.log("supervisor").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own module and checked names
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def state_of(workspace: Workspace, supervisor: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What `supervisor` says of itself; empty until it speaks. Raises StackError when the start has failed."""
    ended = supervisor.poll() is not None
    state = workspace.state()
    speaks = state.get("supervisor", {}).get("pid") == supervisor.pid
    if not ended:
        return state if speaks else {}
    if speaks and state["problem"]:
        raise StackError(state["problem"]["sentence"], last_lines=state["problem"]["last_lines"])
    lines = last_lines(workspace.log("supervisor"))
    raise StackError(lines[-1] if lines else "The supervisor ended without a word.", last_lines=lines[:-1])


def end(workspace: Workspace, pid: int) -> None:
    """Ask the supervisor to end everything and wait until it has; StackError when it does not."""
    recorded = process_stamp(pid)
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + _END_SECONDS
    while recorded is not None and process_stamp(pid) == recorded:
        if time.monotonic() > deadline:
            raise StackError(f"The stack did not end within {_END_SECONDS:.0f} s; see {workspace.log('supervisor')}.")
        time.sleep(0.1)
