"""`dermbill codes`: the tables that CMS and CDC publish, loaded by quarter."""

import asyncio
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from codes.publications.recognised import Kind, Quarter
from codes.publications.rows import BadRow
from common.embedded import StackError
from stack.commands.code import NOTICE
from stack.doors import service_doors
from stack.loading import EditionFiles, Loaded, editions_of
from stack.loading import load as load_editions
from stack.screen import err, one_sentence, out
from stack.workspace import Workspace

app = typer.Typer(help="The tables that CMS and CDC publish, by quarter.", no_args_is_help=True)


@app.command()
def load(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="As published: txt, csv, or a zip of them.")],
    kind: Annotated[Kind | None, typer.Option(help="Which table, where the names do not tell.")] = None,
    quarter: Annotated[str | None, typer.Option(help="In force from when, such as 2026Q1.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put these in place of other files.")] = False,
) -> None:
    """Load files into the coding service's database: all of them or none; the same files again change nothing."""
    workspace: Workspace = context.obj
    with one_sentence():
        editions = editions_of(files, kind, _quarter(quarter))
        url = service_doors(workspace, "coding").owner
        for loaded in _load(url, editions, replace):
            word = "loaded" if loaded.fresh else "stood there already"
            out.print(f"{loaded.kind:<16} {loaded.quarter}  {loaded.rows:>9,} rows {word}", highlight=False)
    out.print(NOTICE, style="dim")


def _quarter(text: str | None) -> Quarter | None:
    try:
        return Quarter.read(text) if text else None
    except ValueError as fault:
        raise StackError(f"{text}: {fault}.") from None


def _load(url: str, editions: list[EditionFiles], replace: bool) -> list[Loaded]:
    rows = TextColumn("{task.completed:,} rows")
    columns = (TextColumn("{task.description}"), BarColumn(), rows, TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        tasks = {path.name: bars.add_task(path.name, total=None) for edition in editions for path in edition.files}

        def progress(name: str, rows: int) -> None:
            bars.update(tasks[name], completed=rows)

        try:
            return asyncio.run(load_editions(url, editions, replace=replace, progress=progress))
        except BadRow as fault:
            raise StackError(f"{fault}. Nothing was loaded.") from None
        except (OSError, asyncpg.PostgresError) as fault:
            raise StackError(f"The database of coding refused: {type(fault).__name__}. Nothing was loaded.") from None
