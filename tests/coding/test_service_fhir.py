"""Visits as FHIR R4 bundles: the same document, the same lines, and a clear word on what the profile does not know."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.domain.engine import code_visit
from coding.domain.reading import PROCEDURE_FACTS
from coding.domain.refusals import VisitUnreadable
from coding.domain.visit import Evaluation, Kind, Procedure, Visit
from coding.fhir.bundle import read_bundle
from coding.fhir.elements import BundleUnreadable
from coding.fhir.profile import PROCEDURE, VISIT, Fact
from coding.main import SERVICE
from coding.operations.documenting import documented
from common.ids import new_id
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]
Json = dict[str, Any]
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "fhir.md"
ALL = ("encounters:read", "encounters:write")
BASE = "https://dermbill.org/fhir/StructureDefinition/"
UCUM = "http://unitsofmeasure.org"
KINDS = "https://dermbill.org/fhir/CodeSystem/procedure-kind"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
NPI = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}
PATIENT = "Patient/01937e00-0000-7000-8000-000000000003"

# Written out by hand, so that the profile is not only held to itself.
BUNDLE: Json = {
    "resourceType": "Bundle",
    "type": "collection",
    "timestamp": "2026-03-04T17:00:00Z",
    "entry": [
        {
            "fullUrl": "urn:uuid:5a1e0000-0000-4000-8000-000000000001",
            "resource": {
                "resourceType": "Encounter",
                "meta": {"lastUpdated": "2026-03-04T17:00:00Z"},
                "identifier": [
                    {"system": "https://dermbill.org/fhir/NamingSystem/visit-number", "value": "V-2026-0007"}
                ],
                "status": "finished",
                "class": {"system": ACT, "code": "AMB"},
                "subject": {"reference": PATIENT, "display": "not kept"},
                "participant": [{"individual": {"identifier": NPI}}],
                "period": {"start": "2026-03-04T09:30:00-06:00", "end": "2026-03-04T09:50:00-06:00"},
                "extension": [
                    {"url": BASE + "place-of-service", "valueCode": "11"},
                    {
                        "url": BASE + "payer",
                        "extension": [
                            {"url": "type", "valueCode": "medicare"},
                            {"url": "x-modifiers", "valueBoolean": True},
                        ],
                    },
                    {
                        "url": BASE + "patient",
                        "extension": [
                            {"url": "age", "valueInteger": 72},
                            {"url": "sex", "valueCode": "M"},
                            {"url": "new-or-established", "valueCode": "established"},
                        ],
                    },
                    {
                        "url": BASE + "em",
                        "extension": [
                            {"url": "mdm", "valueCode": "low"},
                            {"url": "separately-identifiable", "valueBoolean": True},
                            {"url": "em-problem-refs", "valueReference": {"reference": "Condition/psoriasis"}},
                        ],
                    },
                ],
            },
        },
        {
            "resource": {
                "resourceType": "Condition",
                "id": "psoriasis",
                "subject": {"reference": PATIENT},
                "code": {
                    "coding": [{"system": ICD, "code": "L40.0", "display": "not kept"}],
                    "text": "plaques, elbows",
                },
            }
        },
        {
            "resource": {
                "resourceType": "Condition",
                "id": "lesion",
                "subject": {"reference": PATIENT},
                "code": {"coding": [{"system": ICD, "code": "C44.619"}]},
            }
        },
        {
            "resource": {
                "resourceType": "Procedure",
                "status": "completed",
                "subject": {"reference": PATIENT},
                "encounter": {"reference": "urn:uuid:5a1e0000-0000-4000-8000-000000000001"},
                "performedDateTime": "2026-03-04",
                "code": {"coding": [{"system": KINDS, "code": "excision"}]},
                "bodySite": [{"text": "left forearm"}],
                "reasonReference": [{"reference": "Condition/lesion"}],
                "extension": [
                    {"url": BASE + "lesion-type", "valueCode": "malignant"},
                    {"url": BASE + "diameter-cm", "valueQuantity": {"value": 0.8, "system": UCUM, "code": "cm"}},
                    {"url": BASE + "margin-cm", "valueQuantity": {"value": 0.4, "system": UCUM, "code": "cm"}},
                    {"url": BASE + "pathology-icd10", "valueCode": "C44.619"},
                ],
            }
        },
    ],
}


@pytest.fixture
async def coding(run_service: Start) -> Running:
    return await run_service(SERVICE)


async def send(coding: Running, bundle: Json, media_type: str = "application/fhir+json") -> Any:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": media_type}
    async with coding.client(*ALL) as http:
        return await http.post("/fhir/R4/Bundle", content=json.dumps(bundle), headers=headers)


def changed(path: str, value: Any) -> Json:
    """The bundle with one element set; `path` such as `entry.0.resource.status`."""
    bundle = copy.deepcopy(BUNDLE)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    place: Any = bundle
    for step in steps:
        place = place[step]
    if isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return bundle


class TestABundle:
    async def test_becomes_an_encounter_like_any_other(self, coding: Running) -> None:
        answer = await send(coding, BUNDLE)
        assert answer.status_code == 201, answer.text
        encounter = answer.json()
        assert (encounter["disposition"], encounter["visit_number"]) == ("ready", "V-2026-0007")
        assert f"Patient/{encounter['patient_id']}" == PATIENT
        assert [(line["cpt"], line["modifiers"], line["dx"]) for line in encounter["lines"]] == [
            ("99213", ["25"], ["L40.0"]),
            ("11602", [], ["C44.619"]),
        ]
        [event] = await coding.published()
        assert (event.name, event.data["rendering_npi"]) == ("EncounterCoded", NPI["value"])

    async def test_is_kept_as_the_visit_form(self, coding: Running) -> None:
        id = (await send(coding, BUNDLE, "application/json")).json()["id"]
        async with coding.client(*ALL) as http:
            kept = (await http.get(f"/encounters/{id}")).json()["visit"]
        assert kept == {
            "date": "2026-03-04",
            "place_of_service": "11",
            "payer": {"type": "medicare", "x_modifiers": True},
            "patient": {"age": 72, "sex": "M", "new_or_established": "established"},
            "em": {"mdm": "low", "separately_identifiable": True, "em_problem_refs": ["p1"]},
            "problems": [
                {"ref": "p1", "icd10": "L40.0", "text": "plaques, elbows"},
                {"ref": "p2", "icd10": "C44.619"},
            ],
            "procedures": [
                {
                    "kind": "excision",
                    "site": "left forearm",
                    "problem_ref": "p2",
                    "lesion_type": "malignant",
                    "diameter_cm": 0.8,
                    "margin_cm": 0.4,
                    "pathology_icd10": "C44.619",
                }
            ],
        }

    async def test_names_where_the_visit_was(self, coding: Running) -> None:
        assert (await send(coding, BUNDLE)).json()["location_code"] is None
        assert (await send(coding, changed(f"{E}.location", [at_location("EAST")]))).json()["location_code"] == "EAST"
        [_, event] = await coding.published()
        assert event.data["location_code"] == "EAST"

    async def test_of_another_media_type_is_not_read(self, coding: Running) -> None:
        answer = await send(coding, BUNDLE, "application/fhir+xml")
        assert (answer.status_code, answer.headers["Accept-Post"]) == (415, "application/fhir+json, application/json")

    async def test_is_recorded_once_under_one_key(self, coding: Running) -> None:
        headers = {"Idempotency-Key": str(uuid4())}
        async with coding.client(*ALL) as http:
            first = await http.post("/fhir/R4/Bundle", json=BUNDLE, headers=headers)
            second = await http.post("/fhir/R4/Bundle", json=BUNDLE, headers=headers)
        assert first.json() == second.json()
        assert len(await coding.published()) == 1


def at_location(code: str) -> Json:
    return {"location": {"identifier": {"system": LOCATIONS, "value": code}, "display": "East clinic"}}


LOCATIONS = "https://dermbill.org/fhir/NamingSystem/location-code"
CURE = {"url": BASE + "cure", "valueBoolean": True}
AGAIN = {"url": BASE + "place-of-service", "valueCode": "11"}
NONE_AND_ONE = [{"url": BASE + "symptoms", "valueString": "itching"}, {"url": BASE + "symptoms", "valueBoolean": False}]
DIAMETER = "entry.3.resource.extension.1"
R, E = "Bundle.entry", "entry.0.resource"


class TestWhatTheProfileDoesNotKnow:
    @pytest.mark.parametrize(
        ("path", "value", "says"),
        [
            ("resourceType", "Patient", "Bundle.resourceType must be one of Bundle"),
            ("type", "batch", "Bundle.type must be one of collection"),
            ("entry", [], "Bundle.entry must have exactly one Encounter"),
            ("entry", {"a": 1}, "Bundle.entry must be a list"),
            ("signature", {}, "Bundle.signature is not known"),
            ("entry.4", {"resource": {"resourceType": "Specimen"}}, f"{R}[4].resource.resourceType must be one of"),
            ("entry.4", {"resource": 7}, f"{R}[4].resource must be an object"),
            ("entry.4", {"request": {}}, f"{R}[4].request is not known"),
            ("entry.2.resource.id", "psoriasis", f"{R}[2].resource has the fullUrl or the id of an earlier entry"),
            (f"{E}.status", "planned", f"{R}[0].resource.status must be one of finished"),
            (f"{E}.class.code", "VR", f"{R}[0].resource.class.code must be VR with the telehealth extension"),
            (f"{E}.contained", [{"resourceType": "Nonsense"}], f"{R}[0].resource.contained is not known"),
            (f"{E}.text", {"status": "additional", "div": "<div/>"}, f"{R}[0].resource.text.status must be one of"),
            (f"{E}.meta.security", [{"code": "R"}], f"{R}[0].resource.meta.security is not known"),
            (f"{E}.subject.reference", "Patient/Maren Quill", f"{R}[0].resource.subject.reference must be Patient/"),
            (f"{E}.participant", [], f"{R}[0].resource.participant is needed"),
            (f"{E}.participant.0.individual.identifier.value", "1", "individual.identifier.value must be an NPI"),
            (f"{E}.period.end", "2026-03-05", f"{R}[0].resource.period.end must be on the day of the start"),
            (f"{E}.period.start", "2026-03", f"{R}[0].resource.period.start must be a full date"),
            (f"{E}.location", [at_location("East clinic")], "location.identifier.value must be 1 to 20 capital"),
            (f"{E}.location", [at_location("A"), at_location("B")], f"{R}[0].resource.location may have at most 1"),
            (f"{E}.location", [{"location": {"reference": "Location/1"}}], "location.reference is not known"),
            (f"{E}.location", [{"status": "completed"}], f"{R}[0].resource.location[0].location is needed"),
            (f"{E}.extension.4", CURE, f"{R}[0].resource.extension[4].url is not an extension of the profile here"),
            (f"{E}.extension.4", AGAIN, f"{R}[0].resource.extension[4] repeats an extension"),
            (f"{E}.extension.0.valueCode", "99", f"{R}[0].resource.extension[0].valueCode must be one of 02, 10, 11"),
            (
                f"{E}.extension.0",
                {"url": BASE + "place-of-service"},
                f"{R}[0].resource.extension[0].valueCode is needed",
            ),
            (f"{E}.extension.1.extension.0.valueCode", "barter", "extension[1].extension[0].valueCode must be one of"),
            (f"{E}.extension.1.extension", [], f"{R}[0].resource.extension[1] (payer.type) is needed"),
            (
                f"{E}.extension.3.extension.2.valueReference.reference",
                "Condition/x",
                "must be a Condition of this bundle",
            ),
            ("entry.1.resource.subject.reference", "Patient/x", "must be the subject of the Encounter"),
            ("entry.1.resource.verificationStatus", {"coding": [{"code": "refuted"}]}, "code must be one of confirmed"),
            (
                "entry.1.resource.code.coding.0.system",
                "http://snomed.info/sct",
                f"coding[0].system must be one of {ICD}",
            ),
            ("entry.1.resource.code.coding.0.code", "?", f"{R}[1].resource.code.coding[0].code must be an ICD-10-CM"),
            ("entry.1.resource.code.coding.1", {"code": "x"}, "code.coding may have at most 1 entries"),
            ("entry.1.resource.severity", {"text": "bad"}, f"{R}[1].resource.severity is not known"),
            ("entry.3.resource.status", "not-done", f"{R}[3].resource.status must be one of completed"),
            ("entry.3.resource.code.coding.0.code", "lobotomy", "code.coding[0].code must be one of biopsy"),
            (
                "entry.3.resource.performedDateTime",
                "2026-03-05",
                "performedDateTime must be on the day of the Encounter",
            ),
            ("entry.3.resource.encounter.reference", "Encounter/x", "must be the Encounter of this bundle"),
            ("entry.3.resource.bodySite.0", {"coding": [{"code": "x"}]}, "bodySite[0].coding is not known"),
            (
                "entry.3.resource.bodySite.0",
                {"text": "arm\narm"},
                f"{R}[3].resource.bodySite[0].text must be printable",
            ),
            ("entry.3.resource.note", [{"text": "bled"}], f"{R}[3].resource.note is not known"),
            (f"{DIAMETER}.valueQuantity.code", "mm", "extension[1].valueQuantity must be in cm"),
            (f"{DIAMETER}.valueQuantity.unit", "mm", "extension[1].valueQuantity.unit must be cm"),
            (f"{DIAMETER}.valueQuantity.value", -1, f"{R}[3].resource.extension[1].valueQuantity must be a number"),
            (f"{DIAMETER}.valueString", "0.8", "extension[1].valueString is not known"),
            (
                DIAMETER,
                {"url": BASE + "sticks", "valueInteger": 1},
                "extension[1].valueInteger is not known; known here: kind",
            ),
            ("entry.3.resource.extension", NONE_AND_ONE, "extension[1] contradicts an earlier one"),
            ("entry.3.resource.extension", NONE_AND_ONE[::-1], "extension[1] contradicts an earlier one"),
            (f"{E}.Maren Quill", 1, f"{R}[0].resource.Maren?Quill is not known"),
        ],
    )
    async def test_is_refused_by_its_fhir_path_and_nothing_is_kept(
        self, coding: Running, path: str, value: Any, says: str
    ) -> None:
        answer = await send(coding, changed(path, value))
        assert (answer.status_code, answer.json()["code"]) == (422, "bundle-unreadable")
        assert says in answer.json()["detail"]
        assert "Maren Quill" not in answer.text
        assert await coding.published() == []

    async def test_what_fhir_itself_forbids_is_refused_by_its_path(self, coding: Running) -> None:
        answer = await send(coding, changed(f"{E}.meta.lastUpdated", "yesterday"))
        assert answer.status_code == 422
        assert "Bundle.entry[0].resource.meta.lastUpdated is not valid FHIR R4" in answer.json()["detail"]


def paths(value: Any, at: str = "") -> list[str]:
    """Every element of a JSON value, as `changed` names them."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(f"{at}.{name}" if at else str(name), item) for name, item in items]
    return [path for path, _ in found] + [deeper for path, item in found for deeper in paths(item, path)]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@given(path=st.sampled_from(paths(BUNDLE)), value=ANYTHING)
