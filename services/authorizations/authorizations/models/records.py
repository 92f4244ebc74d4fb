"""Authorizations: what is asked for, what the payer said, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from authorizations.domain.authorization import (
    DEFAULT_RENEWAL_DAYS,
    Attachment,
    Authorization,
    Course,
    Kind,
    Wish,
    renewal_day,
)
from authorizations.domain.clocks import Program, Urgency
from authorizations.domain.counting import CertifiedService
from authorizations.domain.lifecycle import Status
from authorizations.domain.request import Certification, Request, Wire
from authorizations.domain.said import Said, ServiceWord, notice
from authorizations.models.words import (
    STRICT,
    Code,
    Day,
    Diagnosis,
    Npi,
    Number,
    Owner,
    PayerId,
    Place,
    Reason,
    Units,
)
from authorizations.store.records import Happening
from common.phi import Phi


class ServiceIO(BaseModel):
    """`units` null: no number was asked for, or none is the limit."""

    model_config = STRICT
    code: Code
    units: Units | None = None

    def service(self) -> CertifiedService:
        return CertifiedService(self.code, self.units)

    @classmethod
    def of(cls, service: CertifiedService) -> ServiceIO:
        return cls(code=service.code, units=service.units)


class AttachmentIO(BaseModel):
    """A report that goes with the request: PWK01, PWK02 and our number for it."""

    model_config = STRICT
    report: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
    by: Literal["AA", "BM", "EL", "EM", "FX", "VO"]
    control: Number


class CourseIO(BaseModel):
    """A biologic as it is given."""

    model_config = STRICT
    drug: Code
    dose: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9., ]{0,9}(mg|mcg|g|mL|units)(/kg)?$")]
    every_days: Annotated[int, Field(ge=1, le=366)]
    next_refill: Day | None = None


class WishIn(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "patient_id": "01937e00-0000-7000-8000-000000000001",
                    "services": [{"code": "96910", "units": 30}],
                    "first": "2026-03-09",
                    "last": "2026-06-08",
                    "place": "11",
                    "diagnoses": ["L40.0"],
                    "rendering_npi": "1245319599",
                    "submit": True,
                }
            ]
        },
    )
    patient_id: UUID
    kind: Kind = Kind.SERVICES
    services: list[ServiceIO] = Field(max_length=20)
    first: Day
    last: Day | None = None
    place: Place
    diagnoses: list[Diagnosis] = Field(min_length=1, max_length=12)
    rendering_npi: Npi
    urgency: Urgency = Urgency.STANDARD
    requester_npi: Npi | None = Field(default=None, description="Who refers, for a referral")
    coverage_id: UUID | None = Field(default=None, description="The coverage that pays first, unless given")
    drug: bool = Field(default=False, description="A drug: the clocks of CMS-0057-F do not run for it")
    renewal_days: Annotated[int, Field(ge=1, le=120)] = DEFAULT_RENEWAL_DAYS
    attachments: list[AttachmentIO] = Field(default_factory=list[AttachmentIO], max_length=10)
    course: CourseIO | None = None
    submit: bool = Field(default=False, description="Ask the payer at once")

    def wish(self) -> Wish:
        return Wish(
            patient_id=self.patient_id,
            kind=self.kind,
            services=tuple(one.service() for one in self.services),
            first=self.first,
            last=self.last,
            place=self.place,
            diagnoses=tuple(dict.fromkeys(self.diagnoses)),
            rendering_npi=self.rendering_npi,
            urgency=self.urgency,
            requester_npi=self.requester_npi,
            coverage_id=self.coverage_id,
            drug=self.drug,
            renewal_days=self.renewal_days,
            attachments=tuple(Attachment(one.report, one.by, one.control) for one in self.attachments),
            course=Course(**self.course.model_dump()) if self.course else None,
        )


class SubmitIn(BaseModel):
    """What is asked of the payer: `I` at first or again, `4` extension, `R` renewal, `S` revised, `3` cancel, `1` and
    `2` immediate and standard appeal. `wish` takes the place of what was asked before.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"certification": "I"}]})
    certification: Certification
    wish: WishIn | None = None


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
    reason: Reason

    def said(self) -> Said:
        return Said(
            action=self.action,
            number=self.number or "",
            reasons=tuple(self.reasons),
            services=tuple(ServiceWord(one.code, one.units, one.action or "") for one in self.services),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
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
        )


class AuthorizationOut(BaseModel):
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
    urgency: Urgency
    drug: bool
    attachments: list[AttachmentIO]
    course: CourseIO | None
    request: RequestOut | None
    number: str | None
    certified: list[StandingOut]
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
        plain = ("id", "status", "payer_id", "program", "response_due", "decision_due", "clock_rule", "owner")
        wished = ("patient_id", "kind", "first", "last", "place", "rendering_npi", "requester_npi", "urgency", "drug")
        return cls(
            **{name: getattr(one, name) for name in plain},
            version=one.version,
            **{name: getattr(wish, name) for name in wished},
            asked=[ServiceIO.of(service) for service in wish.services],
            diagnoses=list(wish.diagnoses),
            attachments=[AttachmentIO.model_validate(each, from_attributes=True) for each in wish.attachments],
            course=CourseIO.model_validate(wish.course, from_attributes=True) if wish.course else None,
            request=RequestOut.of(one.request) if one.request else None,
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
