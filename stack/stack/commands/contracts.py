"""`dermbill contracts`: the published language, written from the code or held against it."""

from pathlib import Path
from typing import Annotated

import typer

from common.contracts import ContractFault
from common.embedded import StackError
from stack import contracts as language
from stack.members import members
from stack.screen import one_sentence


def contracts(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file has drifted.")] = False,
    against: Annotated[
        str | None, typer.Option("--against", metavar="REV", help="Fail on a break with a git revision's events.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="The folder of contracts.")] = Path("contracts"),
) -> None:
    """Write topics, events, examples, AsyncAPI and OpenAPI from the code, or hold them against it."""
    with one_sentence():
        try:
            files = language.published(members())
        except ContractFault as fault:
            raise StackError(f"The contracts contradict one another: {fault}.") from None
        folder = folder.absolute()
        if against is not None:
            _hold_against(folder, against, files)
        elif check:
            _report("The contracts are what the code says.", language.drift(folder, files), "Run `make contracts`.")
        else:
            changed = language.write(folder, files)
            typer.echo("\n".join(changed) if changed else f"All {len(files)} files were up to date.")


def _hold_against(folder: Path, revision: str, files: dict[str, str]) -> None:
    before = language.promises_of(folder, revision)
    if before is None:
        typer.echo(f"{revision} has no {folder.name}/: there is nothing to break.")
        return
    found = language.breaks(before, language.present_promises(files))
    _report(
        f"Nothing that {revision} promised is broken ({len(before.events)} events).",
        found,
        "Add a version beside the old one.",
    )


def _report(good: str, faults: list[str], mend: str) -> None:
    if not faults:
        typer.echo(good)
        return
    for fault in faults:
        typer.echo(fault, err=True)
    raise StackError(f"{len(faults)} faults. {mend}")
