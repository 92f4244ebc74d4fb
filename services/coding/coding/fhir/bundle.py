"""From a FHIR R4 Bundle to the visit form: one Encounter, its Conditions and its Procedures; its ChargeItems beside it.

Everything in the bundle is read, or is named in docs/guides/fhir.md as accepted and not kept, or is refused by path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from fhir.resources.R4B.chargeitem import ChargeItem
from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.coverage import Coverage
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.documentreference import DocumentReference
from fhir.resources.R4B.encounter import Encounter
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.practitioner import Practitioner
from fhir.resources.R4B.procedure import Procedure
from pydantic import BaseModel, ValidationError

from coding.domain.form import Complaint, Faults, Form, one_of
from coding.domain.proposal import Proposal, Source
from coding.domain.refusals import Fault, VisitUnreadable
from coding.domain.visit import Kind
from coding.fhir import elements, parties
from coding.fhir.charges import ICD_10_CM, Charges
from coding.fhir.elements import COMMON, BundleUnreadable
from coding.fhir.profile import PROCEDURE, VISIT, Extensions
from coding.fhir.results import Results
from coding.models.visits import LOCATION_CODE, VISIT_NUMBER

KINDS = "https://dermbill.org/fhir/CodeSystem/procedure-kind"
VISIT_NUMBERS = "https://dermbill.org/fhir/NamingSystem/visit-number"
LOCATION_CODES = "https://dermbill.org/fhir/NamingSystem/location-code"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"

MODELS: Mapping[str, type[BaseModel]] = {
    "Encounter": Encounter,
    "Condition": Condition,
    "Procedure": Procedure,
    "ChargeItem": ChargeItem,
    "Observation": Observation,
    "DiagnosticReport": DiagnosticReport,
    "Practitioner": Practitioner,
    "Coverage": Coverage,
    "DocumentReference": DocumentReference,
}
MOST_ENTRIES = 200
_LAST_STEP = re.compile(r"(\.?[^.\[\]]+|\[\d+\])$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource, and the names others refer to it by: its fullUrl and its type with its id."""

    resource: Form
    names: frozenset[str]


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """What the bundle said. `places` has the FHIR path of each path of the visit form."""

    patient_id: UUID
    rendering_npi: str
    visit_number: str | None
    document: Mapping[str, Any]
    places: Mapping[str, str]
    location_code: str | None = None
    proposal: Proposal | None = None

    def in_its_own_words(self, refusal: VisitUnreadable) -> BundleUnreadable:
        """The same complaint by FHIR path; a fact without one is named beside the nearest element that has."""
        return BundleUnreadable([self._placed(fault) for fault in refusal.faults])

    def _placed(self, fault: Fault) -> Fault:
        path = fault.path
        while path not in self.places:
            path = _LAST_STEP.sub("", path)
        where = self.places[path]
        return Fault(where, fault.says) if path == fault.path else Fault(where, f"({fault.path}) {fault.says}")


def read_bundle(content: Mapping[str, Any]) -> Received:
    """The visit in a Bundle of the profile. Raises BundleUnreadable with everything that is wrong at one depth."""
    faults = Faults()
    entries = _entries(Form(content, "Bundle", faults))
    encounters = _of("Encounter", entries)
    if len(encounters) != 1:
        faults.add("Bundle.entry", "must have exactly one Encounter")
    if faults.found:
        raise BundleUnreadable(faults.found)
    reading = _Reading(encounters[0])
    received = reading.visit(entries)
    proposal = reading.proposal(_of("ChargeItem", entries), entries)
    if not faults.found:
        _hold_to_fhir(entries, faults)
    if faults.found or received is None:
        raise BundleUnreadable(faults.found)
    return replace(received, proposal=proposal)


def _entries(bundle: Form) -> list[Entry]:
    bundle.knows("resourceType", "id", "meta", "type", "timestamp", "entry")
    bundle.needs("resourceType", one_of("Bundle"))
    bundle.needs("type", one_of("collection"))
    elements.common(bundle)
    entries = [_entry(item) for item in bundle.items("entry", MOST_ENTRIES)]
    for position, entry in enumerate(entries):
        if any(entry.names & earlier.names for earlier in entries[:position]):
            bundle.faults.add(entry.resource.path, "has the fullUrl or the id of an earlier entry")
    return entries


def _entry(item: Form) -> Entry:
    item.knows("fullUrl", "resource")
    resource = Form(item.content.get("resource"), item.at("resource"), item.faults)
    resource.needs("resourceType", one_of(*MODELS))
    elements.common(resource)
    kind, id, url = (resource.content.get("resourceType"), resource.content.get("id"), item.content.get("fullUrl"))
    names = (url, f"{kind}/{id}" if id is not None else None)
    return Entry(resource, frozenset(name for name in names if isinstance(name, str)))


def _of(kind: str, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.resource.content.get("resourceType") == kind]


