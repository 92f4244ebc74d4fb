"""Observation and DiagnosticReport: what was measured on a lesion, and what the laboratory found in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from coding.domain.form import Form, one_of
from coding.fhir import elements
from coding.fhir.charges import ICD_10_CM
from coding.fhir.elements import COMMON
from coding.fhir.profile import PROCEDURE, quantity

MEASURES = "https://dermbill.org/fhir/CodeSystem/measure"
# Every fact of a Procedure that has a unit may be an Observation of its own.
_FACTS = {name.replace("_", "-"): name for name, fact in PROCEDURE.items() if fact.unit}
_FINAL = ("final", "amended", "corrected")
# A report that is not final decides nothing: the pathology is not back yet.
_PENDING = ("registered", "partial", "preliminary")


@dataclass(frozen=True, slots=True)
class Measured:
    fact: str
    value: Any
    path: str


@dataclass(frozen=True, slots=True)
class Reported:
    """`diagnosis` None: the report is not final."""

    diagnosis: str | None
    path: str


@dataclass(slots=True)
class Results:
    """The results of one bundle; `belongs` holds a resource to the bundle's patient and Encounter."""

    belongs: Callable[[Form], None]
    measured: dict[str, list[Measured]] = field(default_factory=dict[str, list[Measured]])
    reports: dict[str, Reported] = field(default_factory=dict[str, Reported])
    claimed: set[str] = field(default_factory=set[str])

    def observation(self, item: Form) -> None:
        """One measure of one Procedure."""
        item.knows(
            *COMMON, "status", "category", "code", "subject", "encounter", "effectiveDateTime", "issued", "performer",
            "partOf", "valueQuantity",
        )  # fmt: skip
        self.belongs(item)
        item.needs("status", one_of(*_FINAL))
        concept = item.child("code", "coding", "text", required=True)
        word = concept and elements.one_code(concept, MEASURES, *_FACTS)
        of = _only_target(item, "partOf")
        if item.child("valueQuantity", "value", "system", "code", "unit", required=True) is None or word is None:
            return
        fact = _FACTS[word]
        value = quantity(item, PROCEDURE[fact])
        if of is not None:
            self.measured.setdefault(of, []).append(Measured(fact, value, item.at("valueQuantity")))

    def report(self, item: Form, names: frozenset[str]) -> None:
        """A pathology report; its words are not kept, its coded conclusion is."""
        item.knows(
            *COMMON, "identifier", "status", "category", "code", "subject", "encounter", "effectiveDateTime", "issued",
            "performer", "resultsInterpreter", "conclusion", "conclusionCode",
        )  # fmt: skip
        self.belongs(item)
        status = item.needs("status", one_of(*_FINAL, *_PENDING))
        conclusions = [
            elements.one_code(conclusion, ICD_10_CM)
            for conclusion in item.items("conclusionCode", 1)
            if conclusion.knows("coding", "text") is None
        ]
        if status in _FINAL and not conclusions:
            item.faults.add(item.at("conclusionCode"), "is needed in a final report")
        found = conclusions[0] if conclusions and status in _FINAL else None
        where = item.at("conclusionCode[0].coding[0].code")
        self.reports |= dict.fromkeys(names, Reported(found, where))

    def of(self, procedure: Form, names: frozenset[str], own: dict[str, Any], places: dict[str, str], at: str) -> None:
        """Add to a Procedure's `own` facts what was measured on it and what its report says."""
        found = [(one.fact, one.value, one.path) for name in sorted(names) for one in self.measured.pop(name, [])]
        for reference in procedure.items("report", 1):
            reference.knows("reference", "type", "display")
            name = elements.target(reference)
            report = self.reports.get(name or "")
            if report is None:
                reference.faults.add(reference.at("reference"), "must be a DiagnosticReport of this bundle")
            elif report.diagnosis is not None:
                found.append(("pathology_icd10", report.diagnosis, report.path))
            self.claimed.add(name or "")
        for fact, value, path in found:
            if fact in own and own[fact] != value:
                procedure.faults.add(path, f"does not agree with another {fact} of the same Procedure")
            own[fact] = value
            places[f"{at}.{fact}"] = path

    def left_over(self, item: Form, names: frozenset[str]) -> None:
        """Complain of a result that no Procedure has."""
        if item.content.get("resourceType") == "DiagnosticReport" and not names & self.claimed:
            item.faults.add(item.path, "is the report of no Procedure of this bundle")
        if item.content.get("resourceType") == "Observation" and any(
            one.path.startswith(f"{item.path}.") for several in self.measured.values() for one in several
        ):
            item.faults.add(item.at("partOf[0].reference"), "must be a Procedure of this bundle")


def _only_target(item: Form, name: str) -> str | None:
    targets: list[str | None] = []
    for reference in item.items(name, 1):
        reference.knows("reference", "type", "display")
        targets.append(elements.target(reference))
    if not targets:
        item.faults.add(item.at(name), "is needed")
        return None
    return targets[0]
