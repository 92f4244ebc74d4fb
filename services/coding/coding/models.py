"""The coding service's JSON: what is asked for and what is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from codes import cpt
from codes.npi import is_valid_npi
from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.domain.encounter import DIAGNOSES_ON_A_LINE, LINES_ON_A_CLAIM, Encounter
from coding.domain.findings import Finding
from coding.domain.reasons import Reason
from coding.editions import Edition
from coding.operations.overriding import HandLine
from coding.store import Happening

Strict = ConfigDict(extra="forbid")

EXAMPLE_VISIT: dict[str, Any] = {
    "date": "2026-03-04",
    "place_of_service": "11",
    "payer": {"type": "medicare", "x_modifiers": True, "wants_51": False},
    "patient": {"age": 72, "sex": "M", "new_or_established": "established"},
    "telehealth": None,
    "em": {
        "mdm": "low",
        "minutes": 18,
        "separately_identifiable": True,
        "decision_for_major_surgery": False,
        "em_problem_refs": ["p1"],
    },
    "problems": [
        {"ref": "p1", "icd10": "L40.0", "text": "plaque psoriasis, topical therapy changed"},
        {"ref": "p2", "icd10": "L57.0", "text": "8 keratoses of the scalp"},
    ],
    "procedures": [
        {
            "kind": "destruction",
            "lesion_type": "premalignant",
            "technique": "cryotherapy",
            "site": "scalp",
            "count": 8,
            "problem_ref": "p2",
        }
    ],
}


def _npi(text: str) -> str:
    if not is_valid_npi(text):
        raise PydanticCustomError("npi", "An NPI is ten digits, the last of which checks the others")
    return text


Npi = Annotated[str, AfterValidator(_npi)]
VISIT_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9./-]{0,63}$"
VisitNumber = Annotated[str, StringConstraints(pattern=VISIT_NUMBER)]
ReasonText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
CptNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9]{3}[0-9A-Z]$")]
ModifierCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
Diagnosis = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")]
VisitForm = dict[str, Any]


class EncounterIn(BaseModel):
    """A documented visit; `visit` is the visit form, whose words docs/guides/coding.md lists."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "patient_id": "01937e00-0000-7000-8000-000000000003",
                    "rendering_npi": "1234567893",
                    "visit_number": "V-2026-0001",
                    "visit": EXAMPLE_VISIT,
                }
            ]
        },
    )
    patient_id: UUID
    rendering_npi: Npi
    visit_number: VisitNumber | None = Field(default=None, description="The practice's own number for the visit")
    visit: VisitForm


class HandLineIn(BaseModel):
    model_config = Strict
    cpt: CptNumber
    units: int = Field(ge=1, le=999)
    modifiers: list[ModifierCode] = Field(default_factory=list[ModifierCode], max_length=4)
    dx: list[Diagnosis] = Field(min_length=1, max_length=DIAGNOSES_ON_A_LINE, description="The main one first")

    def line(self) -> HandLine:
        return HandLine(self.cpt, self.units, tuple(self.modifiers), tuple(self.dx))


class OverrideIn(BaseModel):
    """A coder's lines in the place of the engine's, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lines": [{"cpt": "11102", "units": 1, "modifiers": [], "dx": ["D49.2"]}],
                    "reason": "The addendum names the technique.",
                }
            ]
        },
    )
    lines: list[HandLineIn] = Field(min_length=1, max_length=LINES_ON_A_CLAIM)
    reason: ReasonText


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
    number: int
    cpt: str
    label: str | None
    units: int
    modifiers: list[str]
    dx: list[str]
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
    """An encounter in a list: ids, a date and codes."""

    id: UUID
    patient_id: UUID
    rendering_npi: str
    visit_number: str | None
    date_of_service: date
    disposition: Disposition
    flags: list[str]
    overridden: bool
    version: int

    @classmethod
    def of(cls, encounter: Encounter) -> EncounterSummary:
        return cls(
            **_ids(encounter),
            disposition=encounter.coded.disposition,
            flags=list(encounter.coded.flags),
            overridden=encounter.override is not None,
        )


class EncounterOut(CodedOut):
    id: UUID
    patient_id: UUID
    rendering_npi: str
    visit_number: str | None
    date_of_service: date
    override: OverrideOut | None
    version: int

    @classmethod
    def told(cls, encounter: Encounter) -> EncounterOut:
        return cls(**_encounter(encounter))


class HappeningOut(BaseModel):
    """One version. `published` is the event that told the others, null when nothing changed for them."""

    version: int
    at: datetime
    actor: str
    act: str
    reason: str | None
    published: str | None
    disposition: Disposition
    flags: list[str]
    lines: list[LineOut]

    @classmethod
    def of(cls, happening: Happening) -> HappeningOut:
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
        )


class EncounterWithHistory(EncounterOut):
    """The encounter whole: `visit` is the form as it was last sent."""

    visit: VisitForm
    history: list[HappeningOut]

    @classmethod
    def whole(cls, encounter: Encounter, history: Sequence[Happening]) -> EncounterWithHistory:
        return cls(
            **_encounter(encounter),
            visit=dict(encounter.document),
            history=[HappeningOut.of(happening) for happening in history],
        )


def _ids(encounter: Encounter) -> Mapping[str, Any]:
    return {
        "id": encounter.id,
        "patient_id": encounter.patient_id,
        "rendering_npi": encounter.rendering_npi,
        "visit_number": encounter.visit_number,
        "date_of_service": encounter.date_of_service,
        "version": encounter.version,
    }


def _encounter(encounter: Encounter) -> Mapping[str, Any]:
    mark = encounter.override
    override = OverrideOut(by=mark.by, at=mark.at, reason=mark.reason.reveal()) if mark else None
    return {**_ids(encounter), **_coded(encounter.coded), "override": override}


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


class FileOut(BaseModel):
    name: str
    sha256: str


class EditionOut(BaseModel):
    """One loaded table of one quarter, with the files it was made of."""

    kind: str
    quarter: str
    in_force_from: date
    files: list[FileOut]
    rows: int
    loaded_at: datetime

    @classmethod
    def of(cls, edition: Edition) -> EditionOut:
        return cls(
            kind=edition.kind,
            quarter=edition.quarter,
            in_force_from=edition.in_force_from,
            files=[FileOut(name=file["name"], sha256=file["sha256"]) for file in edition.files],
            rows=edition.rows,
            loaded_at=edition.loaded_at,
        )