def _hold_to_fhir(entries: Iterable[Entry], faults: Faults) -> None:
    """Each resource against FHIR's own definition of it."""
    for entry in entries:
        resource = entry.resource
        try:
            MODELS[resource.content["resourceType"]].model_validate(dict(resource.content))
        except ValidationError as fault:
            for error in fault.errors(include_url=False, include_input=False, include_context=False):
                steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
                faults.add(resource.path + steps, "is not valid FHIR R4")


@dataclass(slots=True)
class _Reading:
    """One pass over one visit; `problems` has the visit form's ref of each name of a Condition, `codes` its code."""

    encounter: Entry
    places: dict[str, str] = field(default_factory=dict[str, str])
    problems: dict[str, str] = field(default_factory=dict[str, str])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    subject: str | None = None
    day: str | None = None

    def visit(self, entries: list[Entry]) -> Received | None:
        encounter = self.encounter.resource
        encounter.knows(
            *COMMON, "identifier", "status", "class", "subject", "participant", "period", "location", "extension"
        )  # fmt: skip
        encounter.needs("status", one_of("finished"))
        self.places[""] = encounter.path
        self.subject = elements.reference(encounter, "subject", required=True)
        self.day = self._day(encounter)
        problems = [self._condition(entry, position) for position, entry in enumerate(_of("Condition", entries))]
        results = self._results(entries)
        extensions = Extensions(self.places, self._problem)
        facts = extensions.facts(encounter, VISIT)
        self._payer(facts, entries)
        procedures = [
            self._procedure(entry, extensions, results, n) for n, entry in enumerate(_of("Procedure", entries))
        ]
        document = {
            **facts,
            "date": self.day,
            "problems": problems,
            "procedures": procedures,
        }
        for entry in (*_of("Observation", entries), *_of("DiagnosticReport", entries)):
            results.left_over(entry.resource, entry.names)
        _check_class(encounter, "telehealth" in facts)
        patient_id, npi = self._patient_id(encounter), self._npi(entries)
        number, location = _visit_number(encounter), _location_code(encounter)
        if patient_id is None or npi is None:
            return None
        return Received(patient_id, npi, number, document, self.places, location)

    def proposal(self, items: list[Entry], entries: Iterable[Entry]) -> Proposal | None:
        """What the ChargeItems would bill; read after the visit."""
        names = {name for entry in entries for name in entry.names}
        charges = Charges(self.codes, names, self._belongs, self.day)
        lines = [charges.line(entry.resource) for entry in items]
        return Proposal(Source.FHIR, tuple(line for line in lines if line)) if items else None

    def _results(self, entries: list[Entry]) -> Results:
        results = Results(self._belongs)
        for entry in _of("Observation", entries):
            results.observation(entry.resource)
        for entry in _of("DiagnosticReport", entries):
            results.report(entry.resource, entry.names)
        for entry in _of("DocumentReference", entries):
            parties.document(entry.resource, self.subject)
        return results

    def _payer(self, facts: dict[str, Any], entries: list[Entry]) -> None:
        cards = _of("Coverage", entries)
        for entry in cards[1:]:
            entry.resource.faults.add(entry.resource.path, "is a second Coverage; one is coded for")
        for entry in cards[:1]:
            kind, path = parties.coverage(entry.resource, self.subject)
            if kind is not None:
                parties.with_payer(facts, kind, path, self.places, self.encounter.resource)

    def _npi(self, entries: list[Entry]) -> str | None:
        """The NPI of the only participant, who is the rendering clinician."""
        encounter = self.encounter.resource
        known: dict[str, str | None] = {}
        for entry in _of("Practitioner", entries):
            known |= dict.fromkeys(entry.names, parties.practitioner(entry.resource))
        participants = list(encounter.items("participant", 1))
        if not participants:
            encounter.faults.add(encounter.at("participant"), "is needed")
            return None
        participants[0].knows("individual")
        clinician = participants[0].child("individual", "identifier", "reference", "type", "display", required=True)
        if clinician is None:
            return None
        if clinician.content.get("reference") is not None:
            name = elements.target(clinician)
            if name not in known:
                clinician.faults.add(clinician.at("reference"), "must be a Practitioner of this bundle")
            for entry in _of("Practitioner", entries):
                if name not in entry.names:
                    entry.resource.faults.add(entry.resource.path, "is not the participant of the Encounter")
            return known.get(name or "")
        identifier = clinician.child("identifier", "system", "value", required=True)
        return identifier and parties.npi(identifier)

    def _day(self, encounter: Form) -> str | None:
        period = encounter.child("period", "start", "end", required=True)
        if period is None:
            return None
        self.places["date"] = period.at("start")
        start, end = elements.day(period, "start", required=True), elements.day(period, "end")
        if end is not None and end != start:
            period.faults.add(period.at("end"), "must be on the day of the start")
        return start

    def _condition(self, entry: Entry, position: int) -> dict[str, Any]:
        condition, at = entry.resource, f"problems[{position}]"
        condition.knows(
            *COMMON, "clinicalStatus", "verificationStatus", "category", "code", "subject", "encounter"
        )  # fmt: skip
        self._belongs(condition)
        elements.fixed(condition, "clinicalStatus", CLINICAL, "active", "recurrence", "relapse")
        elements.fixed(condition, "verificationStatus", VERIFICATION, "confirmed")
        for category in condition.items("category", 1):
            category.knows("coding")
            elements.one_code(category, CATEGORY, "encounter-diagnosis")
        ref = f"p{position + 1}"
        self.problems |= dict.fromkeys(entry.names, ref)
        self.places[at] = condition.path
        concept = condition.child("code", "coding", "text", required=True)
        if concept is None:
            return {"ref": ref}
        self.places |= {f"{at}.icd10": concept.at("coding[0].code"), f"{at}.text": concept.at("text")}
        code = elements.one_code(concept, ICD_10_CM)
        if isinstance(code, str):
            self.codes |= dict.fromkeys(entry.names, code)
        return {"ref": ref, "icd10": code, **elements.plain(concept.content, "text")}

    def _procedure(self, entry: Entry, extensions: Extensions, results: Results, position: int) -> dict[str, Any]:
        procedure, at = entry.resource, f"procedures[{position}]"
        procedure.knows(
            *COMMON, "status", "code", "subject", "encounter", "performedDateTime", "reasonReference", "bodySite",
            "report", "extension",
        )  # fmt: skip
        self._belongs(procedure)
        procedure.needs("status", one_of("completed"))
        performed = elements.day(procedure, "performedDateTime")
        if performed is not None and performed != self.day:
            procedure.faults.add(procedure.at("performedDateTime"), "must be on the day of the Encounter")
        self.places |= {at: procedure.path, f"{at}.kind": procedure.at("code.coding[0].code")}
        concept = procedure.child("code", "coding", required=True)
        facts: dict[str, Any] = {"kind": concept and elements.one_code(concept, KINDS, *Kind)}
        for reason in procedure.items("reasonReference", 1):
            reason.knows("reference", "type", "display")
            self.places[f"{at}.problem_ref"] = reason.path
            facts["problem_ref"] = self._problem(reason)
        for site in procedure.items("bodySite", 1):
            site.knows("text")
            self.places[f"{at}.site"] = site.at("text")
            facts |= {"site": site.needs("text", lambda text: text)}
        facts |= extensions.facts(procedure, PROCEDURE, at)
        results.of(procedure, entry.names, facts, self.places, at)
        return facts

    def _belongs(self, resource: Form, encounter_element: str = "encounter") -> None:
        """To the patient and the Encounter of this bundle."""
        subject = elements.reference(resource, "subject", required=True)
        if subject is not None and subject != self.subject:
            resource.faults.add(resource.at("subject.reference"), "must be the subject of the Encounter")
        encounter = elements.reference(resource, encounter_element)
        if encounter is not None and encounter not in self.encounter.names:
            where = resource.at(f"{encounter_element}.reference")
            resource.faults.add(where, "must be the Encounter of this bundle")

    def _problem(self, reference: Form) -> str | None:
        name = elements.target(reference)
        if name is not None and name not in self.problems:
            reference.faults.add(reference.at("reference"), "must be a Condition of this bundle")
        return self.problems.get(name or "")

    def _patient_id(self, encounter: Form) -> UUID | None:
        try:
            return UUID((self.subject or "").removeprefix("Patient/"))
        except ValueError:
            where = encounter.at("subject.reference")
            encounter.faults.add(where, "must be Patient/ and the id that the patient was registered under")
            return None


