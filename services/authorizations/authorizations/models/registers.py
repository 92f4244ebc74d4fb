"""Whether one is needed, the rules that say so, who asks, and the payers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from authorizations.domain.clocks import PayerDays, Program
from authorizations.domain.needed import About, Answer, Circumstances, PlannedService, Rule, Verdict
from authorizations.domain.plans import PlanType
from authorizations.domain.registers import AskingProvider, Clinician, Contact, Office, Payer
from authorizations.domain.request import Route, Wire
from authorizations.domain.visit_needs import VisitNeeds
from authorizations.models.words import (
    STRICT,
    Code,
    Codes,
    Day,
    Diagnosis,
    DiagnosisStart,
    Npi,
    PayerId,
    Place,
    Text,
    Units,
)


class PlannedIn(BaseModel):
    model_config = STRICT
    code: Code
    units: Units = 1
    diagnoses: list[Diagnosis] = Field(default_factory=list[str], max_length=12)

    def service(self) -> PlannedService:
        return PlannedService(self.code, self.units, tuple(self.diagnoses))


class NeededIn(BaseModel):
    """What is planned or was coded, for whom, where and when."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"payer_id": "PAYERA", "on": "2026-03-09", "place": "11", "services": [{"code": "J1745", "units": 40}]}
            ]
        },
    )
    payer_id: PayerId
    plan: Text | None = None
    plan_type: PlanType | None = Field(default=None, description="Not known: a rule of some plans says `ask`")
    about: About = About.SERVICES
    on: Day
    place: Place
    services: list[PlannedIn] = Field(min_length=1, max_length=50)

    def around(self) -> Circumstances:
        return Circumstances(self.payer_id, self.on, self.place, self.plan, self.plan_type, self.about)


class NeededOut(BaseModel):
    """For one service: needed, not_needed or ask; the rule that says so, its source, and the facts it was chosen by."""

    code: str
    verdict: Verdict
    rule: str
    says: str
    source: str
    drug: bool
    renewal_days: int | None
    facts: dict[str, str]

    @classmethod
    def of(cls, answer: Answer) -> NeededOut:
        rule = answer.rule
        return cls(
            code=answer.service.code,
            verdict=answer.verdict,
            rule=rule.id,
            says=rule.says,
            source=rule.source,
            drug=rule.drug,
            renewal_days=rule.renewal_days,
            facts=dict(answer.facts),
        )


class ServiceNeedOut(BaseModel):
    code: str
    verdict: Verdict
    rule: str
    source: str


class ReferralNeedOut(BaseModel):
    verdict: Verdict
    rule: str
    source: str


class VisitNeedsOut(BaseModel):
    """What the rules say of a coded visit. Without `payer_id` the patient has no coverage on file that day."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    coded_version: int
    payer_id: str | None
    plan: PlanType | None
    services: list[ServiceNeedOut]
    referral: ReferralNeedOut
    version: int

    @classmethod
    def of(cls, one: VisitNeeds) -> VisitNeedsOut:
        return cls(
            encounter_id=one.encounter_id,
            patient_id=one.patient_id,
            date_of_service=one.on,
            coded_version=one.coded_version,
            payer_id=one.payer_id,
            plan=PlanType(one.plan) if one.plan else None,
            services=[ServiceNeedOut.model_validate(each, from_attributes=True) for each in one.services],
            referral=ReferralNeedOut.model_validate(one.referral, from_attributes=True),
            version=one.version,
        )


class RuleIn(BaseModel):
    """A rule of the practice. It holds before the defaults; among rules the one that narrows most."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "verdict": "needed",
                    "codes": ["96920-96922"],
                    "says": "This payer wants one for the excimer laser.",
                    "source": "Payer's list of 2026-01-01",
                    "payer_id": "PAYERA",
                    "valid_from": "2026-01-01",
                }
            ]
        },
    )
    verdict: Verdict
    codes: list[Codes] = Field(min_length=1, max_length=200)
    says: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
    about: About = About.SERVICES
    payer_id: PayerId | None = None
    plan: Text | None = None
    plan_types: list[PlanType] = Field(default_factory=list[PlanType], max_length=5)
    diagnoses: list[DiagnosisStart] = Field(default_factory=list[str], max_length=100)
    places: list[Place] = Field(default_factory=list[str], max_length=50)
    units_above: Annotated[int, Field(ge=0, le=9999)] | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    drug: bool = False
    renewal_days: Annotated[int, Field(ge=1, le=120)] | None = None

    def rule(self, name: str) -> Rule:
        lists = {"codes", "diagnoses", "places", "plan_types"}
        values = self.model_dump(exclude=lists)
        return Rule(
            id=name,
            codes=tuple(self.codes),
            diagnoses=tuple(self.diagnoses),
            places=tuple(self.places),
            plan_types=tuple(self.plan_types),
            own=True,
            **values,
        )


