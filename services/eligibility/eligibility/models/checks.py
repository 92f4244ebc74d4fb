"""Checks, their answers, and the front desk's cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

import x12
from codes.eligibility import COVERAGE_LEVELS, INFORMATION, TIME_PERIODS
from codes.service_types import label_of
from eligibility.domain.attention import notice
from eligibility.domain.check import Cause, CoverageCheck, Status
from eligibility.domain.standing import Standing
from eligibility.models.picture import PictureOut
from eligibility.models.words import Day, Reason, ServiceType
from eligibility.operations.requesting import Wish
from eligibility.operations.showing import Shown
from eligibility.store.checks import Happening

_ANSWER = TypeAdapter(x12.EligibilityAnswer)


class CheckIn(BaseModel):
    """`wait`: the answer is in the response where the payer gives it within twenty seconds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"patient_id": "01937e00-0000-7000-8000-000000000001", "on": "2026-03-04", "wait": False}]
        },
    )
    patient_id: UUID
    on: Day = Field(description="The day of the visit")
    coverage_id: UUID | None = Field(default=None, description="The coverage that pays first, unless given")
    service_types: list[ServiceType] = Field(
        default_factory=list[ServiceType], max_length=20, description="EQ01; the payer's usual ones unless given"
    )
    wait: bool = False
    anew: bool = Field(default=False, description="Ask even where an equal question was answered within its window")

    def wish(self) -> Wish:
        services = tuple(dict.fromkeys(self.service_types))
        return Wish(self.patient_id, self.on, Cause.DESK, self.coverage_id, services, self.anew)


class SettleIn(BaseModel):
    """What a person found; with `standing` the answer to an unclear one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"standing": "active", "reason": "The payer's desk says active, by telephone."}]
        },
    )
    standing: Standing | None = None
    reason: Reason


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


class CheckOut(BaseModel):
    id: UUID
    patient_id: UUID
    on: date
    cause: Cause
    status: Status
    coverage_id: UUID | None
    payer_id: str | None
    service_types: list[str]
    attempts: int
    ask_at: datetime | None
    answered_at: datetime | None
    same_as: UUID | None
    standing: Standing | None
    codes: list[str]
    attention: list[NoticeOut]
    version: int

    @classmethod
    def of(cls, check: CoverageCheck) -> CheckOut:
        values = {name: getattr(check, name) for name in cls.model_fields if name != "attention"}
        return cls(**values, attention=[NoticeOut.of(code) for code in check.attention])


class HappeningOut(BaseModel):
    at: datetime
    actor: str
    act: str
    status: str
    codes: list[str]
    reason: str | None
    exchange_id: UUID | None
    milliseconds: int | None

    @classmethod
    def of(cls, one: Happening) -> HappeningOut:
        values = {name: getattr(one, name) for name in cls.model_fields if name != "reason"}
        return cls(**values, reason=one.reason.reveal() if one.reason else None)


class CheckWithHistory(CheckOut):
    history: list[HappeningOut]

    @classmethod
    def told(cls, check: CoverageCheck, history: Sequence[Happening]) -> CheckWithHistory:
        return cls(**CheckOut.of(check).model_dump(), history=[HappeningOut.of(one) for one in history])


class LineOut(BaseModel):
    """One EB in words; everything it holds is in `answer.benefits` at `line - 1`."""

    line: int
    information: str
    service_types: list[str]
    level: str
    period: str


class AnswerOut(BaseModel):
    """What the payer answered: the picture made of it, its lines in words, and the whole 271 as structured data.

    `answer` is the X12 library's EligibilityAnswer, which holds every segment; null where the interchange cannot be
    read without loss, and then only `/checks/{id}/answer.x12` has it.
    """

    check_id: UUID
    answered_at: datetime | None
    picture: PictureOut
    rejections: list[NoticeOut]
    differs: list[str]
    lines: list[LineOut]
    answer: dict[str, Any] | None

    @classmethod
    def of(cls, check: CoverageCheck, shown: Shown) -> AnswerOut:
        return cls(
            check_id=check.id,
            answered_at=check.answered_at,
            picture=PictureOut.of(shown.picture),
            rejections=[NoticeOut.of(f"aaa-{said.reason}") for said in shown.heard.turned_away],
            differs=list(shown.heard.differs),
            lines=[
                LineOut(
                    line=line.number,
                    information=INFORMATION.get(line.information, line.information),
                    service_types=[label_of(code) for code in line.services],
                    level=COVERAGE_LEVELS.get(line.level, line.level),
                    period=TIME_PERIODS.get(line.period, line.period),
                )
                for line in shown.heard.lines
            ],
            answer=_ANSWER.dump_python(shown.answer, mode="json") if shown.answer else None,
        )


class CoverageCardOut(BaseModel):
    """The front desk's card: the latest answer for the day, its age in hours, and what it says."""

    check: CheckOut
    age_hours: int
    fresh: bool = Field(description="Young enough for a visit of the same day (rulebook 8)")
    picture: PictureOut