def test_whatever_stands_in_an_element_is_read_or_refused(path: str, value: Any) -> None:
    with contextlib.suppress(BundleUnreadable):
        received = read_bundle(changed(path, value))
        try:
            documented(received.document)
        except VisitUnreadable as refusal:
            refused = received.in_its_own_words(refusal)
            assert all(fault.path.startswith("Bundle.entry[") for fault in refused.faults)


class TestTheVocabulary:
    def test_every_fact_of_every_kind_has_its_place(self) -> None:
        words = {fact for facts in PROCEDURE_FACTS.values() for fact in facts}
        assert words == {"problem_ref", "site", *PROCEDURE}

    def test_no_fact_of_the_visit_that_the_engine_reads_is_left_out(self) -> None:
        own = {"date", "problems", "procedures", "last_face_to_face"}
        assert {field for field in Visit.__dataclass_fields__ if field not in own} | {"history"} == set(VISIT)
        assert set(Evaluation.__dataclass_fields__) == set(VISIT["em"].parts)
        outside = {"position", "kind", "problem_ref", "site"}
        assert {field for field in Procedure.__dataclass_fields__ if field not in outside} <= set(PROCEDURE)

    def test_the_guide_names_every_extension_and_its_example_is_read(self) -> None:
        guide = GUIDE.read_text("utf-8")
        words = [*VISIT, *PROCEDURE, *(part for fact in VISIT.values() for part in fact.parts)]
        assert [word for word in words if f"`{word.replace('_', '-')}`" not in guide] == []
        assert [kind for kind in Kind if f"`{kind}`" not in guide] == []
        example = json.loads(guide.split("```json")[1].split("```")[0])
        assert code_visit(documented(read_bundle(example).document).facts).disposition == "ready"

    async def test_the_golden_cases_come_out_the_same_by_either_door(
        self, coding: Running, shared_folder: Path
    ) -> None:
        cases = json.loads((shared_folder / "data" / "golden_coding_cases.json").read_text("utf-8"))["cases"]
        async with coding.client(*ALL) as http:
            for case in cases:
                direct = (await http.post("/encounters/preview", json=case["encounter"])).json()
                headers = {"Idempotency-Key": str(uuid4())}
                answer = await http.post("/fhir/R4/Bundle", json=as_bundle(case["encounter"]), headers=headers)
                assert answer.status_code == 201, (case["id"], answer.text)
                assert {name: answer.json()[name] for name in direct} == direct, case["id"]

    def test_a_visit_goes_into_a_bundle_and_comes_back_the_same(self, shared_folder: Path) -> None:
        cases = json.loads((shared_folder / "data" / "golden_coding_cases.json").read_text("utf-8"))["cases"]
        for case in cases:
            received = read_bundle(as_bundle(case["encounter"]))
            assert received.document == documented_only(case["encounter"]), case["id"]
            assert received.patient_id == UUID(PATIENT.removeprefix("Patient/"))


