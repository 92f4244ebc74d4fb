"""What is asked of the coding service."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from codes.npi import is_valid_npi
from coding.domain.differences import BilledLine
from coding.domain.encounter import DIAGNOSES_ON_A_LINE, LINES_ON_A_CLAIM
from coding.domain.proposal import CODE, MODIFIER, MOST_PROPOSED, Proposal, Source, proposed_line
from coding.operations.overriding import HandLine

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
LOCATION_CODE = r"^[A-Z0-9][A-Z0-9-]{0,19}$"
LocationCode = Annotated[str, StringConstraints(pattern=LOCATION_CODE)]
VisitNumber = Annotated[str, StringConstraints(pattern=VISIT_NUMBER)]
ReasonText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
CptNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9]{3}[0-9A-Z]$")]
ModifierCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
ProposedCode = Annotated[str, StringConstraints(pattern=f"^{CODE.pattern}$")]
ProposedModifier = Annotated[str, StringConstraints(pattern=f"^{MODIFIER.pattern}$")]
Diagnosis = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")]
VisitForm = dict[str, Any]


class ProposedLineIn(BaseModel):
    """A line as the EHR would bill it, kept as it is sent also where no table knows the code."""

    model_config = Strict
    cpt: ProposedCode
    units: int = Field(ge=1, le=9999)
    modifiers: list[ProposedModifier] = Field(default_factory=list[ProposedModifier], max_length=10)
    dx: list[ProposedCode] = Field(default_factory=list[ProposedCode], max_length=12, description="The main one first")

    def line(self) -> BilledLine:
        return proposed_line(self.cpt, self.units, tuple(self.modifiers), tuple(self.dx))


ProposedLines = Annotated[list[ProposedLineIn], Field(min_length=1, max_length=MOST_PROPOSED)]


class ProposalIn(BaseModel):
    """What the EHR would bill for the visit."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"lines": [{"cpt": "17000", "units": 1, "modifiers": [], "dx": ["L57.0"]}]}]},
    )
    lines: ProposedLines

    def proposal(self) -> Proposal:
        return Proposal(Source.REST, tuple(line.line() for line in self.lines))


class EncounterIn(BaseModel):
    """A documented visit; `visit` is the visit form, whose words docs/guides/coding.md lists.

    `proposed` is what the EHR would bill: kept beside what the engine finds, and never coded from.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "patient_id": "01937e00-0000-7000-8000-000000000003",
                    "rendering_npi": "1234567893",
                    "location_code": "MAIN",
                    "visit_number": "V-2026-0001",
                    "visit": EXAMPLE_VISIT,
                }
            ]
        },
    )
    patient_id: UUID
    rendering_npi: Npi
    location_code: LocationCode | None = Field(default=None, description="The practice's own code of the place")
    visit_number: VisitNumber | None = Field(default=None, description="The practice's own number for the visit")
    visit: VisitForm
    proposed: ProposedLines | None = None

    def proposal(self) -> Proposal | None:
        return ProposalIn(lines=self.proposed).proposal() if self.proposed else None


class LocationIn(BaseModel):
    """Where a visit was."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"location_code": "MAIN"}]})
    location_code: LocationCode | None


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
