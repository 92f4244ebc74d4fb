"""The denials desk's JSON: what is asked for and what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.money import Money
from denials.domain.case import Denial, DenialCase, Status
from denials.domain.events import LineChange
from denials.domain.playbook import SOURCE, Action
from denials.domain.priority import priority
from denials.domain.terms import Program, Terms
from denials.store import Happening

Strict = ConfigDict(extra="forbid")
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Modifier = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
Owner = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9@._-]{0,99}$")]


class LineChangeIn(BaseModel):
    model_config = Strict
    line: int = Field(ge=1, le=50)
    modifiers: list[Modifier] | None = Field(default=None, max_length=4)
    diagnosis_pointers: list[Annotated[int, Field(ge=1, le=12)]] | None = Field(
        default=None, min_length=1, max_length=4
    )
    units: int | None = Field(default=None, ge=1, le=999)

    def change(self) -> LineChange:
        return LineChange(
            line=self.line,
            modifiers=None if self.modifiers is None else tuple(self.modifiers),
            diagnosis_pointers=None if self.diagnosis_pointers is None else tuple(self.diagnosis_pointers),
            units=self.units,
        )


class CorrectionIn(BaseModel):
    """What to change on the claim, and why the record supports it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "changes": [{"line": 1, "modifiers": ["25"]}],
                    "reason": "The note documents a separate problem managed at the visit.",
                }
            ]
        },
    )
    changes: list[LineChangeIn] = Field(default_factory=list[LineChangeIn], max_length=50)
    authorization_number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,30}$")] | None = None
    reason: Reason


class AppealIn(BaseModel):
    model_config = Strict
    reason: Reason


class OutcomeIn(BaseModel):
    """How the case ended. `recovered` is what the payer will pay, for an overturned one."""

    model_config = Strict
    outcome: Literal["upheld", "overturned"]
    recovered: Money | None = None
    reason: Reason


class AssignIn(BaseModel):
    model_config = Strict
    owner: Owner


class TermsIn(BaseModel):
    model_config = Strict
    program: Program
    correction_days: int = Field(ge=1, le=1000)
    appeal_days: int = Field(ge=1, le=1000)
    decision_days: int = Field(ge=1, le=365)

    def terms(self) -> Terms:
        return Terms(self.program, self.correction_days, self.appeal_days, self.decision_days)


class Suggestion(BaseModel):
    """The playbook's advice and where it comes from."""

    root_cause: str
    action: Action
    advice: str
    appeal_possible: bool
    chance: Decimal
    source: str


class PriorityOut(BaseModel):
    score: Decimal
    denied: Decimal
    chance: Decimal
    urgency: Decimal
    effort_minutes: int
    days_left: int


class CaseOut(BaseModel):
    id: UUID
    claim_id: UUID
    encounter_id: UUID
    patient_id: UUID
    status: Status
    category: str
    carc: str
    suggestion: Suggestion
    denial: Denial
    respond_by: date
    decision_due: date | None
    appeals: int
    owner: str | None
    priority: PriorityOut
    version: int

    @classmethod
    def of(cls, case: DenialCase, today: date) -> CaseOut:
        play = case.play
        ranked = priority(case, today)
        return cls(
            id=case.id,
            claim_id=case.claim_id,
            encounter_id=case.encounter_id,
            patient_id=case.patient_id,
            status=case.status,
            category=case.category,
            carc=case.carc,
            suggestion=Suggestion(
                root_cause=play.root_cause,
                action=play.action,
                advice=play.advice,
                appeal_possible=play.appeal,
                chance=play.chance,
                source=SOURCE,
            ),
            denial=case.denial,
            respond_by=case.respond_by,
            decision_due=case.decision_due,
            appeals=case.appeals,
            owner=case.owner,
            priority=PriorityOut(**{name: getattr(ranked, name) for name in PriorityOut.model_fields}),
            version=case.version,
        )


class HappeningOut(BaseModel):
    at: datetime
    actor: str
    act: str
    status: str
    reason: str | None
    facts: dict[str, Any]

    @classmethod
    def of(cls, happening: Happening) -> HappeningOut:
        return cls(
            at=happening.at,
            actor=happening.actor,
            act=happening.act,
            status=happening.status,
            reason=happening.reason.reveal() if happening.reason else None,
            facts=happening.facts,
        )


class CaseWithHistory(CaseOut):
    history: list[HappeningOut]

    @classmethod
    def told(cls, case: DenialCase, history: Sequence[Happening], today: date) -> CaseWithHistory:
        lines = [HappeningOut.of(line) for line in history]
        return cls(**CaseOut.of(case, today).model_dump(), history=lines)
