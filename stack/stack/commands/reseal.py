"""`dermbill reseal`: a new key for what is sealed, and the old one dropped (docs/runbooks/key-rotation.md)."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SQLAlchemyError

from common.embedded import StackError
from stack import keys
from stack.members import NAMES
from stack.running import supervisor_pid
from stack.screen import err, one_sentence, out
from stack.workspace import Workspace

_COLUMNS = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def reseal(
    context: typer.Context,
    new_key: Annotated[bool, typer.Option("--new-key", help="Put a new key in front; the stack must be down.")] = False,
    drop_old_keys: Annotated[bool, typer.Option("--drop-old-keys", help="Once nothing needs them any more.")] = False,
) -> None:
    """Seal everything that names a person by the newest key, while the services run."""
    workspace: Workspace = context.obj
    with one_sentence():
        names = keys.started(workspace, NAMES)
        if new_key:
            _put_in_front(workspace, names)
            return
        _sealed_again(workspace, names)
        if drop_old_keys:
            workspace.replace_secrets(keys.with_the_first_key_alone(workspace, names))
            out.print("The old keys are dropped; the next start knows the newest alone.")


def _put_in_front(workspace: Workspace, names: tuple[str, ...]) -> None:
    """A service that runs does not know the new key, so what is sealed by it would be closed to it."""
    if supervisor_pid(workspace) is not None:
        raise StackError("The stack is running; `dermbill down` first, then give it new keys.")
    workspace.replace_secrets(keys.with_a_new_key(workspace, names, datetime.now(UTC)))
    out.print("Each service has a new key in front. `dermbill up`, then `dermbill reseal`.")


def _sealed_again(workspace: Workspace, names: tuple[str, ...]) -> None:
    left: list[str] = []
    with Progress(*_COLUMNS, console=err, transient=True) as bars:
        for name in names:
            task = bars.add_task(name, total=None)

            def told(done: int, total: int, task: TaskID = task) -> None:
                bars.update(task, completed=done, total=total)

            try:
                resealed = asyncio.run(keys.reseal(workspace, name, told))
            except (OSError, SQLAlchemyError) as fault:
                raise StackError(f"The database of {name} does not let us in: {type(fault).__name__}.") from None
            out.print(f"{name:<14} {resealed.values:>9,} values sealed again", highlight=False)
            left += [f"{name} {place}" for place in resealed.remaining]
    if left:
        raise StackError(
            f"{len(left)} values are sealed by another key still, {left[0]} first: somebody holds the row, or none of "
            "the keys opens it. The old keys stay."
        )
