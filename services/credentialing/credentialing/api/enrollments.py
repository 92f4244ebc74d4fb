"""Enrollments, and the matrix of all of them on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from common.pagination import Cursor, Limit, Page
from common.web import Creates, IfMatch, Reads, Today, Writes, etag, needs
from credentialing.api.acts import ActIn
from credentialing.api.words import READ, WRITE, LocationCode, Npi, PayerId
from credentialing.domain.enrollment import Enrollment
from credentialing.domain.events import Span
from credentialing.domain.expected import expected_dates
from credentialing.domain.lifecycle import Stage
from credentialing.domain.standing import Standing, judge
from credentialing.operations import enrolling as operations
from credentialing.store import enrollments as store
from credentialing.store import history, registers
from credentialing.store.enrollments import Wanted
from credentialing.store.history import Happening
from credentialing.store.matrix import Narrowed, Place, matrix

router = APIRouter(tags=["enrollments"])


class EnrollmentIn(BaseModel):
    """Whom to enroll, with whom and where."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"npi": "1245319599", "payer_id": "PAYERA", "location_code": "MAIN"}]},
    )
    npi: Npi
    payer_id: PayerId
    location_code: LocationCode


class EnrollmentOut(BaseModel):
    id: UUID
    npi: str
    payer_id: str
    billing_npi: str
    tin: str | None
    location_code: str
    stage: Stage
    submitted_on: date | None
    reference: str | None
    received_on: date | None
    committee_on: date | None
    notice_due_on: date | None
    decided_on: date | None
    contracted_on: date | None
    fee_schedule: str | None
    effective_from: date | None
    spans: list[Span]
    due_on: date | None
    renewal_filed_on: date | None
    version: int

    @classmethod
    def of(cls, enrollment: Enrollment) -> EnrollmentOut:
        return cls(**_fields(enrollment))


class HappeningOut(BaseModel):
    at: datetime
    actor: str
    act: str
    reason: str | None
    facts: dict[str, Any]


class EnrollmentWithHistory(EnrollmentOut):
    history: list[HappeningOut]

    @classmethod
    def told(cls, enrollment: Enrollment, lines: Sequence[Happening]) -> EnrollmentWithHistory:
        told = [HappeningOut(**{name: getattr(line, name) for name in HappeningOut.model_fields}) for line in lines]
        return cls(**_fields(enrollment), history=told)


class ExpectedDatesOut(BaseModel):
    """From when Medicare will have the enrollment count, and from which day services may be billed."""

    effective_from: date
    bill_from: date


class CellOut(BaseModel):
    """One cell: whether that day's services can be billed, and why or why not."""

    npi: str
    payer_id: str
    location_code: str
    billing_npi: str
    tin: str | None
    enrollment_id: UUID | None
    stage: Stage | None
    standing: Standing
    reason: str
    effective_from: date | None
    effective_to: date | None

    @classmethod
    def of(cls, place: Place, day: date) -> CellOut:
        standing, reason = judge(place.cell, day)
        span = place.cell.span
        return cls(
            npi=place.npi,
            payer_id=place.payer_id,
            location_code=place.location_code,
            billing_npi=place.billing_npi,
            tin=place.tin,
            enrollment_id=place.enrollment_id,
            stage=place.cell.stage,
            standing=standing,
            reason=reason,
            effective_from=span.first if span else None,
            effective_to=span.last if span else None,
        )


class MatrixOut(BaseModel):
    on: date
    cells: list[CellOut]


@router.get("/enrollments/matrix", dependencies=[needs(READ)])
async def matrix_on(
    reads: Reads,
    today: Today,
    on: Annotated[date | None, Query(description="The date of service; today when left out")] = None,
    npi: Npi | None = None,
    payer_id: PayerId | None = None,
    location_code: LocationCode | None = None,
) -> MatrixOut:
    """Every active provider at every payer and active location on one day."""
    day = on or today
    async with reads.begin() as tx:
        places = await matrix(tx, day, Narrowed(npi, payer_id, location_code))
    return MatrixOut(on=day, cells=[CellOut.of(place, day) for place in places])


@router.get("/enrollments", dependencies=[needs(READ)])
async def list_enrollments(
    reads: Reads,
    stage: Stage | None = None,
    payer_id: PayerId | None = None,
    npi: Npi | None = None,
    due_before: date | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[EnrollmentOut]:
    """Enrollments, oldest first."""
    async with reads.begin() as tx:
        found = await store.page(tx, Wanted(stage, payer_id, npi, due_before), cursor, limit)
    return Page.of(found, limit, EnrollmentOut.of, lambda enrollment: enrollment.id)


@router.post("/enrollments", status_code=201, dependencies=[needs(WRITE)])
async def open_enrollment(body: EnrollmentIn, uow: Creates) -> EnrollmentOut:
    """Say that a provider is to be enrolled with a payer at a location."""
    unit = uow.answering(EnrollmentOut.of, 201)
    return EnrollmentOut.of(await operations.open_enrollment(unit, body.npi, body.payer_id, body.location_code))


@router.get("/enrollments/{enrollment_id}", dependencies=[needs(READ)])
async def get(enrollment_id: UUID, reads: Reads, response: Response) -> EnrollmentWithHistory:
    async with reads.begin() as tx:
        enrollment = await store.load(tx, enrollment_id)
        lines = await history.of(tx, enrollment_id)
    response.headers["ETag"] = etag(enrollment.version)
    return EnrollmentWithHistory.told(enrollment, lines)


@router.get("/enrollments/{enrollment_id}/expected-dates", dependencies=[needs(READ)])
async def expected(
    enrollment_id: UUID,
    reads: Reads,
    first_service_on: Annotated[date, Query(description="The clinician's first service at the location")],
) -> ExpectedDatesOut:
    """The dates of a Medicare enrollment before its letter comes (42 CFR 424.520(d), 424.521(a))."""
    async with reads.begin() as tx:
        enrollment = await store.load(tx, enrollment_id)
        terms = await registers.terms_of(tx, enrollment.identity.payer_id)
    dates = expected_dates(enrollment, terms, first_service_on)
    return ExpectedDatesOut(effective_from=dates.effective_from, bill_from=dates.bill_from or dates.effective_from)


@router.post("/enrollments/{enrollment_id}/acts", dependencies=[needs(WRITE)])
async def record(enrollment_id: UUID, body: ActIn, version: IfMatch, uow: Writes, response: Response) -> EnrollmentOut:
    """Record what happened: the application went out, the payer asked, approved, gave dates, ended it ..."""
    unit = uow.answering(EnrollmentOut.of, 200)
    after = await operations.record(unit, enrollment_id, version, body.to, body.act, body.reason, **body.facts())
    response.headers["ETag"] = etag(after.version)
    return EnrollmentOut.of(after)


def _fields(enrollment: Enrollment) -> dict[str, Any]:
    who = ("npi", "payer_id", "billing_npi", "tin", "location_code")
    names = (name for name in EnrollmentOut.model_fields if name not in who)
    return {name: getattr(enrollment.identity, name) for name in who} | {
        name: getattr(enrollment, name) for name in names
    }
