"""The unit of work: the one place where a business transaction begins and ends.

An operation opens it with `uow.begin()`. Rows, the events that tell of them, the audit trail, timers and the answer
kept for an idempotency key are one commit. Inside an event handler `begin()` joins the transaction that holds the
inbox row, so an operation is the same whichever door it is reached by. See docs/adr/0003-one-unit-of-work.md.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import CursorResult, Executable, RowMapping

from common import audit, idempotency, outbox, timers
from common.audit import AuditRow
from common.chance import SYSTEM_CHANCE, Chance, drawing_from
from common.clock import SYSTEM_CLOCK
from common.contracts import Contract
from common.database import Database, Session
from common.failpoints import failpoint, named
from common.http import ServiceClient
from common.idempotency import RequestKey
from common.ids import SYSTEM_IDS, Ids, ids_from, new_id
from common.logging import of_practice
from common.outbox import LoggedEvent
from common.tracing import current_traceparent
from common.vault import Vault

# Half of what Kafka takes: an event that cannot be sent must fail its operation, not the relay.
LARGEST_EVENT = 500_000

FLUSHED = named("uow.flushed", "An operation is done; the message with its events, audit rows and commit is not sent.")
COMMITTED = named("uow.committed", "An operation is committed; its caller does not know it yet.")

T = TypeVar("T")
Render = Callable[[Any], BaseModel]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a token's subject, an event, or a timer, and the address it came from."""

    subject: str
    kind: str
    address: str = "-"


