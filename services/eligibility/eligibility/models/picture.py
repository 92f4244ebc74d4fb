"""The JSON of a benefit picture."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, Field

from codes.eligibility import COVERAGE_LEVELS, INFORMATION, QUANTITIES, TIME_PERIODS
from eligibility.domain.picture import Ambiguity, Figure, Picture, ServicePicture
from eligibility.domain.standing import Standing


class FigureOut(BaseModel):
    """A benefit in figures: dollars, a fraction of one, or visits. Several `values` where the payer said several."""

    kind: str
    service_type: str
    network: str
    level: str
    period: str
    remaining: bool
    unit: str
    insurance_type: str
    places: list[str]
    values: list[Decimal]
    ambiguous: bool
    lines: list[int]

    @classmethod
    def of(cls, figure: Figure) -> FigureOut:
        about = figure.benefit
        return cls(
            kind=about.kind.value,
            service_type=about.service,
            network=about.network.value,
            level=COVERAGE_LEVELS.get(about.level, about.level),
            period=TIME_PERIODS.get(about.period, about.period),
            remaining=about.remaining,
            unit=QUANTITIES.get(about.unit, about.unit),
            insurance_type=about.insurance_type,
            places=list(about.places),
            values=list(figure.values),
            ambiguous=figure.ambiguous,
            lines=list(figure.lines),
        )


class ServiceOut(BaseModel):
    """One service type. `authorization_required` and `referral_required` are yes, no, unclear or not_said."""

    service_type: str
    label: str
    standing: Standing
    figures: list[FigureOut]
    authorization_required: str
    excluded: bool
    excluded_lines: list[int]
    referral_required: str
    referral_lines: list[int]
    referral_on_file_lines: list[int] = Field(description="EB lines that name a referral (REF 9F)")

    @classmethod
    def of(cls, told: ServicePicture) -> ServiceOut:
        return cls(
            service_type=told.service,
            label=told.label,
            standing=told.held.standing,
            figures=[FigureOut.of(figure) for figure in told.figures],
            authorization_required=told.authorization.answer,
            excluded=bool(told.excluded),
            excluded_lines=list(told.excluded),
            referral_required=told.referral.answer,
            referral_lines=list(told.referral.lines),
            referral_on_file_lines=list(told.referral_on_file),
        )


class PlanOut(BaseModel):
    name: str
    insurance_type: str


class OtherPayerOut(BaseModel):
    order: str
    payer_id: str
    name: str
    line: int


class CareProviderOut(BaseModel):
    npi: str
    name: str
    telephone: str
    line: int


class AmbiguityOut(BaseModel):
    """Something that the payer said in several ways, with all of them."""

    what: str
    service_type: str
    values: list[str]
    lines: list[int]

    @classmethod
    def of(cls, doubt: Ambiguity) -> AmbiguityOut:
        return cls(what=doubt.what, service_type=doubt.service, values=list(doubt.values), lines=list(doubt.lines))


class MessageOut(BaseModel):
    line: int
    text: str


class MentionOut(BaseModel):
    line: int
    information: str
    service_types: list[str]


class ReasonOut(BaseModel):
    line: int
    reason: str


class PictureOut(BaseModel):
    """What the patient is covered for. `lines` everywhere are the EB lines of the answer, from 1."""

    standing: Standing
    active_lines: list[int]
    inactive_lines: list[int]
    dates_leave_day_out: bool
    plans: list[PlanOut]
    services: list[ServiceOut]
    other_payers: list[OtherPayerOut]
    primary_care: list[CareProviderOut]
    referral_likely: bool = Field(description="By the kind of plan, or who coordinates care, one usually refers")
    referral_reasons: list[ReasonOut]
    ambiguities: list[AmbiguityOut]
    messages: list[MessageOut]
    mentions: list[MentionOut] = Field(description="Lines that give no figure and are to be read by a person")
    unused_lines: list[int]

    @classmethod
    def of(cls, told: Picture) -> PictureOut:
        return cls(
            standing=told.held.standing,
            active_lines=list(told.held.active),
            inactive_lines=list(told.held.inactive),
            dates_leave_day_out=told.held.outside,
            plans=[PlanOut(name=name, insurance_type=kind) for name, kind in told.plans],
            services=[ServiceOut.of(one) for one in told.services],
            other_payers=[
                OtherPayerOut(order=one.order, payer_id=one.payer_id, name=one.name, line=one.line)
                for one in told.other_payers
            ],
            primary_care=[
                CareProviderOut(npi=one.npi, name=one.name, telephone=one.telephone, line=one.line)
                for one in told.care_providers
            ],
            referral_likely=bool(told.referral_likely),
            referral_reasons=[ReasonOut(line=one.line, reason=one.reason) for one in told.referral_likely],
            ambiguities=[AmbiguityOut.of(one) for one in told.ambiguities],
            messages=[MessageOut(line=line, text=text) for line, text in told.messages],
            mentions=[
                MentionOut(
                    line=one.line,
                    information=INFORMATION.get(one.information, one.information),
                    service_types=list(one.services),
                )
                for one in told.mentions
            ],
            unused_lines=list(told.unread),
        )
