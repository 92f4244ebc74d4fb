"""`dermbill replay`: past events said again, to consumers that skip what they have handled."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from common.embedded import StackError, create_topics
from stack.databases import DatabaseUrls
from stack.doors import bootstrap_servers, service_doors
from stack.members import NAMES
from stack.replaying import Span
from stack.replaying import replay as say_again
from stack.screen import one_sentence, out
from stack.services import TOPICS
from stack.workspace import Workspace


def replay(
    context: typer.Context,
    service: Annotated[str | None, typer.Argument(help="Whose events.")] = None,
    since: Annotated[str | None, typer.Option(help="From this moment on: ISO 8601 with zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to this moment: ISO 8601 with zone.")] = None,
    every: Annotated[bool, typer.Option("--all", help="The events of every service.")] = False,
    topics: Annotated[bool, typer.Option("--topics", help="Create missing topics first.")] = False,
) -> None:
    """Queue past events again, of one service or of all; what was handled once stays handled once."""
    workspace: Workspace = context.obj
    with one_sentence():
        names = _names(service, every)
        span = _span(since, until)
        doors = {name: service_doors(workspace, name) for name in names}
        if topics:
            _create_topics(bootstrap_servers(workspace))
        for name in names:
            count = _queued(name, doors[name], span)
            out.print(f"{name:<10} {count:>9,} events queued again", highlight=False)


def _names(service: str | None, every: bool) -> tuple[str, ...]:
    if every and service is None:
        return NAMES
    if service in NAMES and not every:
        return (service,)
    if service is None or every:
        raise StackError(f"Name one service ({', '.join(NAMES)}), or say --all.")
    raise StackError(f"There is no service {service}; there are {', '.join(NAMES)}.")


def _span(since: str | None, until: str | None) -> Span:
    try:
        return Span(_moment(since), _moment(until))
    except ValueError as fault:
        raise StackError(f"This is no range: {fault}.") from None


def _create_topics(servers: str) -> None:
    try:
        create_topics(servers, TOPICS)
    except TimeoutError:
        raise StackError(f"Kafka at {servers} does not answer.") from None


def _queued(name: str, doors: DatabaseUrls, span: Span) -> int:
    try:
        return asyncio.run(say_again(doors, span))
    except (OSError, SQLAlchemyError) as fault:
        raise StackError(f"The database of {name} does not let us in: {type(fault).__name__}.") from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise StackError(f"{text} is no moment: write it as 2026-11-24T00:00:00Z.") from None
