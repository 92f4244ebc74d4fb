"""Rows to enrollments, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from common.change import Change
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.enrollment import Enrollment, Identity
from credentialing.domain.events import Span
from credentialing.domain.lifecycle import Stage
from credentialing.domain.refusals import AlreadyOpen, Unregistered
from credentialing.store import history
from credentialing.tables import enrolled_days, enrollments, groups, locations, providers


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; None does not narrow it."""

    stage: Stage | None = None
    payer_id: str | None = None
    npi: str | None = None
    due_before: date | None = None


_FACTS = (
    "submitted_on", "reference", "received_on", "committee_on", "notice_due_on", "decided_on", "contracted_on",
    "fee_schedule", "effective_from", "due_on", "renewal_filed_on", "announced",
)  # fmt: skip


def _days(column: ColumnElement[Any]) -> Select[Any]:
    """The column over the enrollment's days, oldest first."""
    ordered = aggregate_order_by(column, enrolled_days.c.first)
    return select(func.array_agg(ordered)).where(enrolled_days.c.enrollment_id == enrollments.c.id)


def _statement() -> Select[Any]:
    return (
        select(
            enrollments,
            providers.c.npi,
            locations.c.code.label("location_code"),
            groups.c.id.label("group_id"),
            groups.c.billing_npi,
            groups.c.tin,
            _days(enrolled_days.c.first).scalar_subquery().label("firsts"),
            _days(enrolled_days.c.last).scalar_subquery().label("lasts"),
        )
        .join(providers, providers.c.id == enrollments.c.provider_id)
        .join(locations, locations.c.id == enrollments.c.location_id)
        .join(groups, groups.c.id == locations.c.group_id)
    )


async def load(tx: Transaction, enrollment_id: UUID) -> Enrollment:
    """Raises NotFound."""
    row = await tx.row(_statement().where(enrollments.c.id == enrollment_id))
    if row is None:
        raise NotFound(kind="enrollment", id=enrollment_id)
    return _enrollment(row)


async def page(tx: Transaction, wanted: Wanted, cursor: Cursor | None, limit: int) -> list[Enrollment]:
    rows = await tx.rows(keyset(_narrowed(wanted), enrollments.c.id, cursor, limit))
    return [_enrollment(row) for row in rows]


async def of_group(tx: Transaction, group_id: UUID) -> list[Enrollment]:
    """All at the group's locations, oldest first."""
    rows = await tx.rows(_statement().where(groups.c.id == group_id).order_by(enrollments.c.id))
    return [_enrollment(row) for row in rows]


async def falling_due(tx: Transaction, until: date, limit: int) -> list[Enrollment]:
    """Those in effect whose renewal is due by `until` and was not filed, the nearest first."""
    due = (
        enrollments.c.due_on <= until,
        enrollments.c.renewal_filed_on.is_(None),
        enrollments.c.stage == Stage.EFFECTIVE.value,
    )
    statement = _statement().where(*due).order_by(enrollments.c.due_on, enrollments.c.id).limit(limit)
    return [_enrollment(row) for row in await tx.rows(statement)]


async def awaiting_notice(tx: Transaction, until: date, limit: int) -> list[Enrollment]:
    """Those whose committee's decision the payer owes by `until`, the nearest first."""
    due = enrollments.c.notice_due_on
    return [_enrollment(row) for row in await tx.rows(_statement().where(due <= until).order_by(due).limit(limit))]


async def identity_of(tx: Transaction, npi: str, payer_id: str, location_code: str) -> Identity:
    """Who and where a new enrollment is about. Raises Unregistered."""
    provider_id = await tx.scalar(select(providers.c.id).where(providers.c.npi == npi))
    if provider_id is None:
        raise Unregistered(kind="provider", id=npi)
    place = await tx.row(
        select(locations.c.id, groups.c.id.label("group_id"), groups.c.billing_npi, groups.c.tin)
        .join(groups, groups.c.id == locations.c.group_id)
        .where(locations.c.code == location_code)
    )
    if place is None:
        raise Unregistered(kind="location", id=location_code)
    return Identity(
        provider_id, npi, payer_id, place["group_id"], place["billing_npi"], place["tin"], place["id"], location_code
    )


async def of(tx: Transaction, identity: Identity) -> UUID:
    """The enrollment that this provider, payer and location have already."""
    return await tx.scalar(
        select(enrollments.c.id).where(
            enrollments.c.provider_id == identity.provider_id,
            enrollments.c.payer_id == identity.payer_id,
            enrollments.c.location_id == identity.location_id,
        )
    )


async def add(tx: Transaction, enrollment: Enrollment) -> None:
    """Raises AlreadyOpen."""
    who = enrollment.identity
    fresh = insert(enrollments).values(
        practice_id=tx.practice_id,
        id=enrollment.id,
        version=1,
        provider_id=who.provider_id,
        payer_id=who.payer_id,
        location_id=who.location_id,
        **_columns(enrollment),
    )
    if await tx.scalar(fresh.on_conflict_do_nothing().returning(enrollments.c.id)) is None:
        raise AlreadyOpen(enrollment_id=await of(tx, who))
    await history.note(tx, enrollment.id, "opened", npi=who.npi, payer_id=who.payer_id, location=who.location_code)


async def save(
    tx: Transaction,
    before: Enrollment,
    change: Change[Enrollment],
    act: str,
    *,
    reason: str | None = None,
    **facts: Any,
) -> Enrollment:
    """Raises Stale when somebody was faster."""
    after = change.aggregate
    version = await save_version(tx, enrollments, after.id, before.version, _columns(after), kind="enrollment")
    if after.spans != before.spans:
        await _put_spans(tx, after)
    await history.note(tx, after.id, act, reason=reason, stage=after.stage.value, **facts)
    for event in change.events:
        tx.publish(event, key=after.id, version=version)
    return replace(after, version=version)


async def _put_spans(tx: Transaction, enrollment: Enrollment) -> None:
    await tx.execute(delete(enrolled_days).where(enrolled_days.c.enrollment_id == enrollment.id))
    rows = [
        {
            "practice_id": tx.practice_id,
            "enrollment_id": enrollment.id,
            "first": span.first,
            "last": span.last,
        }
        for span in enrollment.spans
    ]
    if rows:
        await tx.execute(insert(enrolled_days), rows)


def _narrowed(wanted: Wanted) -> Select[Any]:
    statement = _statement()
    if wanted.stage:
        statement = statement.where(enrollments.c.stage == wanted.stage.value)
    if wanted.payer_id:
        statement = statement.where(enrollments.c.payer_id == wanted.payer_id)
    if wanted.npi:
        statement = statement.where(providers.c.npi == wanted.npi)
    if wanted.due_before:
        statement = statement.where(enrollments.c.due_on < wanted.due_before)
    return statement


def _columns(enrollment: Enrollment) -> dict[str, Any]:
    return {"stage": enrollment.stage.value} | {name: getattr(enrollment, name) for name in _FACTS}


def _enrollment(row: Any) -> Enrollment:
    names = (
        "provider_id", "npi", "payer_id", "group_id", "billing_npi", "tin", "location_id", "location_code",
    )  # fmt: skip
    days = zip(row["firsts"] or (), row["lasts"] or (), strict=True)
    return Enrollment(
        id=row["id"],
        identity=Identity(**{name: row[name] for name in names}),
        stage=Stage(row["stage"]),
        spans=tuple(Span(first, last) for first, last in days),
        version=row["version"],
        **{name: row[name] for name in _FACTS},
    )
