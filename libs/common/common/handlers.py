"""Kafka in: which function handles which type of event, and what it is given."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from prometheus_client import Histogram

from common import metrics
from common.contracts import decode, topic_of
from common.envelope import Envelope
from common.uow import Actor, UnitOfWork

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """One event as its handler sees it: the facts of the envelope and the service's own view of the payload."""

    id: UUID
    type: str
    practice_id: UUID
    subject: UUID
    version: int
    time: datetime
    correlation_id: UUID
    causation_id: UUID | None
    data: T


Handler = Callable[[UnitOfWork, Received[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handling:
    """A handler, and what is the same for every event that it handles."""

    type: str
    view: type
    function: Handler
    actor: Actor
    seconds: Histogram


class Handlers:
    """The events that a service listens to. A type `org.dermbill.<topic>.<Class>.v<N>` names its own topic."""

    def __init__(self) -> None:
        self.by_type: dict[str, Handling] = {}

    def on(self, type: str) -> Callable[[Handler], Handler]:
        """Register the handler of `type`; its second parameter must be annotated `Received[View]`."""

        def register(function: Handler) -> Handler:
            if type in self.by_type:
                raise ValueError(f"two handlers for {type}")
            actor, seconds = Actor(f"event:{type}", "event"), metrics.HANDLER_SECONDS.labels(type, "done")
            self.by_type[type] = Handling(type, _view_of(function), function, actor, seconds)
            return function

        return register

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sorted({topic_of(type) for type in self.by_type}))


def received(handling: Handling, envelope: Envelope, value: bytes) -> Received[Any]:
    """Raises Undecodable when the payload does not fit the view."""
    return Received(
        id=envelope.id,
        type=envelope.type,
        practice_id=envelope.tenantid,
        subject=UUID(envelope.subject),
        version=envelope.sequence,
        time=envelope.time,
        correlation_id=envelope.correlationid,
        causation_id=envelope.causationid,
        data=cast(Any, decode(handling.view, value)),
    )


def _view_of(function: Handler) -> type:
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters)
    annotation = hints.get(parameters[1]) if len(parameters) == 2 else None
    if get_origin(annotation) is not Received:
        name = getattr(function, "__qualname__", "a handler")
        raise TypeError(f"{name} must be (uow: UnitOfWork, event: Received[View])")
    return get_args(annotation)[0]
