"""The matrix: every provider at every payer and location on one day, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, literal, or_, select, true

from common.uow import Transaction
from credentialing.domain.events import Span
from credentialing.domain.lifecycle import Stage
from credentialing.domain.payers import Program
from credentialing.domain.refusals import TooManyCells
from credentialing.domain.standing import Cell
from credentialing.store.exclusions import exclusions_in
from credentialing.tables import enrolled_days, enrollments, groups, locations, payers, providers

MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Narrowed:
    npi: str | None = None
    payer_id: str | None = None
    location_code: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the matrix and what it is about; `tin` is None where it is a social security number."""

    npi: str
    payer_id: str
    location_code: str
    billing_npi: str
    tin: str | None
    enrollment_id: UUID | None
    cell: Cell


async def matrix(tx: Transaction, day: date, narrowed: Narrowed) -> list[Place]:
    """Active providers and locations at every payer, with what is known of `day`. Raises TooManyCells."""
    rows = await tx.rows(_statement(day, narrowed))
    if len(rows) > MOST_CELLS:
        raise TooManyCells(cells=rows[0]["cells"], most=MOST_CELLS)
    return [_place(row) for row in rows]


_TOLD = (
    providers.c.npi,
    providers.c.excluded_on,
    providers.c.exclusions,
    payers.c.payer_id,
    payers.c.program,
    func.coalesce(payers.c.state, locations.c.state).label("state"),
    locations.c.code,
    groups.c.billing_npi,
    groups.c.tin,
    enrollments.c.id,
    enrollments.c.stage,
    enrollments.c.submitted_on,
    enrollments.c.decided_on,
    enrollments.c.due_on,
)


def _statement(day: date, narrowed: Narrowed) -> Any:
    days = _days_around(literal(day))
    statement = (
        select(*_TOLD, days.c.first, days.c.last, days.c.before, days.c.after, func.count().over().label("cells"))
        .select_from(_every_place().outerjoin(days, true()))
        .where(providers.c.active, locations.c.active)
        .order_by(providers.c.npi, payers.c.payer_id, locations.c.code)
        .limit(MOST_CELLS + 1)
    )
    for column, value in (
        (providers.c.npi, narrowed.npi),
        (payers.c.payer_id, narrowed.payer_id),
        (locations.c.code, narrowed.location_code),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement


def _every_place() -> Any:
    """Every provider at every payer and location, with the enrollment where there is one."""
    this = and_(
        enrollments.c.provider_id == providers.c.id,
        enrollments.c.payer_id == payers.c.payer_id,
        enrollments.c.location_id == locations.c.id,
    )
    places = providers.join(payers, true()).join(locations, true()).join(groups, groups.c.id == locations.c.group_id)
    return places.outerjoin(enrollments, this)


def _days_around(day: Any) -> Any:
    """Of one enrollment: the days that hold `day`, the last before it and the first after it."""
    return (
        select(
            _only(func.max(enrolled_days.c.first), _holds(day)).label("first"),
            _only(func.max(enrolled_days.c.last), _holds(day)).label("last"),
            _only(func.max(enrolled_days.c.last), enrolled_days.c.last < day).label("before"),
            _only(func.min(enrolled_days.c.first), enrolled_days.c.first > day).label("after"),
        )
        .where(enrolled_days.c.enrollment_id == enrollments.c.id)
        .lateral("days")
    )


def _holds(day: Any) -> Any:
    return and_(enrolled_days.c.first <= day, or_(enrolled_days.c.last.is_(None), enrolled_days.c.last >= day))


def _only(aggregate: Any, condition: Any) -> Any:
    return aggregate.filter(condition)


def _place(row: Any) -> Place:
    cell = Cell(
        program=Program(row["program"]),
        stage=Stage(row["stage"]) if row["stage"] else None,
        submitted_on=row["submitted_on"],
        decided_on=row["decided_on"],
        due_on=row["due_on"],
        span=Span(row["first"], row["last"]) if row["first"] else None,
        before=row["before"],
        after=row["after"],
        state=row["state"],
        excluded=exclusions_in(row),
    )
    return Place(row["npi"], row["payer_id"], row["code"], row["billing_npi"], row["tin"], row["id"], cell)
