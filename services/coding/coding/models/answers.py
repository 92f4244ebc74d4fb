"""What the coding service answers of an encounter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from codes import cpt
from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.domain.encounter import Encounter, Outcome
from coding.domain.findings import Finding
from coding.domain.proposal import agrees
from coding.domain.reasons import Reason
from coding.models.differences import BilledLineOut, ChangedOut, ProposalOut
from coding.models.visits import VisitForm
from coding.store import Happening
from common.money import Money


class ReasonOut(BaseModel):
    """The rule, where it comes from, the dates of service it holds for, and the facts it read."""

    rule: str
    source: str
    says: str
    in_force_from: date
    in_force_to: date | None
    facts: dict[str, str]

    @classmethod
    def of(cls, reason: Reason) -> ReasonOut:
        rule = reason.rule
        return cls(
            rule=rule.id,
            source=rule.source,
            says=rule.says,
            in_force_from=rule.in_force_from,
            in_force_to=rule.in_force_to,
            facts=dict(reason.facts),
        )


class LineOut(BaseModel):
    """A line; its charges are null where the practice's fee schedule has none for it."""

    number: int
    cpt: str
    label: str | None
    units: int
    modifiers: list[str]
    dx: list[str]
    unit_charge: Money | None
    charge: Money | None
    reasons: list[ReasonOut]

    @classmethod
    def of(cls, number: int, line: CodedLine) -> LineOut:
        known = cpt.lookup(line.cpt)
        return cls(
            number=number,
            cpt=line.cpt,
            label=known.label if known else None,
            units=line.units,
            modifiers=list(line.modifiers),
            dx=list(line.dx),
            unit_charge=line.unit_charge,
            charge=line.charge,
            reasons=[ReasonOut.of(reason) for reason in line.reasons],
        )


class FindingOut(BaseModel):
    """`path` is the fact of the visit form that it speaks of; `source` is where the flag's rule is written."""

    flag: str
    says: str
    holds: bool
    path: str | None
    source: str
    in_force_from: date

    @classmethod
    def of(cls, finding: Finding) -> FindingOut:
        return cls(
            flag=finding.flag,
            says=finding.says,
            holds=finding.holds,
            path=finding.path,
            source=finding.source,
            in_force_from=finding.in_force_from,
        )


class CodedOut(BaseModel):
    """What the rules make of a visit. `questions` are the findings that hold it."""

    disposition: Disposition
    lines: list[LineOut]
    self_pay_lines: list[LineOut]
    diagnoses: list[str]
    flags: list[str]
    findings: list[FindingOut]
    questions: list[FindingOut]
    rules_edition: str

    @classmethod
    def of(cls, coded: CodedVisit) -> CodedOut:
        return cls(**_coded(coded))


class OverrideOut(BaseModel):
    by: str
    at: datetime
    reason: str


class EncounterSummary(BaseModel):
    """An encounter in a list. `agrees_with_proposal` is null where the EHR proposed nothing."""

    id: UUID
    patient_id: UUID
    rendering_npi: str
    location_code: str | None
    visit_number: str | None
    date_of_service: date
    disposition: Disposition
    flags: list[str]
    overridden: bool
    agrees_with_proposal: bool | None
    version: int

    @classmethod
    def of(cls, encounter: Encounter) -> EncounterSummary:
        return cls(
            **_ids(encounter),
            disposition=encounter.coded.disposition,
            flags=list(encounter.coded.flags),
            overridden=encounter.override is not None,
            agrees_with_proposal=agrees(encounter.proposal, encounter.coded) if encounter.proposal else None,
        )


class EncounterOut(CodedOut):
    """An encounter, what the EHR proposed beside it, and what the act that is answered changed."""

    id: UUID
    patient_id: UUID
    rendering_npi: str
    location_code: str | None
    visit_number: str | None
    date_of_service: date
    override: OverrideOut | None
    proposal: ProposalOut | None
    changed: ChangedOut | None
    version: int

    @classmethod
    def told(cls, outcome: Outcome) -> EncounterOut:
        changed = ChangedOut.of(outcome.before.coded, outcome.encounter.coded) if outcome.before else None
        return cls(**_encounter(outcome.encounter), changed=changed)


class HappeningOut(BaseModel):
    """One version. `published` is the event that told the others, null when nothing changed for them; `changed` is what
    differs from the version before, null on the first; `proposed` what the EHR would bill."""

    version: int
    at: datetime
    actor: str
    act: str
    reason: str | None
    published: str | None
    disposition: Disposition
    flags: list[str]
    lines: list[LineOut]
    proposed: list[BilledLineOut] | None
    location_code: str | None
    changed: ChangedOut | None

    @classmethod
    def of(cls, happening: Happening, before: Happening | None) -> HappeningOut:
        return cls(
            version=happening.version,
            at=happening.at,
            actor=happening.actor,
            act=happening.act,
            reason=happening.reason.reveal() if happening.reason else None,
            published=happening.published,
            disposition=happening.coded.disposition,
            flags=list(happening.coded.flags),
            lines=_lines(happening.coded.lines),
            proposed=[BilledLineOut.of(line) for line in happening.proposal.lines] if happening.proposal else None,
            location_code=happening.location_code,
            changed=ChangedOut.of(before.coded, happening.coded) if before else None,
        )


class EncounterWithHistory(EncounterOut):
    """The encounter whole: `visit` is the form as it was last sent."""

    visit: VisitForm
    history: list[HappeningOut]

    @classmethod
    def whole(cls, encounter: Encounter, history: Sequence[Happening]) -> EncounterWithHistory:
        versions = [
            HappeningOut.of(happening, before) for before, happening in zip((None, *history), history, strict=False)
        ]
        return cls(
            **_encounter(encounter),
            changed=versions[-1].changed if versions else None,
            visit=dict(encounter.document),
            history=versions,
        )


def _ids(encounter: Encounter) -> Mapping[str, Any]:
    return {
        "id": encounter.id,
        "patient_id": encounter.patient_id,
        "rendering_npi": encounter.rendering_npi,
        "location_code": encounter.location_code,
        "visit_number": encounter.visit_number,
        "date_of_service": encounter.date_of_service,
        "version": encounter.version,
    }


def _encounter(encounter: Encounter) -> Mapping[str, Any]:
    mark = encounter.override
    override = OverrideOut(by=mark.by, at=mark.at, reason=mark.reason.reveal()) if mark else None
    return {
        **_ids(encounter),
        **_coded(encounter.coded),
        "override": override,
        "proposal": ProposalOut.of(encounter) if encounter.proposal else None,
    }


def _coded(coded: CodedVisit) -> Mapping[str, Any]:
    return {
        "disposition": coded.disposition,
        "lines": _lines(coded.lines),
        "self_pay_lines": _lines(coded.self_pay_lines),
        "diagnoses": list(coded.diagnoses),
        "flags": list(coded.flags),
        "findings": [FindingOut.of(finding) for finding in coded.findings],
        "questions": [FindingOut.of(finding) for finding in coded.questions],
        "rules_edition": coded.rules_edition,
    }


def _lines(lines: Sequence[CodedLine]) -> list[LineOut]:
    return [LineOut.of(number, line) for number, line in enumerate(lines, 1)]