def _check_class(encounter: Form, telehealth: bool) -> None:
    coding = encounter.child("class", "system", "code", "display", required=True)
    code = coding and elements.code_of(coding, ACT_CODE, "AMB", "VR")
    if coding is not None and code is not None and (code == "VR") != telehealth:
        coding.faults.add(coding.at("code"), "must be VR with the telehealth extension and AMB without it")


def _visit_number(encounter: Form) -> str | None:
    for identifier in encounter.items("identifier", 1):
        identifier.knows("system", "value")
        identifier.needs("system", one_of(VISIT_NUMBERS))
        return identifier.needs("value", _read_visit_number)
    return None


def _location_code(encounter: Form) -> str | None:
    for place in encounter.items("location", 1):
        place.knows("location")
        location = place.child("location", "identifier", "type", "display", required=True)
        identifier = location and location.child("identifier", "system", "value", required=True)
        if identifier is not None:
            identifier.needs("system", one_of(LOCATION_CODES))
            return identifier.needs("value", _read_location_code)
    return None


def _read_location_code(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(LOCATION_CODE, value):
        raise Complaint("must be 1 to 20 capital letters, digits and dashes, a letter or digit first")
    return value


def _read_visit_number(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(VISIT_NUMBER, value):
        raise Complaint("must be 1 to 64 letters, digits, dots, slashes and dashes, a letter or digit first")
    return value
