"""`dermbill audit`: the services compared with one another, and every contradiction named."""

import asyncio
import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from stack.audit import AuditResult
from stack.audit import audit as compare
from stack.screen import one_sentence, out
from stack.workspace import Workspace

_SHOWN = 5


def audit(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    settle: Annotated[float, typer.Option(min=0, help="Seconds to wait at most for outboxes and consumers.")] = 30.0,
) -> None:
    """Check that nothing is lost, doubled, unbalanced or stopped in silence; exit code 1 when something is."""
    workspace: Workspace = context.obj
    with one_sentence():
        result = asyncio.run(compare(workspace, settle_seconds=settle))
    if as_json:
        typer.echo(json.dumps(result.as_json(), indent=2))
    else:
        out.print(_table(result))
        _show_violations(result)
        _show_totals(result)
    if not result.clean:
        raise typer.Exit(1)


def _table(result: AuditResult) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("check")
    table.add_column("must be true")
    table.add_column("violations", justify="right")
    for check in result.checks:
        count = len(check.violations)
        table.add_row(check.id, check.sentence, Text(str(count), style="bold red" if count else "green"))
    return table


def _show_violations(result: AuditResult) -> None:
    for check in result.checks:
        for violation in check.violations[:_SHOWN]:
            out.print(f"{check.id}: {violation}", style="red", markup=False, highlight=False, soft_wrap=True)
        if len(check.violations) > _SHOWN:
            out.print(f"{check.id}: and {len(check.violations) - _SHOWN} more (--json)", style="red", highlight=False)


def _show_totals(result: AuditResult) -> None:
    totals = result.totals
    if not result.settled:
        out.print("The platform was still at work when it was judged.", style="yellow")
    out.print(
        f"{totals.encounters} encounters, {totals.claims} claims, {totals.events} events, "
        f"{totals.audit_rows} rows of audit trail",
        highlight=False,
    )
    out.print(
        f"violations={result.violations} unaccounted={result.unaccounted} cents_off={result.cents_off}",
        highlight=False,
    )
