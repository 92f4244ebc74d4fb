"""What claims heard of coverage, authorization and enrollment: one row for each aggregate that was told of.

Whoever judges a claim holds the patient's lock and shares the practice's; whoever keeps a fact holds the one alone. So
a fact is either seen by the judge, or finds the judged claim and has it judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from claims.domain.claim import Claim
from claims.domain.facts import (
    REFERRAL,
    SERVICES,
    AuthorizationHeard,
    CoverageHeard,
    EnrollmentHeard,
    ExclusionHeard,
    Fact,
    Facts,
    NeedHeard,
    RulesHeard,
    Taken,
)
from claims.domain.gate_policy import DEFAULT_POLICY, GatePolicy
from claims.domain.lifecycle import Status
from claims.store import holds
from claims.store.claims import one_at_a_time
from claims.store.registers import Registered
from claims.tables import claim_readiness, claims, gate_policies
from common.ids import new_id
from common.refusal import Stale
from common.store import save_version
from common.uow import Transaction

_KINDS: Mapping[type[Any], str] = {
    CoverageHeard: "coverage",
    NeedHeard: "need",
    RulesHeard: "rules",
    AuthorizationHeard: "authorization",
    EnrollmentHeard: "enrollment",
    ExclusionHeard: "exclusion",
}
_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {kind: TypeAdapter(fact) for fact, kind in _KINDS.items()}
_TAKEN = TypeAdapter(tuple[Taken, ...])
_POLICY = TypeAdapter(GatePolicy)

Units = dict[tuple[UUID, str], int]
Visits = dict[UUID, frozenset[date]]
F = TypeVar("F", bound=Fact)


async def facts_of(tx: Transaction, claim: Claim) -> Facts:
    """What was heard that may bear on a claim; the patient's lock is held already."""
    await tx.execute(select(func.pg_advisory_xact_lock_shared(_gate(tx))))
    npi = claim.coded.rendering_npi
    about = or_(claim_readiness.c.patient_id == claim.patient_id, claim_readiness.c.npi == npi)
    rows = await tx.rows(select(claim_readiness.c.kind, claim_readiness.c.fact).where(about))
    put = await policy(tx)
    authorizations = _of(rows, AuthorizationHeard)
    used, visited = await _used(tx, claim) if authorizations else ({}, {})
    return Facts(
        policy=put.entry if put else DEFAULT_POLICY,
        coverages=_of(rows, CoverageHeard),
        needs=_of(rows, NeedHeard),
        rules=_of(rows, RulesHeard),
        authorizations=authorizations,
        enrollments=_of(rows, EnrollmentHeard),
        exclusions=_of(rows, ExclusionHeard),
        used=used,
        visited=visited,
    )


async def keep(tx: Transaction, told: Fact, id: UUID) -> tuple[Fact | None, Fact]:
    """Join what was told to what was known; gives the fact before and after."""
    patient_id, npi = _whose(told)
    if patient_id is not None:
        await one_at_a_time(tx, patient_id)
    else:
        await alone(tx)
    kind = _KINDS[type(told)]
    row = await tx.row(select(claim_readiness.c.fact).where(claim_readiness.c.kind == kind, claim_readiness.c.id == id))
    known = _ADAPTERS[kind].validate_python(row["fact"]) if row else None
    joined = known.joined(told) if known else told
    if joined != known:
        patient_id, npi = _whose(joined)
        values = {"patient_id": patient_id, "npi": npi, "heard_at": tx.now}
        values |= {"fact": _ADAPTERS[kind].dump_python(joined, mode="json")}
        fresh = insert(claim_readiness).values(practice_id=tx.practice_id, kind=kind, id=id, **values)
        await tx.execute(fresh.on_conflict_do_update(index_elements=["practice_id", "kind", "id"], set_=values))
    return known, joined


async def alone(tx: Transaction) -> None:
    """Wait until no claim of the practice is being judged, and let none be until this is over."""
    await tx.execute(select(func.pg_advisory_xact_lock(_gate(tx))))


async def policy(tx: Transaction) -> Registered[GatePolicy] | None:
    row = await tx.row(select(gate_policies))
    return None if row is None else Registered(row["id"], _POLICY.validate_python(row["policy"]), row["version"])


