"""`dermbill score`: a run with every kind of payer trouble, and every posting against the payers' own truth."""

import asyncio
from typing import Annotated

import typer

from common.embedded import StackError
from common.http import RemoteRefusal, RemoteUnavailable
from stack.commands.demo import first_of, until_ready
from stack.commands.up import up
from stack.demo.office import signed_on
from stack.demo.progress import Telling
from stack.running import supervisor_pid
from stack.scored import table
from stack.scored.run import Result, run
from stack.screen import one_sentence, out
from stack.workspace import Workspace

_PATIENCE_A_CLAIM, _PATIENCE = 0.5, 300.0


def score(
    context: typer.Context,
    claims: Annotated[int, typer.Option(min=1, max=100_000, help="How many claims.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same visits and the same trouble.")] = 1,
) -> None:
    """Let payers make every kind of trouble, and score every posting against what they truly decided."""
    workspace: Workspace = context.obj
    if supervisor_pid(workspace) is None:
        up(context, None, detach=True, new_ports=False)
    with one_sentence():
        until_ready(workspace)
        result = _ran(workspace, claims, seed)
    table.show(out, result)
    total = result.score.total
    said = f"claims={result.claims} postings={total.postings} equal={total.equal} cents_off={total.cents_off}"
    out.print(f"SCORE {'OK' if result.score.perfect else 'FAILED'} {said}", highlight=False, soft_wrap=True)
    if not result.score.perfect:
        raise typer.Exit(1)


def _ran(workspace: Workspace, claims: int, seed: int) -> Result:
    async def whole() -> Result:
        async with signed_on(workspace) as office:
            patience = _PATIENCE + claims * _PATIENCE_A_CLAIM
            return await run(office, Telling(out), claims=claims, seed=seed, patience=patience)

    try:
        return asyncio.run(whole())
    except* (RemoteRefusal, RemoteUnavailable) as failures:
        raise StackError(f"The run ended early: {first_of(failures)}.") from failures
