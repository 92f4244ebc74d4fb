"""Authorizations: what is asked for, what the payer said, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from authorizations.domain.authorization import Authorization, renewal_day
from authorizations.domain.clocks import Program, Urgency
from authorizations.domain.lifecycle import Status
from authorizations.domain.request import Certification, Request, Wire
from authorizations.domain.said import Said, ServiceWord, notice
from authorizations.domain.wish import Amendment, Kind, Referring
from authorizations.models.wishes import AttachmentIO, CourseIO, ReferringIO, ServiceIO
from authorizations.models.words import STRICT, Code, Day, Number, Owner, PayerId, Reason, Units, Visits
from authorizations.store.records import Happening
from common.phi import Phi


class ServiceWordIn(BaseModel):
    model_config = STRICT
    code: Code
    units: Units | None = None
    action: Literal["A1", "A2", "A3", "A4", "A6", "C", "CT", "NA"] | None = None


class DecisionIn(BaseModel):
    """What the payer said by telephone or on its portal; `action` is HCR01."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "payer_id": "PAYERA",
                    "action": "A1",
                    "number": "AUTH0000017",
                    "services": [{"code": "96910", "units": 30}],
                    "valid_from": "2026-03-09",
                    "valid_to": "2026-06-08",
                    "reason": "By telephone, reference 4471.",
                }
            ]
        },
    )
    payer_id: PayerId
    action: Literal["A1", "A2", "A3", "A6", "C", "NA"]
    number: Number | None = None
    services: list[ServiceWordIn] = Field(default_factory=list[ServiceWordIn], max_length=20)
    reasons: list[Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,3}$")]] = Field(
        default_factory=list[str], max_length=5
    )
    valid_from: Day | None = None
    valid_to: Day | None = None
    visits: Visits | None = Field(default=None, description="Of a referral; null: as many as were asked for")
    reason: Reason

    def said(self) -> Said:
        return Said(
            action=self.action,
            number=self.number or "",
            reasons=tuple(self.reasons),
            services=tuple(ServiceWord(one.code, one.units, one.action or "") for one in self.services),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            visits=self.visits,
        )


class SettleIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Sent the photographs."}]})
    reason: Reason


class AssignIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"owner": "staff.one"}]})
    owner: Owner


class NoticeOut(BaseModel):
    """What to look at, why, what to do next, and where the rule comes from."""

    code: str
    cause: str
    next_step: str
    source: str

    @classmethod
    def of(cls, code: str) -> NoticeOut:
        told = notice(code)
        return cls(code=told.code, cause=told.cause, next_step=told.next_step, source=told.source)


class StandingOut(BaseModel):
    """One certified code: how much of it, how much is used, how much is left; null where there is no limit."""

    code: str
    certified: int | None
    used: int
    left: int | None


class RequestOut(BaseModel):
    """What is on its way to the payer."""

    certification: Certification
    stage: str
    attempts: int
    ask_at: datetime | None
    sent_at: datetime | None
    wire: Wire
    inquiries: int
    inquire_at: datetime | None
    retroactive: bool

    @classmethod
    def of(cls, request: Request) -> RequestOut:
        return cls(
            certification=request.certification,
            stage=request.stage.value,
            attempts=request.attempts,
            ask_at=request.ask_at,
            sent_at=request.sent_at,
            wire=request.route.wire,
            inquiries=request.inquiries,
            inquire_at=request.inquire_at,
            retroactive=request.retroactive,
        )


class AmendmentOut(BaseModel):
    """What was last asked for beside what holds; `refused_on` and `reasons` are the payer's no."""

    certification: Certification
    services: list[ServiceIO]
    visits: int | None
    first: date
    last: date | None
    refused_on: date | None
    reasons: list[str]

    @classmethod
    def of(cls, one: Amendment) -> AmendmentOut:
        return cls(
            certification=Certification(one.certification),
            services=[ServiceIO.of(service) for service in one.wish.services],
            visits=one.wish.visits,
            first=one.wish.first,
            last=one.wish.last,
            refused_on=one.refused_on,
            reasons=list(one.reasons),
        )


