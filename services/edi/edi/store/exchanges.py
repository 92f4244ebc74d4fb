"""Questions and answers of real time, and what CAQH CORE wants to be counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, or_, select, update

from common.refusal import NotFound
from common.uow import Transaction
from edi.domain.real_time import AGAIN_AFTER, BATCH_ACKNOWLEDGED_WITHIN, RULE_SECONDS, Exchange, Outcome
from edi.tables import exchanges, transmissions

IN_TIME = RULE_SECONDS * 1000


async def add(tx: Transaction, exchange: Exchange) -> None:
    await tx.execute(insert(exchanges).values(practice_id=tx.practice_id, **_columns(exchange)))


async def save(tx: Transaction, exchange: Exchange) -> None:
    await tx.execute(update(exchanges).where(exchanges.c.id == exchange.id).values(**_columns(exchange)))


async def load(tx: Transaction, exchange_id: UUID) -> Exchange:
    """Raises NotFound."""
    row = await tx.row(select(exchanges).where(exchanges.c.id == exchange_id))
    if row is None:
        raise NotFound(kind="exchange", id=exchange_id)
    return exchange_of(row)


async def unanswered(tx: Transaction, partner_id: UUID, reference: UUID, fingerprint: str) -> list[datetime]:
    """When the same was asked of late, by its reference or its words, and nothing was heard."""
    rows = await tx.rows(
        select(exchanges.c.asked_at).where(
            exchanges.c.partner_id == partner_id,
            or_(exchanges.c.fingerprint == fingerprint, exchanges.c.reference == reference),
            exchanges.c.asked_at > tx.now - AGAIN_AFTER,
            exchanges.c.answered_at.is_(None),
        )
    )
    return [row["asked_at"] for row in rows]


async def real_time_counts(tx: Transaction, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """By partner and kind: how many were asked, answered, and answered in time; and how long they took."""
    answered = exchanges.c.answered_at.is_not(None)
    in_time = and_(answered, exchanges.c.milliseconds <= IN_TIME)
    took = exchanges.c.milliseconds.asc()
    statement = (
        select(
            exchanges.c.partner_id,
            exchanges.c.kind,
            func.count().label("asked"),
            func.count().filter(answered).label("answered"),
            func.count().filter(in_time).label("within_20_seconds"),
            _counted(exchanges.c.outcome == Outcome.TIMEOUT.value, "timeouts"),
            func.percentile_disc(0.5).within_group(took).filter(answered).label("median_ms"),
            func.percentile_disc(0.9).within_group(took).filter(answered).label("ninetieth_ms"),
            func.max(exchanges.c.milliseconds).filter(answered).label("slowest_ms"),
        )
        .where(exchanges.c.asked_at >= since, exchanges.c.asked_at < until)
        .group_by(exchanges.c.partner_id, exchanges.c.kind)
        .order_by(exchanges.c.partner_id, exchanges.c.kind)
    )
    return await tx.rows(statement)


async def batch_counts(tx: Transaction, since: datetime, until: datetime) -> Sequence[RowMapping]:
    """By partner: how many batches were sent that a 999 is owed for, and how many had it within the hour."""
    in_time = transmissions.c.acknowledged_at <= transmissions.c.sent_at + BATCH_ACKNOWLEDGED_WITHIN
    statement = (
        select(
            transmissions.c.partner_id,
            func.count().label("sent"),
            _counted(transmissions.c.acknowledged_at.is_not(None), "acknowledged"),
            _counted(in_time, "within_an_hour"),
        )
        .where(
            transmissions.c.sent_at >= since,
            transmissions.c.sent_at < until,
            transmissions.c.acknowledge_by.is_not(None),
        )
        .group_by(transmissions.c.partner_id)
        .order_by(transmissions.c.partner_id)
    )
    return await tx.rows(statement)


def exchange_of(row: RowMapping) -> Exchange:
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(Exchange)}
    values["outcome"] = Outcome(row["outcome"])
    return Exchange(**values)


def _columns(exchange: Exchange) -> dict[str, Any]:
    values = {field.name: getattr(exchange, field.name) for field in fields(Exchange)}
    return values | {"outcome": exchange.outcome.value}


def _counted(condition: ColumnElement[bool], name: str) -> Any:
    return func.count().filter(condition).label(name)
