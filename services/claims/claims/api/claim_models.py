"""The claim's JSON. `ClaimSummary` names no patient; `ClaimOut` does, and reading it is audited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import RowMapping

from claims.api.party_models import PartiesOut
from claims.domain.claim import Claim, Submission
from claims.domain.coding import ServiceLine
from claims.domain.findings import Finding, Override
from claims.domain.lifecycle import STAGES, Owner, Status, Wait
from claims.store.claims import Happening
from claims.store.follow_ups import FollowUpRow
from common.money import Money

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,79}$")]


class ReasonIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Entered twice by mistake"}]})
    reason: Reason


class OverrideIn(BaseModel):
    """Which finding passes, where it stands, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"finding": "E25", "where": "line 2", "reason": "Two sites, both in the operative note"}]
        },
    )
    finding: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,39}$")]
    where: Label
    reason: Reason


class DeadlineOut(BaseModel):
    wait: Wait
    due_at: datetime


class ClaimSummary(BaseModel):
    id: UUID
    number: str
    encounter_id: UUID
    patient_id: UUID
    payer_id: str | None
    date_of_service: date
    status: Status
    owner: Owner
    since: datetime
    deadline: DeadlineOut | None
    charge: Money
    version: int

    @classmethod
    def of(cls, row: RowMapping) -> ClaimSummary:
        status = Status(row["status"])
        deadline = DeadlineOut(wait=Wait(row["wait"]), due_at=row["due_at"]) if row["wait"] else None
        return cls(
            owner=STAGES[status].owner,
            deadline=deadline,
            **{name: row[name] for name in cls.model_fields if name not in ("owner", "deadline")},
        )


class LineOut(BaseModel):
    """`authorization_number` where the claim has none of its own, because its lines are under several."""

    number: int
    cpt: str
    units: int
    modifiers: tuple[str, ...]
    diagnosis_pointers: tuple[int, ...]
    charge: Money | None
    authorization_number: str | None


class FollowUpOut(BaseModel):
    id: UUID
    claim_id: UUID
    reason: str
    facts: dict[str, str]
    raised_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None

    @classmethod
    def of(cls, row: FollowUpRow) -> FollowUpOut:
        return cls(
            id=row.id,
            claim_id=row.claim_id,
            reason=row.reason,
            facts=dict(row.facts),
            raised_at=row.raised_at,
            settled_at=row.settled_at,
            settled_by=row.settled_by,
            settled_reason=row.answer.reveal() if row.answer else None,
        )


class EntryOut(BaseModel):
    """One line of the history; `after` differs from `before` when the fact moved the claim."""

    at: datetime
    actor: str
    fact: str
    before: Status
    after: Status
    attempt: int
    facts: dict[str, str]
    reason: str

    @classmethod
    def of(cls, happening: Happening) -> EntryOut:
        entry = happening.entry
        return cls(
            at=entry.at,
            actor=happening.actor,
            fact=entry.fact,
            before=entry.before,
            after=entry.after,
            attempt=entry.attempt,
            facts=dict(entry.facts),
            reason=entry.reason.reveal() if entry.reason else "",
        )


class OverrideOut(BaseModel):
    """A biller's decision that a finding does not hold this claim."""

    finding: str
    where: str
    reason: str
    by: str
    at: datetime

    @classmethod
    def of(cls, override: Override) -> OverrideOut:
        return cls(
            finding=override.finding,
            where=override.where,
            reason=override.reason.reveal(),
            by=override.by,
            at=override.at,
        )


class ClaimOut(BaseModel):
    """Everything about a claim. `parties` is what was frozen on it; null until it is assembled."""

    id: UUID
    number: str
    encounter_id: UUID
    patient_id: UUID
    payer_id: str | None
    date_of_service: date
    place_of_service: str
    rendering_npi: str
    location_code: str | None
    diagnoses: tuple[str, ...]
    status: Status
    owner: Owner
    since: datetime
    deadline: DeadlineOut | None
    lines: list[LineOut]
    charge: Money
    findings: tuple[Finding, ...]
    overrides: tuple[OverrideOut, ...]
    submissions: tuple[Submission, ...]
    payer_claim_number: str | None
    adjudicated_on: date | None
    authorization_number: str | None
    referral_number: str | None
    parties: PartiesOut | None
    follow_ups: list[FollowUpOut] = Field(default_factory=list)
    version: int

    @classmethod
    def of(cls, claim: Claim, follow_ups: Iterable[FollowUpRow] = ()) -> ClaimOut:
        deadline = claim.deadline
        return cls(
            deadline=DeadlineOut(wait=deadline.wait, due_at=deadline.due_at) if deadline else None,
            date_of_service=claim.coded.date_of_service,
            place_of_service=claim.coded.place_of_service,
            rendering_npi=claim.coded.rendering_npi,
            location_code=claim.coded.location_code,
            diagnoses=claim.coded.diagnoses,
            lines=[_line(line, claim.line_authorizations.get(line.number)) for line in claim.lines],
            overrides=tuple(OverrideOut.of(override) for override in claim.overrides),
            authorization_number=claim.prior_authorization,
            referral_number=claim.referral.number if claim.referral else None,
            parties=PartiesOut.of(claim.snapshot) if claim.snapshot else None,
            follow_ups=[FollowUpOut.of(row) for row in follow_ups],
            **{name: getattr(claim, name) for name in _SAME},
        )


_SAME = (
    "id", "number", "encounter_id", "patient_id", "payer_id", "status", "owner", "since", "charge", "findings",
    "submissions", "payer_claim_number", "adjudicated_on", "version",
)  # fmt: skip


class NotBilledOut(BaseModel):
    revision: int
    disposition: str
    lines: list[dict[str, Any]]
    told_at: datetime

    @classmethod
    def of(cls, row: RowMapping) -> NotBilledOut:
        return cls(**{name: row[name] for name in cls.model_fields})


class EncounterOut(BaseModel):
    """What became of an encounter: its claim, and what of it no payer sees."""

    encounter_id: UUID
    claim_id: UUID | None
    status: Status | None
    not_billed: list[NotBilledOut]


class BatchOut(BaseModel):
    id: UUID
    payer_id: str
    departs_at: datetime
    status: str
    reference: str | None
    claim_count: int
    charge: Money
    transmission_id: UUID | None
    outcome: str | None

    @classmethod
    def of(cls, row: RowMapping) -> BatchOut:
        return cls(**{name: row[name] for name in cls.model_fields})


class UnmatchedOut(BaseModel):
    """Said of a control number that none of our submissions has."""

    id: UUID
    interchange_id: UUID
    control_number: str
    said_by: str
    categories: list[str]
    statuses: list[str]
    received_at: datetime

    @classmethod
    def of(cls, row: RowMapping) -> UnmatchedOut:
        return cls(**{name: row[name] for name in cls.model_fields})


def _line(line: ServiceLine, authorization: str | None) -> LineOut:
    return LineOut(
        number=line.number,
        cpt=line.cpt,
        units=line.units,
        modifiers=line.modifiers,
        diagnosis_pointers=line.pointers,
        charge=line.charge if line.unit_charge is not None else None,
        authorization_number=authorization,
    )