class RuleOut(RuleIn):
    """A rule with its name; `own` where the practice made it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "LASER",
                    "own": True,
                    "verdict": "needed",
                    "codes": ["96920-96922"],
                    "says": "This payer wants one for the excimer laser.",
                    "source": "Payer's list of 2026-01-01",
                }
            ]
        }
    )
    name: str
    own: bool

    @classmethod
    def of(cls, rule: Rule) -> RuleOut:
        return cls.model_construct(
            name=rule.id,
            own=rule.own,
            verdict=rule.verdict,
            codes=list(rule.codes),
            says=rule.says,
            source=rule.source,
            about=rule.about,
            payer_id=rule.payer_id,
            plan=rule.plan,
            plan_types=list(rule.plan_types),
            diagnoses=list(rule.diagnoses),
            places=list(rule.places),
            units_above=rule.units_above,
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
            drug=rule.drug,
            renewal_days=rule.renewal_days,
        )


class PayerIn(BaseModel):
    """What kind of plan the payer is, as far as clocks care, the days its contract or its state gives it, and how it is
    asked.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Meridian Advantage", "program": "medicare_advantage"}]},
    )
    name: Text
    program: Program = Program.COMMERCIAL
    standard_days: Annotated[int, Field(ge=1, le=120)] | None = None
    urgent_days: Annotated[int, Field(ge=1, le=120)] | None = None
    wire: Wire = Field(default=Wire.X12, description="X12 278, or FHIR Da Vinci PAS")
    partner_id: UUID | None = Field(default=None, description="For pas: the partner of edi that is its FHIR server")
    plan_type: PlanType | None = Field(
        default=None, description="Where all its plans that are seen here are of one kind"
    )

    retro_days: Annotated[int, Field(ge=0, le=365)] | None = Field(
        default=None, description="How many days after the first one it still hears a request; null: not known"
    )

    @model_validator(mode="after")
    def _partner_by_wire(self) -> PayerIn:
        if (self.wire is Wire.PAS) != (self.partner_id is not None):
            raise ValueError("partner_id is needed for the wire pas, and for it alone")
        return self

    def payer(self, payer_id: str) -> Payer:
        days, route = PayerDays(self.standard_days, self.urgent_days), Route(self.wire, self.partner_id)
        return Payer(payer_id, self.name, self.program, days, route, self.plan_type, self.retro_days)


class PayerOut(BaseModel):
    payer_id: str
    name: str
    program: Program
    standard_days: int | None
    urgent_days: int | None
    wire: Wire
    partner_id: UUID | None
    plan_type: PlanType | None
    retro_days: int | None

    @classmethod
    def of(cls, payer: Payer) -> PayerOut:
        return cls(
            payer_id=payer.payer_id,
            name=payer.name,
            program=payer.program,
            standard_days=payer.days.standard,
            urgent_days=payer.days.urgent,
            wire=payer.route.wire,
            partner_id=payer.route.partner_id,
            plan_type=payer.plan_type,
            retro_days=payer.retro_days,
        )


class OfficeIO(BaseModel):
    """Where the practice has its office; `zip` is five or nine digits."""

    model_config = STRICT
    line1: Text
    line2: Text | None = None
    city: Text
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zip: Annotated[str, StringConstraints(pattern=r"^\d{5}(\d{4})?$")]


class ContactIO(BaseModel):
    """Whom at the practice the payer may ask."""

    model_config = STRICT
    name: Text
    phone: Annotated[str, StringConstraints(pattern=r"^\d{10}$")]


class AskingProviderIn(BaseModel):
    """The group as its payers have it enrolled."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Sample Dermatology PC",
                    "npi": "1234567893",
                    "tin": "911234567",
                    "office": {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"},
                    "contact": {"name": "Authorizations desk", "phone": "5185550100"},
                }
            ]
        },
    )
    name: Text
    npi: Npi
    tin: Annotated[str, StringConstraints(pattern=r"^\d{9}$")] | None = None
    office: OfficeIO | None = None
    contact: ContactIO | None = None

    def provider(self) -> AskingProvider:
        office, contact = self.office, self.contact
        return AskingProvider(
            self.name,
            self.npi,
            self.tin,
            Office(office.line1, office.city, office.state, office.zip, office.line2 or "") if office else None,
            Contact(contact.name, contact.phone) if contact else None,
        )


class AskingProviderOut(BaseModel):
    name: str
    npi: str
    tin: str | None = None
    office: OfficeIO | None = None
    contact: ContactIO | None = None

    @classmethod
    def of(cls, provider: AskingProvider) -> AskingProviderOut:
        office, contact = provider.office, provider.contact
        return cls(
            name=provider.name,
            npi=provider.npi,
            tin=provider.tin,
            office=OfficeIO(**{**asdict(office), "line2": office.line2 or None}) if office else None,
            contact=ContactIO(name=contact.name, phone=contact.phone) if contact else None,
        )


class ClinicianIn(BaseModel):
    """The name that belongs to an NPI, and what the clinician is (PRV03): payers want both beside it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"last_name": "Marsh", "first_name": "Ada", "taxonomy": "207N00000X"}]},
    )
    last_name: Text
    first_name: Text | None = None
    taxonomy: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$")] | None = None

    def clinician(self, npi: str) -> Clinician:
        return Clinician(npi, self.last_name, self.first_name, self.taxonomy)


class ClinicianOut(BaseModel):
    npi: str
    last_name: str
    first_name: str | None
    taxonomy: str | None

    @classmethod
    def of(cls, clinician: Clinician) -> ClinicianOut:
        return cls(**asdict(clinician))
