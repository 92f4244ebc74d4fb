"""What is asked of payers: services, visits, who refers, reports that go with it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from authorizations.domain.clocks import Urgency
from authorizations.domain.counting import CertifiedService
from authorizations.domain.request import Certification
from authorizations.domain.retroactive import DELAYS
from authorizations.domain.said import Said, ServiceWord
from authorizations.domain.wish import DEFAULT_RENEWAL_DAYS, Attachment, Course, Kind, Referring, Wish
from authorizations.models.words import (
    STRICT,
    ClinicianName,
    Code,
    Day,
    Diagnosis,
    Npi,
    Number,
    PayerId,
    Place,
    Reason,
    Units,
    Visits,
)

Delay = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15"]
_DELAYS = "; ".join(f"{code}: {words}" for code, words in DELAYS.items())


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


class ReferringIO(BaseModel):
    """Who refers. A claim can name the clinician (loop 2310A) where the last name is known."""

    model_config = STRICT
    npi: Npi
    last_name: ClinicianName | None = None
    first_name: ClinicianName | None = None

    def referring(self) -> Referring:
        return Referring(self.npi, self.last_name, self.first_name)


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
    requester_npi: Npi | None = Field(default=None, description="Who refers; `referring` says it by name")
    referring: ReferringIO | None = None
    visits: Visits | None = Field(default=None, description="Of a referral; null: no number is asked for")
    delay: Delay | None = Field(default=None, description=f"UM10, why it is asked for after its first day. {_DELAYS}")
    coverage_id: UUID | None = Field(default=None, description="The coverage that pays first, unless given")
    drug: bool = Field(default=False, description="A drug: the clocks of CMS-0057-F do not run for it")
    renewal_days: Annotated[int, Field(ge=1, le=120)] = DEFAULT_RENEWAL_DAYS
    attachments: list[AttachmentIO] = Field(default_factory=list[AttachmentIO], max_length=10)
    course: CourseIO | None = None
    submit: bool = Field(default=False, description="Ask the payer at once")

    @model_validator(mode="after")
    def _visits_of_referrals(self) -> WishIn:
        if self.kind is not Kind.REFERRAL and (self.visits is not None or self.referring is not None):
            raise ValueError("visits and referring are of a referral")
        return self

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
            requester_npi=self.referring.npi if self.referring else self.requester_npi,
            referring=self.referring.referring() if self.referring else None,
            visits=self.visits,
            delay=self.delay,
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


class ReferralIn(BaseModel):
    """A referral that came on paper, by fax or by telephone, with the number that the payer or the plan gave it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "patient_id": "01937e00-0000-7000-8000-000000000001",
                    "payer_id": "PAYERA",
                    "number": "REF0000042",
                    "referring": {"npi": "1234567893", "last_name": "Sample", "first_name": "Ada"},
                    "visits": 6,
                    "valid_from": "2026-03-02",
                    "valid_to": "2026-08-31",
                    "reason": "By fax from the primary care provider.",
                }
            ]
        },
    )
    patient_id: UUID
    payer_id: PayerId
    number: Number
    referring: ReferringIO
    valid_from: Day
    valid_to: Day | None = None
    visits: Visits | None = Field(default=None, description="Null: the referral sets no number")
    services: list[ServiceIO] = Field(default_factory=list[ServiceIO], max_length=20, description="None: any service")
    diagnoses: list[Diagnosis] = Field(default_factory=list[str], max_length=12)
    place: Place = "11"
    reason: Reason

    def wish(self) -> Wish:
        return Wish(
            patient_id=self.patient_id,
            kind=Kind.REFERRAL,
            services=tuple(one.service() for one in self.services),
            first=self.valid_from,
            last=self.valid_to,
            place=self.place,
            diagnoses=tuple(dict.fromkeys(self.diagnoses)),
            rendering_npi="",
            requester_npi=self.referring.npi,
            referring=self.referring.referring(),
            visits=self.visits,
        )

    def said(self) -> Said:
        services = tuple(ServiceWord(one.code, one.units) for one in self.services)
        return Said("A1", self.number, (), services, self.valid_from, self.valid_to, visits=self.visits)
