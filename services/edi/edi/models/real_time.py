"""What the API of real time takes and gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import RowMapping

from edi.domain.bodies import LONGEST_BODY
from edi.domain.real_time import Exchange, meets_rule
from edi.models.words import Input, Payer


class QuestionIn(Input):
    """One question for one payer: a `question` as typed data, which is the X12 library's model as JSON (270:
    EligibilityInquiry, 276: ClaimStatusInquiry), or a `body`, the segments between ST and SE (delimiters `* : ^ ~`).

    PAS (`Claim/$submit`) and PASINQUIRY (`Claim/$inquire`) have a FHIR Bundle as JSON for a body, and a `partner_id`.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "reference": "01937e00-0000-7000-8000-000000000021",
                    "kind": "270",
                    "payer_id": "PAYERA",
                    "body": "BHT*0022*13*REF1*20260105*1200~HL*1**20*1~NM1*PR*2*PAYER A*****PI*PAYERA~",
                }
            ]
        },
    )

    reference: UUID = Field(description="The caller's own id of what is asked, such as a coverage check")
    kind: Literal["270", "276", "278", "PAS", "PASINQUIRY"]
    payer_id: Payer
    partner_id: UUID | None = Field(default=None, description="A partner with real time, where the route has none")
    question: dict[str, Any] | None = None
    body: str | None = Field(default=None, min_length=1, max_length=LONGEST_BODY)
    answers: bool = Field(default=True, description="Whether the answer is wanted as typed data beside its content")

    @model_validator(mode="after")
    def _one_of_them(self) -> QuestionIn:
        if (self.question is None) == (self.body is None):
            raise ValueError("send a question or a body, one of them")
        return self


class ExchangeOut(BaseModel):
    """A question and what came of it; the interchanges are in the archive."""

    id: UUID
    partner_id: UUID
    reference: UUID
    kind: str
    payer_id: str
    interchange_control: str
    request_id: UUID
    response_id: UUID | None
    asked_at: datetime
    answered_at: datetime | None
    milliseconds: int | None
    outcome: str
    code: str | None

    @classmethod
    def of(cls, exchange: Exchange) -> ExchangeOut:
        return cls(**{name: getattr(exchange, name) for name in cls.model_fields})


class RealTimeOut(BaseModel):
    """`outcome` is answered, or rejected with the TA1 note or the 999's first code.

    `content` is the interchange of the answer, `answers` the same as typed data where the kind is read so (271, 277).
    """

    exchange_id: UUID
    outcome: str
    code: str | None
    interchange_control: str
    response_id: UUID | None
    milliseconds: int | None
    content: str | None = None
    answers: list[Any] | None = None

    @classmethod
    def of(cls, exchange: Exchange, content: bytes | None = None, answers: list[Any] | None = None) -> RealTimeOut:
        return cls(
            exchange_id=exchange.id,
            outcome=exchange.outcome.value,
            code=exchange.code,
            interchange_control=exchange.interchange_control,
            response_id=exchange.response_id,
            milliseconds=exchange.milliseconds,
            content=content.decode("utf-8", "replace") if content else None,
            answers=answers,
        )


class RealTimeLine(BaseModel):
    """One partner and kind. `share` is of all that was asked; the rule wants 0.9000 within twenty seconds."""

    partner_id: UUID | None
    kind: str | None
    asked: int
    answered: int
    within_20_seconds: int
    timeouts: int
    share: str | None
    meets_rule: bool | None
    median_ms: int | None = None
    ninetieth_ms: int | None = None
    slowest_ms: int | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> RealTimeLine:
        in_time, asked = row["within_20_seconds"], row["asked"]
        return cls(share=_share(in_time, asked), meets_rule=meets_rule(in_time, asked) if asked else None, **row)


class BatchLine(BaseModel):
    """Batches of one partner that a 999 was owed for, and how many had it within the hour."""

    partner_id: UUID
    sent: int
    acknowledged: int
    within_an_hour: int
    share: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> BatchLine:
        return cls(share=_share(row["within_an_hour"], row["sent"]), **row)


class CoreReport(BaseModel):
    """Response times of a month, as CAQH CORE wants them to be reportable."""

    month: str
    real_time: list[RealTimeLine]
    total: RealTimeLine
    batches: list[BatchLine]

    @classmethod
    def of(cls, month: str, asked: Iterable[RowMapping], batches: Iterable[RowMapping]) -> CoreReport:
        lines = [RealTimeLine.of(dict(row)) for row in asked]
        summed = {
            name: sum(getattr(line, name) for line in lines)
            for name in ("asked", "answered", "within_20_seconds", "timeouts")
        }
        total = RealTimeLine.of({"partner_id": None, "kind": None, **summed})
        return cls(month=month, real_time=lines, total=total, batches=[BatchLine.of(dict(row)) for row in batches])


def _share(part: int, whole: int) -> str | None:
    """To four places, rounded down: a share is not to look better than it is."""
    return f"{part // whole}.{part * 10_000 // whole % 10_000:04d}" if whole else None
