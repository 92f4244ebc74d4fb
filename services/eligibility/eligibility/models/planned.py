"""The JSON of planned services, the gaps in their coverage, and estimates of the patient's share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from codes.cpt import lookup
from common.money import Money
from eligibility.domain.estimate import ClassShare, Range
from eligibility.domain.gaps import Found, Planned
from eligibility.domain.picture import Network
from eligibility.domain.pricing import Priced
from eligibility.models.words import STRICT, Day
from eligibility.store.estimates import Fee, Given, Second
from eligibility.store.reviews import Review

Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9]{3}[0-9A-Z]$")]
Diagnosis = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?$")]
Modifier = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
NetworkIn = Literal["in", "out", "unknown"]

_EXAMPLE = {
    "patient_id": "01937e00-0000-7000-8000-000000000001",
    "on": "2026-03-04",
    "network": "in",
    "lines": [{"code": "99213"}, {"code": "17110"}],
}


def _not_negative(amount: Money) -> Money:
    if amount < Money.zero():
        raise ValueError("an amount is not below zero")
    return amount


Amount = Annotated[Money, AfterValidator(_not_negative)]


class PlannedIn(BaseModel):
    model_config = STRICT
    code: Code
    units: int = Field(default=1, ge=1, le=99)
    diagnoses: list[Diagnosis] = Field(default_factory=list[Diagnosis], max_length=12)
    modifiers: list[Modifier] = Field(default_factory=list[Modifier], max_length=4)
    cosmetic: bool = Field(default=False, description="The clinician says that it is not for a medical reason")

    def planned(self) -> Planned:
        return Planned(self.code, self.units, tuple(self.diagnoses), tuple(self.modifiers), self.cosmetic)


class PlannedOut(BaseModel):
    code: str
    units: int
    diagnoses: list[str]
    modifiers: list[str]
    cosmetic: bool

    @classmethod
    def of(cls, line: Planned) -> PlannedOut:
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class VisitIn(BaseModel):
    """A planned visit. `network`: where the practice stands with the plan."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    patient_id: UUID
    on: Day
    network: NetworkIn = "unknown"
    lines: list[PlannedIn] = Field(min_length=1, max_length=50)

    def planned(self) -> tuple[Planned, ...]:
        return tuple(line.planned() for line in self.lines)

    def standing(self) -> Network:
        return Network(self.network)


class GapOut(BaseModel):
    """`line` counts from 1, 0 for the visit. `tell_patient` is the sentence to say; `reason` what in the EB lines says
    so, where the kind alone does not.
    """

    kind: str
    line: int
    code: str
    service_type: str
    tell_patient: str
    next_step: str
    source: str
    reason: str
    eb_lines: list[int]

    @classmethod
    def of(cls, found: Found) -> GapOut:
        gap, words = found.gap, found.words
        return cls(
            kind=gap.kind,
            line=gap.line,
            code=gap.code,
            service_type=gap.service_type,
            tell_patient=words.sentence,
            next_step=words.next_step,
            source=words.source,
            reason=found.reason,
            eb_lines=list(found.lines),
        )


class ReviewOut(BaseModel):
    id: UUID
    at: datetime
    patient_id: UUID
    on: date
    check_id: UUID | None
    appointment_id: UUID | None
    encounter_id: UUID | None
    coded_version: int | None
    network: Network
    lines: list[PlannedOut]
    gaps: list[GapOut]

    @classmethod
    def of(cls, review: Review) -> ReviewOut:
        return cls(
            id=review.id,
            at=review.at,
            patient_id=review.patient_id,
            on=review.on,
            check_id=review.check_id,
            appointment_id=review.appointment_id,
            encounter_id=review.encounter_id,
            coded_version=review.coding,
            network=review.network,
            lines=[PlannedOut.of(line) for line in review.planned],
            gaps=[GapOut.of(found) for found in review.found],
        )


class RangeOut(BaseModel):
    low: Money
    high: Money

    @classmethod
    def of(cls, between: Range) -> RangeOut:
        return cls(low=between.low, high=between.high)


class PricedOut(BaseModel):
    """What the payer is expected to allow for a line, and how that came about."""

    line: int
    code: str
    label: str
    low: Money | None
    high: Money | None
    steps: list[str]

    @classmethod
    def of(cls, one: Priced) -> PricedOut:
        known = lookup(one.code)
        label = known.label if known else one.code
        return cls(line=one.line, code=one.code, label=label, low=one.low, high=one.high, steps=list(one.steps))


class ClassShareOut(BaseModel):
    service_type: str
    lines: list[int]
    allowed: RangeOut
    copay: RangeOut
    deductible: RangeOut
    coinsurance: RangeOut
    not_covered: RangeOut

    @classmethod
    def of(cls, share: ClassShare) -> ClassShareOut:
        parts = ("allowed", "copay", "deductible", "coinsurance", "not_covered")
        amounts = {name: RangeOut.of(getattr(share, name)) for name in parts}
        return cls(service_type=share.service, lines=list(share.lines), **amounts)


class SecondOut(BaseModel):
    """A coverage behind the first: `patient_share` is what it leaves of the first one's share."""

    payer_id: str
    check_id: UUID
    patient_share: RangeOut
    assumptions: list[str]
    eb_lines: list[int]

    @classmethod
    def of(cls, second: Second) -> SecondOut:
        return cls(
            payer_id=second.payer_id,
            check_id=second.check_id,
            patient_share=RangeOut.of(second.share),
            assumptions=list(second.estimate.assumptions),
            eb_lines=list(second.estimate.sources),
        )


class EstimateOut(BaseModel):
    """An estimate, not a promise of payment. `eb_lines` are the lines of the payer's answer that it rests on.

    `patient_share` is what the first coverage leaves; `second` is there where the payer of the next has answered too.
    """

    id: UUID
    at: datetime
    patient_id: UUID
    on: date
    check_id: UUID
    payer_id: str
    network: Network
    prices: list[PricedOut]
    allowed: RangeOut
    patient_share: RangeOut
    classes: list[ClassShareOut]
    unpriced: list[int]
    assumptions: list[str]
    eb_lines: list[int]
    second: SecondOut | None

    @classmethod
    def of(cls, given: Given) -> EstimateOut:
        told = given.result.estimate
        return cls(
            id=given.id,
            at=given.at,
            patient_id=given.patient_id,
            on=given.on,
            check_id=given.check_id,
            payer_id=given.payer_id,
            network=given.network,
            prices=[PricedOut.of(one) for one in given.result.prices],
            allowed=RangeOut.of(told.allowed),
            patient_share=RangeOut.of(told.share),
            classes=[ClassShareOut.of(share) for share in told.classes],
            unpriced=list(told.unpriced),
            assumptions=list(told.assumptions),
            eb_lines=list(told.sources),
            second=SecondOut.of(given.result.second) if given.result.second else None,
        )


class FeeIn(BaseModel):
    model_config = STRICT
    code: Code
    effective_from: Day
    amount: Amount

    def fee(self) -> Fee:
        return Fee(self.code, self.effective_from, self.amount)


class FeesIn(BaseModel):
    """Amounts of a payer's contract."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"fees": [{"code": "99213", "effective_from": "2026-01-01", "amount": "92.00"}]}]
        },
    )
    fees: list[FeeIn] = Field(min_length=1, max_length=2000)


class FeesPut(BaseModel):
    count: int


class FeeOut(BaseModel):
    code: str
    effective_from: date
    amount: Money
