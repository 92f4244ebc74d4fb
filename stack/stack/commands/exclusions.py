"""`dermbill exclusions`: lists of excluded individuals and entities."""

import asyncio
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from codes.publications.exclusion_layouts import BadLayout, Layout, layout_of, read_layout
from codes.publications.rows import BadRow
from common.embedded import StackError
from stack import excluding
from stack.databases import DatabaseUrls
from stack.doors import service_doors
from stack.excluding import LEIE, LoadedList
from stack.screen import err, one_sentence, out
from stack.workspace import Workspace

app = typer.Typer(help="Lists of excluded individuals and entities.", no_args_is_help=True)


@app.callback()
def exclusions() -> None:
    """Lists of excluded individuals and entities."""


@app.command()
def load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The full list as its agency publishes it: csv, or a zip of it.")],
    list_: Annotated[str, typer.Option("--list", help="LEIE (OIG's), SAM, or a state's such as MEDICAID-LA.")] = LEIE,
    layout: Annotated[Path | None, typer.Option("--layout", help="TOML that says which column is what.")] = None,
    smaller: Annotated[bool, typer.Option("--smaller", help="Take a list of less than half the rows.")] = False,
) -> None:
    """Put a list in the place of the one before: all of it or nothing; the same file again changes nothing."""
    workspace: Workspace = context.obj
    with one_sentence():
        how = _layout(list_, layout)
        doors = service_doors(workspace, "credentialing")
        loaded, again = asyncio.run(_load(doors, file, how, smaller))
        word = "loaded" if loaded.fresh else "stood there already"
        out.print(f"{loaded.rows:,} exclusions {word}; {again:,} providers are looked up on them.", highlight=False)


def _layout(list_: str, path: Path | None) -> Layout | None:
    """None is OIG's."""
    try:
        if path is not None:
            return read_layout(path)
        return None if list_ == LEIE else layout_of(list_)
    except (BadLayout, OSError) as fault:
        raise StackError(f"{fault}") from None


async def _load(doors: DatabaseUrls, file: Path, layout: Layout | None, smaller: bool) -> tuple[LoadedList, int]:
    def progress(rows: int) -> None:
        err.print(f"{rows:,} rows", end="\r", highlight=False)

    try:
        loaded = await excluding.load(doors.owner, file, layout, smaller=smaller, progress=progress)
        return loaded, await excluding.look_again(doors.platform) if loaded.fresh else 0
    except BadRow as fault:
        raise StackError(f"{fault}. Nothing was loaded.") from None
    except (OSError, asyncpg.PostgresError) as fault:
        raise StackError(f"The database of credentialing refused: {type(fault).__name__}.") from None
