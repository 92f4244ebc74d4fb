"""`dermbill edi`: X12 files read to a person."""

import json
from pathlib import Path
from typing import Annotated

import typer

import x12
from common.embedded import StackError
from stack import edi_verdicts
from stack.screen import one_sentence

app = typer.Typer(help="Read X12 files.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="An X12 file of any kind.", exists=True, dir_okay=False)]


@app.command()
def explain(
    file: File,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    values: Annotated[bool, typer.Option("--values/--no-values", help="Show names and numbers of persons.")] = True,
) -> None:
    """Say what a file is, from whom, what it holds, what is wrong, where, and how to mend it."""
    with one_sentence():
        try:
            told = x12.explain(file.read_bytes())
        except x12.X12Error as error:
            raise StackError(f"The file cannot be read: {error.what}. {error.mend}") from None
    if as_json:
        typer.echo(json.dumps(x12.explanation_as_json(told, values=values), indent=2))
    else:
        typer.echo("\n".join(x12.explanation_as_text(told, values=values)))


@app.command()
def verdicts(
    folder: Annotated[Path, typer.Argument(help="A folder of files, searched through.", exists=True, file_okay=False)],
    write: Annotated[Path | None, typer.Option(metavar="PAGE", help="Write the table to this page.")] = None,
) -> None:
    """Judge every X12 file of a folder, and tell the verdicts as a table."""
    with one_sentence():
        page = edi_verdicts.page(folder)
        if write is None:
            typer.echo(page)
        else:
            write.write_text(page, encoding="utf-8")
