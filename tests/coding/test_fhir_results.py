"""Measures, pathology, clinician and payer as FHIR resources of their own."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from coding.domain.engine import code_visit
from coding.fhir.bundle import Received, read_bundle
from coding.fhir.elements import BundleUnreadable
from coding.operations.documenting import documented

Json = dict[str, Any]
BASE = "https://dermbill.org/fhir/"
PATIENT = {"reference": "Patient/01937e00-0000-7000-8000-000000000003"}
ICD, UCUM = "http://hl7.org/fhir/sid/icd-10-cm", "http://unitsofmeasure.org"


def extension(name: str, **value: Any) -> Json:
    return {"url": f"{BASE}StructureDefinition/{name}", **value}


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


ENCOUNTER: Json = {
    "resourceType": "Encounter",
    "id": "visit",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": PATIENT,
    "participant": [{"individual": {"reference": "Practitioner/doctor"}}],
    "period": {"start": "2026-03-04"},
    "extension": [
        extension("place-of-service", valueCode="11"),
        extension("payer", extension=[{"url": "x-modifiers", "valueBoolean": True}]),
        extension("patient", extension=[{"url": "age", "valueInteger": 66}]),
    ],
}
DOCTOR: Json = {
    "resourceType": "Practitioner",
    "id": "doctor",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
    "name": [{"family": "not kept"}],
}
CARD: Json = {
    "resourceType": "Coverage",
    "status": "active",
    "type": coded(f"{BASE}CodeSystem/payer-type", "medicare"),
    "beneficiary": PATIENT,
    "payor": [{"display": "not kept"}],
}
LESION: Json = {"resourceType": "Condition", "id": "lesion", "subject": PATIENT, "code": coded(ICD, "C44.619")}
EXCISION: Json = {
    "resourceType": "Procedure",
    "id": "excision",
    "status": "completed",
    "subject": PATIENT,
    "code": coded(f"{BASE}CodeSystem/procedure-kind", "excision"),
    "bodySite": [{"text": "left forearm"}],
    "reasonReference": [{"reference": "Condition/lesion"}],
    "report": [{"reference": "DiagnosticReport/pathology"}],
    "extension": [extension("lesion-type", valueCode="malignant")],
}
REPORT: Json = {
    "resourceType": "DiagnosticReport",
    "id": "pathology",
    "status": "final",
    "code": {"text": "surgical pathology"},
    "subject": PATIENT,
    "effectiveDateTime": "2026-03-09",
    "conclusion": "not kept",
    "conclusionCode": [coded(ICD, "C44.619")],
}
NOTE: Json = {
    "resourceType": "DocumentReference",
    "status": "current",
    "subject": PATIENT,
    "content": [{"attachment": {"title": "not kept"}}],
}


def measure(name: str, value: float, **changes: Any) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(f"{BASE}CodeSystem/measure", name),
        "subject": PATIENT,
        "partOf": [{"reference": "Procedure/excision"}],
        "valueQuantity": {"value": value, "system": UCUM, "code": "cm"},
    } | changes


DIAMETER, MARGIN = measure("diameter-cm", 0.8), measure("margin-cm", 0.4)
WHOLE = (ENCOUNTER, DOCTOR, CARD, LESION, EXCISION, DIAMETER, MARGIN, REPORT, NOTE)


def read(*resources: Json) -> Received:
    entries = [{"resource": copy.deepcopy(one)} for one in resources]
    return read_bundle({"resourceType": "Bundle", "type": "collection", "entry": entries})


def but(changed: Json, **changes: Any) -> list[Json]:
    """All of them, one with other elements."""
    return [one | changes if one is changed else one for one in WHOLE]


class TestResourcesOfTheirOwn:
    def test_say_the_same_as_extensions(self) -> None:
        received = read(*WHOLE)
        assert received.rendering_npi == "1234567893"
        assert received.document["payer"] == {"x_modifiers": True, "type": "medicare"}
        assert received.document["procedures"] == [
            {
                "kind": "excision",
                "problem_ref": "p1",
                "site": "left forearm",
                "lesion_type": "malignant",
                "diameter_cm": 0.8,
                "margin_cm": 0.4,
                "pathology_icd10": "C44.619",
            }
        ]
        [line] = code_visit(documented(received.document).facts).lines
        assert (line.cpt, line.dx) == ("11602", ("C44.619",))

    @pytest.mark.parametrize("status", ["registered", "partial", "preliminary"])
    def test_a_report_that_is_not_final_leaves_the_visit_waiting_for_it(self, status: str) -> None:
        received = read(*but(REPORT, status=status))
        assert "pathology_icd10" not in received.document["procedures"][0]

    def test_an_extension_and_an_observation_may_agree(self) -> None:
        same = extension("diameter-cm", valueQuantity={"value": 0.8, "system": UCUM, "code": "cm"})
        twice = but(EXCISION, extension=[*EXCISION["extension"], same])
        assert read(*twice).document["procedures"][0]["diameter_cm"] == 0.8

    @pytest.mark.parametrize(
        ("resources", "says"),
        [
            (
                [*WHOLE, measure("diameter-cm", 2.8)],
                "valueQuantity does not agree with another diameter_cm",
            ),
            ([*WHOLE, measure("colour", 1)], "[9].resource.code.coding[0].code must be one of"),
            (but(MARGIN, status="preliminary"), "[6].resource.status must be one of final"),
            (but(MARGIN, partOf=[]), "[6].resource.partOf is needed"),
            (
                but(MARGIN, partOf=[{"reference": "Procedure/other"}]),
                "[6].resource.partOf[0].reference must be a Procedure of this bundle",
            ),
            (
                but(MARGIN, valueQuantity={"value": 4, "system": UCUM, "code": "mm"}),
                "[6].resource.valueQuantity must be in cm",
            ),
            (but(REPORT, conclusionCode=[]), "conclusionCode is needed in a final report"),
            (but(EXCISION, report=[]), "[7].resource is the report of no Procedure"),
            (but(CARD, beneficiary={"reference": "Patient/x"}), "must be the subject of the Encounter"),
            ([*WHOLE, CARD | {"id": "second"}], "[9].resource is a second Coverage"),
            ([*WHOLE, DOCTOR | {"id": "other"}], "[9].resource is not the participant"),
            ([one for one in WHOLE if one is not DOCTOR], "individual.reference must be a Practitioner of this bundle"),
            (but(NOTE, status="superseded"), "[8].resource.status must be one of current"),
        ],
    )
    def test_what_does_not_fit_is_refused_by_its_path(self, resources: list[Json], says: str) -> None:
        with pytest.raises(BundleUnreadable) as refused:
            read(*resources)
        assert any(says in str(fault) for fault in refused.value.faults), [str(one) for one in refused.value.faults]

    def test_a_payer_that_says_otherwise_than_the_card_is_refused(self) -> None:
        payer = extension("payer", extension=[{"url": "type", "valueCode": "commercial"}])
        place, _, patient = ENCOUNTER["extension"]
        with pytest.raises(BundleUnreadable, match="does not agree with the payer extension"):
            read(*but(ENCOUNTER, extension=[place, payer, patient]))