@dataclass(frozen=True, slots=True)
class Cause:
    """What a transaction follows from: the encounter it belongs to, and the event that led to it."""

    correlation_id: UUID | None = None
    causation_id: UUID | None = None


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a unit of work needs of the running service, the same for every request."""

    database: Database
    contract: Contract
    clients: Mapping[str, ServiceClient] = field(default_factory=dict[str, ServiceClient])
    now: Callable[[], datetime] = SYSTEM_CLOCK.now
    chance: Chance = SYSTEM_CHANCE
    ids: Ids = SYSTEM_IDS
    zone: tzinfo = UTC
    published: Callable[[], None] = _nothing
    scheduled: Callable[[], None] = _nothing
    settings: object = None  # the service's own, for operations that a timer or an event calls
    vault: Vault | None = None

    def keys(self) -> Vault:
        if self.vault is None:
            raise RuntimeError("this workplace was given no keys")
        return self.vault


class Transaction:
    """One open transaction of one practice. Never committed by hand: leaving `uow.begin()` does it."""

    def __init__(self, session: Session, work: UnitOfWork) -> None:
        self._session = session
        self._connection = session.sql
        self._work = work
        self._events: list[LoggedEvent] = []
        self._audit: list[AuditRow] = []
        self._timers: list[timers.TimerChange] = []
        self._answer: Any = None
        self.now: datetime = work.workplace.now()

    @property
    def practice_id(self) -> UUID:
        return self._work.practice_id

    @property
    def actor(self) -> Actor:
        return self._work.actor

    @property
    def vault(self) -> Vault:
        """What seals and opens the columns that name a person. Raises RuntimeError where no keys were given."""
        return self._work.workplace.keys()

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        return await self._connection.execute(statement, parameters)

    async def rows(self, statement: Executable) -> Sequence[RowMapping]:
        return (await self._connection.execute(statement)).mappings().all()

    async def row(self, statement: Executable) -> RowMapping | None:
        return (await self._connection.execute(statement)).mappings().first()

    async def scalar(self, statement: Executable) -> Any:
        return await self._connection.scalar(statement)

    def publish(self, event: object, *, key: UUID, version: int, correlation: UUID | None = None) -> None:
        """Tell the other services, in this transaction. Call it after the row is saved."""
        contract, cause = self._work.workplace.contract, self._work.cause
        payload = contract.encode(event).decode()
        if len(payload) > LARGEST_EVENT:
            raise ValueError(f"{type(event).__name__} is {len(payload)} characters long: publish ids, not contents")
        self._events.append(
            LoggedEvent(
                event_id=new_id(),
                practice_id=self.practice_id,
                topic=contract.topic,
                type=contract.type_of(event),
                key=key,
                version=version,
                time=self.now,
                correlation_id=correlation or cause.correlation_id or key,
                causation_id=cause.causation_id,
                traceparent=current_traceparent(),
                payload=payload,
            )
        )

    def audit(self, action: str, kind: str, id: UUID, **facts: Any) -> None:
        """Who did `action` (read, create, update, delete, decide) to which thing; facts are ids, codes, amounts."""
        actor = self.actor
        self._audit.append(
            AuditRow(
                id=new_id(),
                practice_id=self.practice_id,
                at=self.now,
                actor=actor.subject,
                actor_kind=actor.kind,
                address=actor.address,
                action=action,
                kind=kind,
                subject=id,
                facts=facts,
            )
        )

    def schedule(self, kind: str, key: UUID, *, due_at: datetime, version: int = 0) -> None:
        """Set or move the timer (kind, key) of this practice."""
        correlation = self._work.cause.correlation_id
        self._timers.append(
            timers.Schedule(self.practice_id, kind, key, due_at, version, correlation, current_traceparent())
        )

    def cancel(self, kind: str, key: UUID) -> None:
        self._timers.append(timers.Cancel(self.practice_id, kind, key))

    def done(self, result: T) -> T:
        """Give `result` back; under an idempotency key it also becomes the stored answer of the request."""
        self._answer = result
        return result

    async def look_up(self, request: RequestKey | None) -> None:
        """For an operation of several transactions, of which the last keeps the answer of `request`: whether the
        request was answered before, without taking its key. Raises Answered, KeyReused.
        """
        if request is not None:
            await idempotency.look_up(self._connection, self.vault, self.practice_id, request)

    async def flush(self) -> None:
        """Put what was gathered with the commit. The unit of work calls it at the end of the operation."""
        closing = self._session.closing
        closing += outbox.statements(self._events)
        closing += audit.statements(self._audit)
        closing += timers.statements(self._timers)
        if self._work.request is not None and self._work.render is not None:
            body = _render(self._work.render, self._answer)
            await idempotency.remember(
                self._connection, self.vault, self.practice_id, self._work.request, self._work.status, body
            )

    def committed(self) -> None:
        """Wake the relay and the timers of this process, so that they need not wait for their next poll."""
        if self._events:
            self._work.workplace.published()
        if self._timers:
            self._work.workplace.scheduled()


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """A practice, an actor and what they follow from; `begin()` opens the transaction."""

    workplace: Workplace
    practice_id: UUID
    actor: Actor
    cause: Cause = Cause()
    request: RequestKey | None = None
    render: Render | None = None
    status: int = 200
    joined: Transaction | None = None

    @property
    def today(self) -> date:
        """The date at the practice (`TIME_ZONE`), for operations that a timer or an event calls."""
        return self.workplace.now().astimezone(self.workplace.zone).date()

    @property
    def clients(self) -> Mapping[str, ServiceClient]:
        """The other services, by name, for calls made outside any transaction."""
        return self.workplace.clients

    def answering(self, render: Render, status: int = 201) -> UnitOfWork:
        """The same, knowing how `tx.done(result)` becomes the stored answer of this request."""
        return replace(self, render=render, status=status)

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Transaction, None]:
        """Open a transaction, or join the consumer's.

        Raises idempotency.Answered when the request's key was used before, and whatever the database raises.
        """
        if self.joined is not None:
            yield self.joined
            return
        work = self.workplace
        with of_practice(self.practice_id), drawing_from(work.chance), ids_from(work.ids):
            session = await work.database.begin(self.practice_id)
            try:
                if self.request is not None and self.render is not None:
                    await idempotency.claim(session.sql, work.keys(), self.practice_id, self.request)
                tx = Transaction(session, self)
                yield tx
                await tx.flush()
                failpoint(FLUSHED)
                await work.database.commit(session)
            except BaseException:
                await work.database.abandon(session)
                raise
            failpoint(COMMITTED)
            tx.committed()


def _render(render: Render, answer: Any) -> str:
    if answer is None:
        raise RuntimeError("an operation under an idempotency key must end in tx.done(result)")
    rendered = render(answer)
    return json.dumps(TypeAdapter(type(rendered)).dump_python(rendered, mode="json"))