class AuthorizationOut(BaseModel):
    """What was asked for of what holds, what holds and what is left of it; `amendment` is what was asked for since."""

    id: UUID
    patient_id: UUID
    kind: Kind
    status: Status
    payer_id: str | None
    program: Program
    asked: list[ServiceIO]
    first: date
    last: date | None
    place: str
    diagnoses: list[str]
    rendering_npi: str
    requester_npi: str | None
    referring: ReferringIO | None
    visits_asked: int | None
    urgency: Urgency
    drug: bool
    attachments: list[AttachmentIO]
    course: CourseIO | None
    request: RequestOut | None
    amendment: AmendmentOut | None
    number: str | None
    certified: list[StandingOut]
    visits: int | None
    visits_used: int
    visits_left: int | None
    valid_from: date | None
    valid_to: date | None
    renewal_on: date | None
    days_left: int | None
    reasons: list[str]
    decided_on: date | None
    response_due: datetime | None
    decision_due: datetime | None
    clock_rule: str | None
    owner: str | None
    attention: list[NoticeOut]
    version: int

    @classmethod
    def of(cls, one: Authorization, today: date) -> AuthorizationOut:
        wish, decided = one.wish, one.decided
        plain = (
            "id",
            "status",
            "payer_id",
            "program",
            "response_due",
            "decision_due",
            "clock_rule",
            "owner",
            "visits_used",
            "visits_left",
            "version",
        )
        wished = ("patient_id", "kind", "first", "last", "place", "rendering_npi", "requester_npi", "urgency", "drug")
        return cls(
            **{name: getattr(one, name) for name in plain},
            **{name: getattr(wish, name) for name in wished},
            asked=[ServiceIO.of(service) for service in wish.services],
            diagnoses=list(wish.diagnoses),
            attachments=[AttachmentIO.model_validate(each, from_attributes=True) for each in wish.attachments],
            course=CourseIO.model_validate(wish.course, from_attributes=True) if wish.course else None,
            referring=_referring(wish.referred_by),
            visits_asked=wish.visits,
            request=RequestOut.of(one.request) if one.request else None,
            amendment=AmendmentOut.of(one.amendment) if one.amendment else None,
            visits=decided.visits,
            number=decided.number or None,
            certified=list(_standing(one)),
            valid_from=decided.valid_from,
            valid_to=decided.valid_to,
            renewal_on=renewal_day(one),
            days_left=max((decided.valid_to - today).days + 1, 0) if decided.valid_to else None,
            reasons=list(decided.reasons),
            decided_on=decided.decided_on,
            attention=[NoticeOut.of(code) for code in one.attention],
        )


def _referring(by: Referring | None) -> ReferringIO | None:
    return ReferringIO.model_construct(npi=by.npi, last_name=by.last_name, first_name=by.first_name) if by else None


def _standing(one: Authorization) -> Iterable[StandingOut]:
    used = {service.code: service.units or 0 for service in one.used}
    for service in one.decided.certified:
        yield StandingOut(
            code=service.code, certified=service.units, used=used.get(service.code, 0), left=one.left(service.code)
        )


class HappeningOut(BaseModel):
    at: datetime
    actor: str
    act: str
    status: str
    codes: list[str]
    reason: str | None
    exchange_id: UUID | None


class AnswerFaultOut(BaseModel):
    """An element of the payer's answer, by its path, and what is wrong with it."""

    where: str
    what: str


class AuthorizationWithHistory(AuthorizationOut):
    history: list[HappeningOut]

    @classmethod
    def told(cls, one: Authorization, history: Sequence[Happening], today: date) -> AuthorizationWithHistory:
        return cls(
            **AuthorizationOut.of(one, today).model_dump(),
            history=[
                HappeningOut(
                    at=each.at,
                    actor=each.actor,
                    act=each.act,
                    status=each.status,
                    codes=list(each.codes),
                    reason=each.reason.reveal() if isinstance(each.reason, Phi) else None,
                    exchange_id=each.exchange_id,
                )
                for each in history
            ],
        )
