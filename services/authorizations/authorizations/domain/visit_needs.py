"""What the rules say of a coded visit: to which of its services the payer must have agreed, and whether the patient had
to be sent (rulebook 7.4; 9.2, E22 and E23).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from authorizations.domain.events import AuthNeedDecided, ReferralNeed, ServiceNeed
from authorizations.domain.needed import About, Answer, Circumstances, PlannedService, Rule, answers, most_careful
from authorizations.domain.plans import PlanType
from common.change import Change

WAITING_DAYS = 366
"""How old a visit may be whose claim still waits: the longest filing limit is a year (rulebook 9.3, Medicare)."""


@dataclass(frozen=True, slots=True)
class CodedVisit:
    """The newest coding of an encounter, of version `word`."""

    encounter_id: UUID
    word: int
    patient_id: UUID
    on: date
    place: str
    services: tuple[PlannedService, ...]


@dataclass(frozen=True, slots=True)
class VisitNeeds:
    """What was decided of a coded visit, and told. `coded_version` is the version of the coding that it answers."""

    encounter_id: UUID
    patient_id: UUID
    on: date
    coded_version: int
    payer_id: str | None
    plan: str | None
    services: tuple[ServiceNeed, ...]
    referral: ReferralNeed
    version: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """The rules as they are now, and what is known of the payers' plans."""

    rules: tuple[Rule, ...]
    plan_types: Mapping[str, PlanType | None]

    def says(self, visit: CodedVisit, payer_id: str | None) -> VisitNeeds:
        plan_type = self.plan_types.get(payer_id) if payer_id else None
        return decide(visit, self.rules, Circumstances(payer_id, visit.on, visit.place, plan_type=plan_type))


def decide(visit: CodedVisit, rules: Iterable[Rule], around: Circumstances) -> VisitNeeds:
    """What the rules say of each code, and of the visit as a whole the most careful word about a referral."""
    every = tuple(rules)
    agreed = answers(every, visit.services, replace(around, about=About.SERVICES))
    sent = answers(every, visit.services, replace(around, about=About.REFERRAL))
    return VisitNeeds(
        visit.encounter_id,
        visit.patient_id,
        visit.on,
        visit.word,
        around.payer_id,
        around.plan_type,
        tuple(map(_service, agreed)),
        _referral(most_careful(sent)),
    )


def told(kept: VisitNeeds | None, now: VisitNeeds) -> Change[VisitNeeds]:
    """The decision under its next version, with its event; the kept one and nothing to tell where they say the same."""
    version = kept.version if kept else 0
    if kept is not None and replace(now, version=version) == kept:
        return Change(kept)
    return Change(replace(now, version=version + 1), (_event(now),))


def _service(answer: Answer) -> ServiceNeed:
    return ServiceNeed(answer.service.code, answer.verdict.value, answer.rule.id, answer.rule.source)


def _referral(answer: Answer) -> ReferralNeed:
    return ReferralNeed(answer.verdict.value, answer.rule.id, answer.rule.source)


def _event(needs: VisitNeeds) -> AuthNeedDecided:
    return AuthNeedDecided(
        encounter_id=needs.encounter_id,
        patient_id=needs.patient_id,
        date_of_service=needs.on,
        coded_version=needs.coded_version,
        services=needs.services,
        referral=needs.referral,
        payer_id=needs.payer_id,
        plan=needs.plan,
    )
