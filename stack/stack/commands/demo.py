"""`dermbill demo`: a day of 150 visits through the whole platform, and every cent checked."""

import asyncio
import time
from collections.abc import Iterator

import typer

from common.embedded import StackError
from common.http import RemoteRefusal, RemoteUnavailable
from stack.audit import AuditResult, audit
from stack.commands.up import up
from stack.demo import table
from stack.demo.progress import Telling
from stack.demo.run import Result, run
from stack.running import supervisor_pid
from stack.screen import err, one_sentence, out
from stack.workspace import Workspace

_READY_SECONDS = 120.0
_QUIET_SECONDS = 30.0
_SHOWN = 5


def demo(context: typer.Context) -> None:
    """Run the demo day on the stack, which is started when it is not running and left running."""
    workspace: Workspace = context.obj
    began = time.monotonic()
    if supervisor_pid(workspace) is None:
        up(context, None, detach=True, new_ports=False)
    with one_sentence():
        until_ready(workspace)
        telling = Telling(out)
        result = _spent(workspace, telling)
        with telling.step("Auditing the databases against one another"):
            audited = asyncio.run(audit(workspace, settle_seconds=_QUIET_SECONDS))
    table.show(out, result.day, result.gated)
    _judgement(result, audited)
    table.where_to_look(out, workspace)
    out.print(f"All of it took {time.monotonic() - began:.0f} s.", highlight=False)
    _verdict(result, audited)


def until_ready(workspace: Workspace) -> None:
    """Wait until every program of the stack is ready. Raises StackError when one never becomes so."""
    until = time.monotonic() + _READY_SECONDS
    while workspace.state().get("phase") != "ready":
        if supervisor_pid(workspace) is None or time.monotonic() > until:
            raise StackError("The stack is not ready; `dermbill status` says why.")
        time.sleep(0.2)


def _spent(workspace: Workspace, telling: Telling) -> Result:
    try:
        return asyncio.run(run(workspace, telling))
    except* (RemoteRefusal, RemoteUnavailable) as failures:
        raise StackError(f"The demo ended early: {first_of(failures)}.") from failures


def first_of(failures: BaseExceptionGroup[BaseException]) -> str:
    """What the first failure of a group says."""
    failure: BaseException = failures
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return str(failure).rstrip(".")


def _judgement(result: Result, audited: AuditResult) -> None:
    if result.judged:
        taken = result.files - len(result.refused)
        out.print(f"pyx12 accepts {taken} of {result.files} 837P interchanges.", highlight=False)
    else:
        out.print("pyx12 is not installed, so no independent judge has read the 837P files.", highlight=False)
    out.print(f"The audit made {len(audited.checks)} checks: {audited.violations} violations.", highlight=False)


def _verdict(result: Result, audited: AuditResult) -> None:
    problems = [*result.problems(), *_contradictions(audited)]
    for sentence in problems:
        err.print(sentence, style="bold red", markup=False, highlight=False, soft_wrap=True)
    # Two counts that know nothing of each other: over the APIs, of this day; in the databases, of everything.
    unaccounted = max(len(result.day.unaccounted), audited.unaccounted)
    cents_off = max(result.day.cents_off, audited.cents_off)
    said = f"encounters={len(result.day.encounters)} unaccounted={unaccounted} cents_off={cents_off}"
    out.print(f"DEMO {'FAILED' if problems else 'OK'} {said}", highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)


def _contradictions(audited: AuditResult) -> Iterator[str]:
    for check in audited.checks:
        for violation in check.violations[:_SHOWN]:
            yield f"The audit says that this is not so: {check.sentence} ({violation})"
        if len(check.violations) > _SHOWN:
            yield f"And {len(check.violations) - _SHOWN} more of it; `dermbill audit` shows them."
