"""The gate's JSON: ids and codes, and of names that of a clinician who referred."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from claims.domain import readiness
from claims.domain.bill import Hold
from claims.domain.claim import Claim
from claims.domain.facts import (
    AuthorizationHeard,
    CoverageHeard,
    EnrollmentHeard,
    ExclusionHeard,
    Facts,
    NeedHeard,
    RulesHeard,
    Taken,
)
from claims.domain.findings import holding
from claims.domain.gate_policy import DEFAULT_COVERAGE_DAYS, Ask, GatePolicy
from claims.store.holds import HoldTotal, amount_of
from common.money import Money

# E, R and W numbers of the scrubber, and the gate's words.
FindingId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,39}$")]


class HoldOut(BaseModel):
    """`amount` is what it keeps from the payer; `mend` says what releases it."""

    reason: str
    where: str
    sentence: str
    mend: str
    source: str
    overridable: bool
    amount: Money


class HeldClaimOut(BaseModel):
    """`release_by` is the last day on which a release is of use."""

    claim_id: UUID
    number: str
    encounter_id: UUID
    patient_id: UUID
    payer_id: str | None
    rendering_npi: str
    location_code: str | None
    date_of_service: date
    charge: Money
    release_by: date
    holds: list[HoldOut]

    @classmethod
    def of(cls, claim: Claim) -> HeldClaimOut:
        return cls(
            claim_id=claim.id,
            number=claim.number,
            encounter_id=claim.encounter_id,
            patient_id=claim.patient_id,
            payer_id=claim.payer_id,
            rendering_npi=claim.coded.rendering_npi,
            location_code=claim.coded.location_code,
            date_of_service=claim.coded.date_of_service,
            charge=claim.charge,
            release_by=claim.filing_window[1],
            holds=[
                HoldOut(
                    reason=finding.id,
                    where=finding.where,
                    sentence=finding.sentence,
                    mend=finding.mend,
                    source=finding.source,
                    overridable=finding.overridable,
                    amount=amount_of(claim, finding),
                )
                for finding in holding(claim.findings, claim.overrides)
            ],
        )


class HoldTotalOut(BaseModel):
    reason: str
    claims: int
    amount: Money


class HoldTotalsOut(BaseModel):
    """A claim that waits for two reasons is in both, and once in `claims` and `amount`."""

    claims: int
    amount: Money
    reasons: list[HoldTotalOut]

    @classmethod
    def of(cls, totals: Iterable[HoldTotal], held: tuple[int, Money]) -> HoldTotalsOut:
        reasons = [HoldTotalOut(reason=one.reason, claims=one.claims, amount=one.amount) for one in totals]
        return cls(claims=held[0], amount=held[1], reasons=reasons)


class JudgedHoldOut(BaseModel):
    reason: str
    where: str
    sentence: str
    releases: str
    source: str
    amount: Money
    by: date

    @classmethod
    def of(cls, hold: Hold) -> JudgedHoldOut:
        return cls(**{name: getattr(hold, name) for name in cls.model_fields})


class ReadinessOut(BaseModel):
    """The facts as they were heard, and the verdict on them now."""

    claim_id: UUID
    allowed: bool
    holds: list[JudgedHoldOut]
    taken: tuple[Taken, ...]
    coverages: tuple[CoverageHeard, ...]
    needs: tuple[NeedHeard, ...]
    rules: tuple[RulesHeard, ...]
    authorizations: tuple[AuthorizationHeard, ...]
    enrollments: tuple[EnrollmentHeard, ...]
    exclusions: tuple[ExclusionHeard, ...]

    @classmethod
    def of(cls, claim: Claim, facts: Facts) -> ReadinessOut:
        verdict = readiness.judge(claim, facts)
        return cls(
            claim_id=claim.id,
            allowed=verdict.allowed,
            holds=[
                JudgedHoldOut(**{name: getattr(hold, name) for name in JudgedHoldOut.model_fields})
                for hold in verdict.holds
            ],
            taken=verdict.taken,
            coverages=facts.coverages,
            needs=facts.needs,
            rules=facts.rules,
            authorizations=facts.authorizations,
            enrollments=facts.enrollments,
            exclusions=facts.exclusions,
        )


class GatePolicyIn(BaseModel):
    """`known` holds what is known to forbid a claim, `required` also what is not known to allow it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"coverage": "known", "authorization": "required", "referral": "known", "enrollment": "required"}
            ]
        },
    )
    coverage: Ask = Ask.KNOWN
    authorization: Ask = Ask.KNOWN
    referral: Ask = Ask.KNOWN
    enrollment: Ask = Ask.KNOWN
    coverage_days: int = Field(
        default=DEFAULT_COVERAGE_DAYS, ge=0, le=365, description="How far from the visit an active answer stands for it"
    )

    def policy(self) -> GatePolicy:
        return GatePolicy(
            coverage=self.coverage,
            authorization=self.authorization,
            referral=self.referral,
            enrollment=self.enrollment,
            coverage_days=self.coverage_days,
        )


class GatePolicyOut(BaseModel):
    policy: GatePolicy
    version: int

    @classmethod
    def of(cls, policy: GatePolicy, version: int) -> GatePolicyOut:
        return cls(policy=policy, version=version)
