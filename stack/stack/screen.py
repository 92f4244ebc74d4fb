"""What the commands print, and how a StackError ends them."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from common.embedded import StackError

out = Console()
err = Console(stderr=True)

_COLOURS = {"ready": "green", "starting": "yellow", "restarting": "red", "not ready": "red", "stopped": "dim"}


@contextmanager
def one_sentence() -> Generator[None]:
    """Turn a StackError into its sentence, the last log lines, and exit code 1."""
    try:
        yield
    except StackError as problem:
        for line in problem.last_lines:
            err.print(f"  {line}", style="dim", markup=False, highlight=False, soft_wrap=True)
        err.print(problem.sentence, style="bold red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


def processes_table(state: Mapping[str, Any]) -> Table:
    """What runs where, as a table."""
    table = Table(box=None, pad_edge=False)
    for heading in ("what", "status", "where", "pid", "restarts", "problem"):
        table.add_column(heading, justify="right" if heading in ("pid", "restarts") else "left")
    for name, facts in state.get("processes", {}).items():
        table.add_row(
            name,
            Text(facts["status"], style=_COLOURS.get(facts["status"], "")),
            address(name, facts["port"]),
            str(facts["pid"] or "-"),
            str(facts["restarts"]),
            facts["problem"] or "",
        )
    return table


def address(name: str, port: int) -> str:
    """Where something is reached: a URL for what speaks HTTP, host and port for the servers."""
    place = f"127.0.0.1:{port}"
    return place if name in ("postgres", "kafka") else f"http://{place}"