async def put_policy(tx: Transaction, entry: GatePolicy, version: int) -> Registered[GatePolicy]:
    """Write the policy over `version`; 0 when there is none yet. Raises Stale."""
    known = await policy(tx)
    values = {"policy": _POLICY.dump_python(entry, mode="json")}
    if known is not None:
        kept = await save_version(tx, gate_policies, known.id, version, values, kind="gate policy")
        return Registered(known.id, entry, kept)
    fresh = {"practice_id": tx.practice_id, "id": new_id(), "version": 1, **values}
    added = await tx.scalar(insert(gate_policies).values(fresh).on_conflict_do_nothing().returning(gate_policies.c.id))
    if added is None or version != 0:
        raise Stale(kind="gate policy", id=fresh["id"], version=version)
    return Registered(added, entry, 1)


async def concerned(tx: Transaction, facts: Sequence[Fact]) -> Sequence[RowMapping]:
    """The ids of unsent claims on whose verdict any of the facts can bear."""
    put = await policy(tx)
    asked = put.entry if put else DEFAULT_POLICY
    told = [fact for fact in facts if not isinstance(fact, RulesHeard) or fact.matters(asked)]
    if not told:
        return []
    rows = await holds.unsent(tx, or_(*(_bears_on(fact, asked.coverage_days) for fact in told)), claims.c.lines)
    spoken = [_codes(fact) for fact in told]
    codes = None if None in spoken else frozenset[str]().union(*(some or () for some in spoken))
    return [row for row in rows if codes is None or codes & {line["cpt"] for line in row["lines"]}]


async def _used(tx: Transaction, claim: Claim) -> tuple[Units, Visits]:
    """Units, and days with a visit, that the patient's other claims take.

    What a payer has or will have counts; a void claim gives back.
    """
    rows = await tx.rows(
        select(claims.c.authorized, claims.c.date_of_service).where(
            claims.c.patient_id == claim.patient_id,
            claims.c.id != claim.id,
            claims.c.status != Status.VOID.value,
            claims.c.authorized.is_not(None),
        )
    )
    units: Units = {}
    days: Visits = {}
    for row in rows:
        for one in _TAKEN.validate_python(row["authorized"]):
            key = (one.authorization_id, one.code)
            units[key] = units.get(key, 0) + one.units
            if one.kind == REFERRAL:
                days[one.authorization_id] = days.get(one.authorization_id, frozenset()) | {row["date_of_service"]}
    return units, days


def _of(rows: Iterable[RowMapping], fact: type[F]) -> tuple[F, ...]:
    kind = _KINDS[fact]
    return tuple(_ADAPTERS[kind].validate_python(row["fact"]) for row in rows if row["kind"] == kind)


def _whose(fact: Fact) -> tuple[UUID | None, str | None]:
    """The patient or the clinician that a fact is about."""
    if isinstance(fact, CoverageHeard | RulesHeard):
        return fact.said.patient_id, None
    if isinstance(fact, NeedHeard | AuthorizationHeard):
        return fact.patient_id, None
    return None, fact.npi if isinstance(fact, ExclusionHeard) else fact.said.npi


def _gate(tx: Transaction) -> ColumnElement[int]:
    return func.hashtextextended(f"gate {tx.practice_id}", 0)


def _bears_on(fact: Fact, coverage_days: int) -> ColumnElement[bool]:
    match fact:
        case CoverageHeard(said=said):
            reach = timedelta(days=coverage_days)
            days = claims.c.date_of_service.between(said.date_of_service - reach, said.date_of_service + reach)
            return and_(claims.c.patient_id == said.patient_id, claims.c.payer_id == said.payer_id, days)
        case NeedHeard():
            return and_(claims.c.patient_id == fact.patient_id, claims.c.date_of_service == fact.date_of_service)
        case RulesHeard(said=said):
            return claims.c.encounter_id == said.encounter_id
        case AuthorizationHeard():
            return and_(claims.c.patient_id == fact.patient_id, claims.c.payer_id == fact.payer_id)
        case EnrollmentHeard(said=said):
            return and_(claims.c.payer_id == said.payer_id, _rendered_by(said.npi))
        case ExclusionHeard():
            return _rendered_by(fact.npi)


def _rendered_by(npi: str) -> ColumnElement[bool]:
    return claims.c.coded["rendering_npi"].astext == npi


def _codes(fact: Fact) -> frozenset[str] | None:
    """The codes that a fact speaks of; None: of the visit, whatever was done in it."""
    if isinstance(fact, AuthorizationHeard) and fact.kind == SERVICES:
        return fact.codes
    return frozenset(fact.codes) if isinstance(fact, NeedHeard) and not fact.referral else None
