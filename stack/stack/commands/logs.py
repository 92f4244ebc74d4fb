"""`dermbill logs SERVICE`: what one process wrote."""

import time
from pathlib import Path
from typing import Annotated

import typer

from common.embedded import StackError
from common.embedded.children import last_lines
from stack.screen import one_sentence
from stack.workspace import Workspace


def logs(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="A name that `dermbill status` shows, or supervisor.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 100,
) -> None:
    """Print the end of one process's log."""
    workspace: Workspace = context.obj
    with one_sentence():
        log = workspace.log(service)
        known = sorted(path.stem for path in log.parent.glob("*.log"))
        if service not in known:
            raise StackError(f"There is no log of {service}; there are logs of {', '.join(known) or 'nothing'}.")
        end = log.stat().st_size
        for line in last_lines(log, lines):
            typer.echo(line)
        if follow:
            _follow(log, end)


def _follow(log: Path, position: int) -> None:
    with log.open(errors="replace") as text:
        text.seek(position)
        try:
            while True:
                if fresh := text.read():
                    typer.echo(fresh, nl=False)
                else:
                    time.sleep(0.2)
        except KeyboardInterrupt:
            return
