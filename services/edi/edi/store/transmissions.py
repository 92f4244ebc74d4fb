"""Rows to transmissions and the attempts to send them, and back. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, func, insert, select, update

from common.change import Change
from common.refusal import NotFound, Stale
from common.store import save_version
from common.uow import Transaction
from edi.domain.events import SetError
from edi.domain.transmission import Status, Transmission
from edi.tables import (
    attempts,
    transmissions,
)

SET_ERRORS = TypeAdapter(tuple[SetError, ...])


async def add_transmission(tx: Transaction, transmission: Transmission) -> None:
    await tx.execute(
        insert(transmissions).values(practice_id=tx.practice_id, **_columns(transmission), version=transmission.version)
    )


async def load_transmission(tx: Transaction, transmission_id: UUID, *, lock: bool = False) -> Transmission:
    """Raises NotFound."""
    statement = select(transmissions).where(transmissions.c.id == transmission_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound(kind="transmission", id=transmission_id)
    return transmission_of(row)


async def transmission_by(tx: Transaction, partner_id: UUID, **control: str) -> Transmission | None:
    """The latest transmission to a partner with that control number (numbers wrap), held for a change."""
    statement = select(transmissions).where(transmissions.c.partner_id == partner_id)
    for name, value in control.items():
        statement = statement.where(transmissions.c[name] == value)
    row = await tx.row(statement.order_by(transmissions.c.ordinal.desc()).limit(1).with_for_update())
    return transmission_of(row) if row is not None else None


async def save_transmission(tx: Transaction, change: Change[Transmission]) -> Transmission:
    """Save and publish, one version for every event. Raises Stale when somebody was faster."""
    transmission = change.aggregate
    version = await save_version(
        tx, transmissions, transmission.id, transmission.version, _columns(transmission), kind="transmission"
    )
    for event in change.events:
        tx.publish(event, key=transmission.id, version=version, correlation=transmission.reference)
    return replace(transmission, version=version)


async def begin_attempt(tx: Transaction, transmission_id: UUID) -> int:
    """Write down that the partner is about to be called; gives the number of the attempt, from 1."""
    before = await tx.scalar(
        select(func.count()).select_from(attempts).where(attempts.c.transmission_id == transmission_id)
    )
    number = int(before) + 1
    await tx.execute(
        insert(attempts).values(
            practice_id=tx.practice_id, transmission_id=transmission_id, number=number, started_at=tx.now
        )
    )
    return number


async def staged_attempt(tx: Transaction, transmission_id: UUID) -> int | None:
    """The attempt that brought the whole file to the partner under a name for the time being; None when none did."""
    return await tx.scalar(
        select(func.max(attempts.c.number)).where(
            attempts.c.transmission_id == transmission_id, attempts.c.staged_at.is_not(None)
        )
    )


async def stage_attempt(tx: Transaction, transmission_id: UUID, number: int) -> None:
    """Note that the whole file is there. Raises Stale when a later attempt has begun, which knows nothing of it."""
    latest = select(func.max(attempts.c.number)).where(attempts.c.transmission_id == transmission_id)
    if await tx.scalar(latest) != number:
        raise Stale(kind="attempt", id=transmission_id, version=number)
    await tx.execute(
        update(attempts)
        .where(attempts.c.transmission_id == transmission_id, attempts.c.number == number)
        .values(staged_at=tx.now)
    )


async def forget_staged(tx: Transaction, partner_id: UUID) -> None:
    """A partner's queued files are nowhere yet: it has moved."""
    queued = select(transmissions.c.id).where(
        transmissions.c.partner_id == partner_id, transmissions.c.status == Status.QUEUED.value
    )
    await tx.execute(update(attempts).where(attempts.c.transmission_id.in_(queued)).values(staged_at=None))


async def end_attempt(tx: Transaction, transmission_id: UUID, number: int, outcome: str) -> None:
    await tx.execute(
        update(attempts)
        .where(attempts.c.transmission_id == transmission_id, attempts.c.number == number)
        .values(ended_at=tx.now, outcome=outcome)
    )


async def was_attempted(tx: Transaction, transmission_id: UUID) -> bool:
    found = await tx.scalar(select(attempts.c.number).where(attempts.c.transmission_id == transmission_id).limit(1))
    return found is not None


async def attempts_of(tx: Transaction, transmission_id: UUID) -> Sequence[RowMapping]:
    return await tx.rows(
        select(attempts).where(attempts.c.transmission_id == transmission_id).order_by(attempts.c.number)
    )


def transmission_of(row: RowMapping) -> Transmission:
    values = {field.name: row[field.name] for field in fields(Transmission)}
    values |= {"status": Status(row["status"]), "errors": SET_ERRORS.validate_python(row["errors"])}
    return Transmission(**values)


def _columns(transmission: Transmission) -> dict[str, Any]:
    values = {field.name: getattr(transmission, field.name) for field in fields(Transmission)}
    values["status"] = transmission.status.value
    values["errors"] = SET_ERRORS.dump_python(transmission.errors, mode="json")
    del values["version"]
    return values