def documented_only(value: Any) -> Any:
    """The form without its nulls: FHIR says "not documented" by leaving out."""
    if isinstance(value, dict):
        return {name: documented_only(item) for name, item in value.items() if item is not None}
    return [documented_only(item) for item in value] if isinstance(value, list) else value


def as_bundle(visit: Json) -> Json:
    """The visit form written by the profile."""
    telehealth = visit.get("telehealth") is not None
    own = {name: fact for name, fact in visit.items() if name not in ("date", "problems", "procedures")}
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": ACT, "code": "VR" if telehealth else "AMB"},
        "subject": {"reference": PATIENT},
        "participant": [{"individual": {"identifier": NPI}}],
        "period": {"start": visit["date"]},
        "extension": extensions(own, VISIT, BASE),
    }
    resources = [encounter, *map(condition, visit["problems"]), *map(procedure, visit["procedures"])]
    entries = [{"fullUrl": f"urn:uuid:{new_id()}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def condition(problem: Json) -> Json:
    return {
        "resourceType": "Condition",
        "id": problem["ref"],
        "subject": {"reference": PATIENT},
        "code": {"coding": [{"system": ICD, "code": problem["icd10"]}], "text": problem["text"]},
    }


def procedure(facts: Json) -> Json:
    own = {name: fact for name, fact in facts.items() if name not in ("kind", "site", "problem_ref")}
    found: Json = {
        "resourceType": "Procedure",
        "status": "completed",
        "subject": {"reference": PATIENT},
        "code": {"coding": [{"system": KINDS, "code": facts["kind"]}]},
        "reasonReference": [{"reference": f"Condition/{facts['problem_ref']}"}],
    }
    if facts.get("site"):
        found["bodySite"] = [{"text": facts["site"]}]
    written = extensions(own, PROCEDURE, BASE)
    return found | ({"extension": written} if written else {})


def extensions(facts: Mapping[str, Any], table: Mapping[str, Fact], base: str) -> list[Json]:
    written: list[Json] = []
    for name, value in facts.items():
        url = {"url": base + name.replace("_", "-")}
        if value == [] and not table[name].parts:
            written.append(url | {"valueBoolean": False})
        for item in value if table[name].many and value else [value]:
            if item not in (None, []):
                written.append(url | content(item, table[name]))
    return written


def content(item: Any, fact: Fact) -> Json:
    if fact.parts:
        return {"extension": extensions(item, fact.parts, "")}
    if fact.unit:
        return {fact.value: {"value": item, "system": UCUM, "code": fact.unit}}
    return {fact.value: {"reference": f"Condition/{item}"} if fact.value == "valueReference" else item}
