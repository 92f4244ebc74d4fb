"""`dermbill scenario`: what a practice lives through, told step by step on the running stack, and checked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import typer

from common.embedded import StackError
from common.http import RemoteRefusal, RemoteUnavailable
from stack.commands.demo import first_of, until_ready
from stack.commands.up import up
from stack.demo.office import signed_on
from stack.demo.opening import close_for_the_night
from stack.doors import service_doors
from stack.members import NAMES
from stack.replaying import Span, replay
from stack.running import supervisor_pid
from stack.scenarios.story import Ending, NotAsExpected, Story
from stack.scenarios.table import BY_NUMBER, SCENARIOS, Scenario, play
from stack.screen import err, one_sentence, out
from stack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it: `problem` is the sentence of what was not so, None where all was."""

    story: Story
    ending: Ending
    problem: str | None = None


def scenario(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="Which one; all are listed without it.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same patients and amounts.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="The steps and the ending as data.")] = False,
) -> None:
    """Live through one scenario on the stack, which is started when it is not running and left running."""
    if number is None:
        _list(as_json=as_json)
        return
    with one_sentence():
        chosen = _chosen(number)
        played = _played(context, chosen, seed, quiet=as_json)
    tell_verdict(chosen, played, seed, as_json=as_json)


def _list(*, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([{"scenario": one.number, "name": one.name, "title": one.title} for one in SCENARIOS]))
        return
    for one in SCENARIOS:
        out.print(f"{one.number:>3}  {one.title}", highlight=False)


def _chosen(number: int) -> Scenario:
    if number not in BY_NUMBER:
        known = ", ".join(str(one) for one in BY_NUMBER)
        raise StackError(f"There is no scenario {number} to run; there are {known}.")
    return BY_NUMBER[number]


def _played(context: typer.Context, chosen: Scenario, seed: int, *, quiet: bool) -> Played:
    workspace: Workspace = context.obj
    if supervisor_pid(workspace) is None:
        out.quiet = quiet
        up(context, None, detach=True, new_ports=False)
        out.quiet = False
    until_ready(workspace)
    story = Story(keep=_keeper(workspace, chosen)) if quiet else Story(_tell, _keeper(workspace, chosen))
    if not quiet:
        out.print(f"{chosen.number}. {chosen.title}", style="bold", highlight=False)
    return asyncio.run(_lived(workspace, chosen, story, seed))


def _keeper(workspace: Workspace, chosen: Scenario) -> Callable[[str, bytes], str]:
    """Documents that are handed over lie beside the logs, the newest in the place of the one before."""

    def keep(name: str, content: bytes) -> str:
        folder = workspace.home / "scenarios" / f"{chosen.number:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return str(folder / name)

    return keep


def _tell(sentence: str) -> None:
    out.print(f"  {sentence}", markup=False, highlight=False, soft_wrap=True)


async def _lived(workspace: Workspace, chosen: Scenario, story: Story, seed: int) -> Played:
    async with signed_on(workspace) as office:
        try:
            say_again = partial(_said_again, workspace, datetime.now(UTC))
            return Played(story, await play(chosen, office, story, seed=seed, say_again=say_again))
        except NotAsExpected as fault:
            return Played(story, {}, str(fault))
        except (RemoteRefusal, RemoteUnavailable) as fault:
            return Played(story, {}, f"It ended early: {fault}")
        except ExceptionGroup as faults:
            known, strange = faults.split((NotAsExpected, RemoteRefusal, RemoteUnavailable))
            if strange is not None or known is None:
                raise
            return Played(story, {}, f"It ended early: {first_of(known)}.")
        finally:
            await close_for_the_night(office)


async def _said_again(workspace: Workspace, since: datetime) -> int:
    """What `dermbill replay --all --since` does."""
    return sum([await replay(service_doors(workspace, name), Span(since)) for name in NAMES])


def tell_verdict(chosen: Scenario, played: Played, seed: int, *, as_json: bool) -> None:
    word = "FAILED" if played.problem else "OK"
    if as_json:
        told: dict[str, Any] = {
            "scenario": chosen.number,
            "name": chosen.name,
            "seed": seed,
            "ok": played.problem is None,
            "steps": [asdict(step) for step in played.story.steps],
            "ending": dict(played.ending),
            "problem": played.problem,
        }
        typer.echo(json.dumps(told))
    else:
        if played.problem:
            err.print(played.problem, style="bold red", markup=False, highlight=False, soft_wrap=True)
        counts = "".join(f" {name}={count}" for name, count in played.ending.items())
        out.print(f"SCENARIO {word} {chosen.number}{counts}", highlight=False, soft_wrap=True)
    if played.problem:
        raise typer.Exit(1)
