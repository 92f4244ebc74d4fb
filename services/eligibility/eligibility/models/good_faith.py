"""The JSON of good-faith estimates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from common.money import Money
from eligibility.domain.good_faith import ExpectedItem, GoodFaithEstimate, Provider, Why
from eligibility.models.planned import Amount, Code, Diagnosis
from eligibility.models.words import STRICT, Day, Npi
from eligibility.operations.good_faith import Expected

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class ItemIn(BaseModel):
    """`charge` is what the practice expects to charge for all units."""

    model_config = STRICT
    code: Code
    description: Words = Field(description="In plain words")
    units: int = Field(default=1, ge=1, le=999)
    charge: Amount
    diagnoses: list[Diagnosis] = Field(default_factory=list[Diagnosis], max_length=12)

    def item(self) -> ExpectedItem:
        return ExpectedItem(self.code, self.description, self.units, self.charge, tuple(self.diagnoses))


class GoodFaithIn(BaseModel):
    """What is expected for a patient who is uninsured or does not use insurance."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "patient_id": "01937e00-0000-7000-8000-000000000001",
                    "why": "scheduled",
                    "begun_on": "2026-03-02",
                    "scheduled_on": "2026-03-20",
                    "primary_service": "Removal of a growth on the back",
                    "items": [{"code": "11102", "description": "Skin biopsy, first", "charge": "190.00"}],
                }
            ]
        },
    )
    patient_id: UUID
    why: Why
    begun_on: Day = Field(description="The day on which it was scheduled or asked for: its clock starts")
    scheduled_on: Day | None = None
    primary_service: Words
    items: list[ItemIn] = Field(min_length=1, max_length=50)
    scheduled_apart: list[Words] = Field(default_factory=list[Words], max_length=20)

    @model_validator(mode="after")
    def _in_order(self) -> GoodFaithIn:
        if self.why is Why.SCHEDULED and self.scheduled_on is None:
            raise ValueError("say for which day it is scheduled")
        if self.scheduled_on is not None and not 0 <= (self.scheduled_on - self.begun_on).days <= 3660:
            raise ValueError("the service is scheduled within ten years after the day on which the clock starts")
        return self

    def expected(self) -> Expected:
        return Expected(
            self.patient_id,
            self.why,
            self.begun_on,
            self.scheduled_on,
            self.primary_service,
            tuple(item.item() for item in self.items),
            tuple(self.scheduled_apart),
        )


class GoodFaithOut(BaseModel):
    """`late`: not given, and its last day is past."""

    id: UUID
    patient_id: UUID
    why: Why
    begun_on: date
    scheduled_on: date | None
    due_on: date
    total: Money
    disputed_from: Money = Field(description="A bill of this much or more may be disputed within 120 days")
    given_at: datetime | None
    late: bool
    version: int

    @classmethod
    def of(cls, made: GoodFaithEstimate, today: date) -> GoodFaithOut:
        values = {name: getattr(made, name) for name in cls.model_fields if name != "late"}
        return cls(**values, late=made.is_late(today))


class EstimateProviderIn(BaseModel):
    """Whose services are estimated, as the law wants them named."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Sample Dermatology PC",
                    "npi": "1234567893",
                    "tin": "12-3456789",
                    "street": "100 Example Street",
                    "city": "Albany",
                    "state": "NY",
                    "zip": "12207",
                }
            ]
        },
    )
    name: Words
    npi: Npi
    tin: Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{7}$")] = Field(description="The group's EIN")
    street: Words
    city: Words
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zip: Annotated[str, StringConstraints(pattern=r"^\d{5}(-?\d{4})?$")]
    telephone: Annotated[str, StringConstraints(pattern=r"^[0-9 ()+-]{0,20}$")] = ""

    def provider(self) -> Provider:
        return Provider(**self.model_dump())


class EstimateProviderOut(BaseModel):
    name: str
    npi: str
    tin: str
    street: str
    city: str
    state: str
    zip: str
    telephone: str

    @classmethod
    def of(cls, provider: Provider) -> EstimateProviderOut:
        return cls(**{name: getattr(provider, name) for name in cls.model_fields})
