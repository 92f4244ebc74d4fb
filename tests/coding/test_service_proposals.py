"""What an EHR proposes as codes, kept beside an encounter over HTTP and FHIR, on a real database."""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from coding.main import SERVICE
from common.ids import new_id
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]
Json = dict[str, Any]
ALL = ("encounters:read", "encounters:write")
NPI = "1234567893"
VISIT: Json = {
    "date": "2026-03-04",
    "place_of_service": "11",
    "payer": {"type": "medicare", "x_modifiers": True},
    "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
    "problems": [{"ref": "p1", "icd10": "D49.2", "text": "a synthetic note"}],
    "procedures": [{"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 2, "problem_ref": "p1"}],
}
CHARGES: list[Json] = [
    {"cpt": "11104", "units": 2, "modifiers": [], "dx": ["D492"]},
    {"cpt": "99213", "units": 1, "modifiers": ["25"], "dx": ["D492"]},
]


@pytest.fixture
async def coding(run_service: Start) -> Running:
    return await run_service(SERVICE)


async def send(coding: Running, patient_id: object, visit: Json = VISIT, **facts: Any) -> Any:
    body = {"patient_id": str(patient_id), "rendering_npi": NPI, "visit": visit} | facts
    async with coding.client(*ALL) as http:
        return await http.post("/encounters", json=body, headers={"Idempotency-Key": str(uuid4())})


async def whole(coding: Running, id: str) -> Json:
    async with coding.client(*ALL) as http:
        return (await http.get(f"/encounters/{id}")).json()


def standings(proposal: Json) -> dict[str, str]:
    return {(line["found"] or line["proposed"])["cpt"]: line["standing"] for line in proposal["lines"]}


class TestAProposal:
    async def test_stands_beside_what_the_facts_give_and_changes_no_line(self, coding: Running) -> None:
        told = (await send(coding, new_id(), proposed=CHARGES)).json()
        alone = (await send(coding, new_id())).json()
        assert told["lines"] == alone["lines"]
        assert (alone["proposal"], told["proposal"]["source"], told["proposal"]["agrees"]) == (None, "rest", False)
        assert standings(told["proposal"]) == {"11104": "differs", "11105": "only_found", "99213": "only_proposed"}
        [differs] = [line for line in told["proposal"]["lines"] if line["standing"] == "differs"]
        assert (differs["differs_in"], differs["reasons"][0]) == (["units"], "Units: proposed 2, found 1.")
        async with coding.client(*ALL) as http:
            listed = (await http.get("/encounters")).json()["items"]
        assert {item["id"]: item["agrees_with_proposal"] for item in listed} == {told["id"]: False, alone["id"]: None}

    async def test_that_comes_later_is_a_version_that_tells_the_others_nothing(self, coding: Running) -> None:
        told = (await send(coding, new_id())).json()
        body = {"lines": [{"cpt": "11104", "units": 1}, {"cpt": "11105", "units": 1, "dx": ["D49.2"]}]}
        async with coding.client(*ALL) as http:
            path, now = f"/encounters/{told['id']}/proposal", {"If-Match": '"1"'}
            answer = await http.put(path, json=body, headers=now)
            late = await http.put(path, json=body, headers=now)
        assert (answer.status_code, answer.json()["version"], late.status_code) == (200, 2, 412)
        assert standings(answer.json()["proposal"]) == {"11104": "differs", "11105": "same"}
        history = (await whole(coding, told["id"]))["history"]
        assert [(one["act"], one["published"]) for one in history] == [
            ("recorded", "EncounterCoded"),
            ("proposed", None),
        ]
        assert (history[0]["proposed"], len(history[1]["proposed"])) == (None, 2)

    async def test_stays_when_the_facts_are_amended(self, coding: Running) -> None:
        told = (await send(coding, new_id(), proposed=CHARGES)).json()
        once = VISIT | {"procedures": [VISIT["procedures"][0] | {"count": 1}]}
        async with coding.client(*ALL) as http:
            path = f"/encounters/{told['id']}/visit"
            answer = (await http.put(path, json=once, headers={"If-Match": '"1"'})).json()
        assert standings(answer["proposal"]) == {"11104": "differs", "99213": "only_proposed"}

    @pytest.mark.parametrize(
        "line",
        [
            {"cpt": "an office visit", "units": 1},
            {"cpt": "11104", "units": 0},
            {"cpt": "11104", "units": 1, "why": "?"},
        ],
    )
    async def test_that_is_no_line_of_codes_is_refused(self, coding: Running, line: Json) -> None:
        assert (await send(coding, new_id(), proposed=[line])).status_code == 422

    async def test_alone_is_held_and_asks_for_the_facts(self, coding: Running) -> None:
        told = (await send(coding, new_id(), VISIT | {"procedures": []}, proposed=CHARGES)).json()
        assert (told["disposition"], told["lines"]) == ("hold", [])
        assert [question["path"] for question in told["questions"]] == ["em"]
        assert set(standings(told["proposal"]).values()) == {"only_proposed"}


class TestAVisitThatComesTwice:
    async def test_is_one_visit(self, coding: Running) -> None:
        patient_id = new_id()
        first, second = [await send(coding, patient_id, visit_number="V-1", proposed=CHARGES) for _ in range(2)]
        assert (second.status_code, second.json()["id"], second.json()["version"]) == (201, first.json()["id"], 1)
        assert [event.name for event in await coding.published()] == ["EncounterCoded"]

    async def test_changed_is_a_new_version_with_what_differs(self, coding: Running) -> None:
        patient_id = new_id()
        first = (await send(coding, patient_id, visit_number="V-1")).json()
        more = VISIT | {"procedures": [VISIT["procedures"][0] | {"count": 3}]}
        second = (await send(coding, patient_id, more, visit_number="V-1")).json()
        assert (second["id"], second["version"], first["changed"]) == (first["id"], 2, None)
        [line] = second["changed"]["lines"]
        assert (line["standing"], line["now"]["cpt"], line["reasons"]) == (
            "changed",
            "11105",
            ["Units: before 1, now 2."],
        )
        assert [one["act"] for one in (await whole(coding, first["id"]))["history"]] == ["recorded", "received"]

    async def test_does_not_take_back_what_a_coder_answered_since(self, coding: Running) -> None:
        patient_id = new_id()
        asks = VISIT | {"procedures": [VISIT["procedures"][0] | {"technique": None}]}
        held = (await send(coding, patient_id, asks, visit_number="V-1")).json()
        async with coding.client(*ALL) as http:
            await http.put(f"/encounters/{held['id']}/visit", json=VISIT, headers={"If-Match": '"1"'})
        again = (await send(coding, patient_id, asks, visit_number="V-1")).json()
        assert (again["version"], again["disposition"]) == (2, "ready")

    async def test_as_charges_alone_brings_its_proposal_and_keeps_the_facts(self, coding: Running) -> None:
        patient_id = new_id()
        first = (await send(coding, patient_id, visit_number="V-1")).json()
        bare = VISIT | {"procedures": []}
        again = (await send(coding, patient_id, bare, visit_number="V-1", proposed=CHARGES)).json()
        assert (again["version"], again["lines"]) == (2, first["lines"])
        assert standings(again["proposal"])["99213"] == "only_proposed"


BASE = "https://dermbill.org/fhir/StructureDefinition/"
PATIENT = "Patient/01937e00-0000-7000-8000-000000000003"
CPT = "http://www.ama-assn.org/go/cpt"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ENCOUNTER: Json = {
    "resourceType": "Encounter",
    "id": "visit",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": {"reference": PATIENT},
    "participant": [{"individual": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": NPI}}}],
    "period": {"start": "2026-03-04"},
    "extension": [
        {"url": BASE + "place-of-service", "valueCode": "11"},
        {"url": BASE + "payer", "extension": [{"url": "type", "valueCode": "medicare"}]},
        {"url": BASE + "patient", "extension": [{"url": "age", "valueInteger": 66}]},
    ],
}
LESION: Json = {
    "resourceType": "Condition",
    "id": "lesion",
    "subject": {"reference": PATIENT},
    "code": {"coding": [{"system": ICD, "code": "D49.2"}]},
}
PUNCH: Json = {
    "resourceType": "Procedure",
    "id": "punch",
    "status": "completed",
    "subject": {"reference": PATIENT},
    "code": {"coding": [{"system": "https://dermbill.org/fhir/CodeSystem/procedure-kind", "code": "biopsy"}]},
    "bodySite": [{"text": "left cheek"}],
    "reasonReference": [{"reference": "Condition/lesion"}],
    "extension": [
        {"url": BASE + "technique", "valueString": "punch"},
        {"url": BASE + "count", "valueInteger": 1},
    ],
}
CHARGE: Json = {
    "resourceType": "ChargeItem",
    "identifier": [{"value": "C-1"}],
    "status": "billable",
    "subject": {"reference": PATIENT},
    "context": {"reference": "Encounter/visit"},
    "occurrenceDateTime": "2026-03-04T09:30:00Z",
    "code": {"coding": [{"system": CPT, "code": "11104"}, {"system": CPT, "code": "59"}]},
    "quantity": {"value": 2},
    "bodysite": [{"text": "left cheek"}],
    "reason": [{"coding": [{"system": ICD, "code": "D49.2"}]}],
    "service": [{"reference": "Procedure/punch"}],
    "supportingInformation": [{"reference": "Condition/lesion"}],
    "extension": [{"url": BASE + "modifier", "valueCode": "LT"}],
}


async def bundle(coding: Running, *resources: Json) -> Any:
    body = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/fhir+json"}
    async with coding.client(*ALL) as http:
        return await http.post("/fhir/R4/Bundle", content=json.dumps(body), headers=headers)


class TestAChargeItem:
    async def test_is_kept_beside_what_the_procedures_give(self, coding: Running) -> None:
        answer = await bundle(coding, ENCOUNTER, LESION, PUNCH, CHARGE)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        [line] = told["proposal"]["lines"]
        assert (told["proposal"]["source"], line["standing"], line["differs_in"]) == (
            "fhir",
            "differs",
            ["units", "modifiers"],
        )
        assert line["proposed"] == {
            "cpt": "11104", "units": 2, "modifiers": ["59", "LT"], "dx": ["D49.2"], "self_pay": False,
            "charge": None,
        }  # fmt: skip
        assert (line["found"]["units"], line["found"]["modifiers"]) == (1, [])

    async def test_without_procedures_is_held_and_nothing_is_coded_from_it(self, coding: Running) -> None:
        charge = {name: value for name, value in CHARGE.items() if name != "service"}
        told = (await bundle(coding, ENCOUNTER, LESION, charge)).json()
        assert (told["disposition"], told["lines"], [q["flag"] for q in told["questions"]]) == ("hold", [], ["NO_CODE"])
        assert standings(told["proposal"]) == {"11104": "only_proposed"}

    @pytest.mark.parametrize(
        ("element", "value", "says"),
        [
            ("status", "entered-in-error", "status must be one of planned, billable"),
            ("code", {"coding": [{"system": "urn:local", "code": "A"}]}, "code.coding[0].system must be one of"),
            ("code", {"coding": [{"system": CPT, "code": "25"}]}, "code.coding must have exactly one procedure code"),
            ("quantity", {"value": 1.5}, "quantity.value must be a whole number from 1"),
            ("reason", [{"coding": [{"system": "urn:x", "code": "A"}]}], "reason[0].coding[0].system must be one of"),
            ("context", {"reference": "Encounter/other"}, "context.reference must be the Encounter of this bundle"),
            ("supportingInformation", [{"reference": "Condition/none"}], "must be a resource of this bundle"),
            ("occurrenceDateTime", "2026-03-05", "occurrenceDateTime must be on the day of the Encounter"),
            ("priceOverride", {"value": 1}, "priceOverride is not known"),
            ("extension", [{"url": BASE + "other", "valueCode": "LT"}], "extension[0].url must be one of"),
        ],
    )
    async def test_that_cannot_be_read_is_refused_by_path(
        self, coding: Running, element: str, value: Any, says: str
    ) -> None:
        answer = await bundle(coding, ENCOUNTER, LESION, PUNCH, copy.deepcopy(CHARGE) | {element: value})
        assert (answer.status_code, answer.json()["code"]) == (422, "bundle-unreadable")
        assert f"Bundle.entry[3].resource.{says}" in answer.json()["detail"] or says in answer.json()["detail"]
