"""One practice's data in each service, made as the service itself would make it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from till import service as till

from common.ids import new_id
from common.money import Money
from common.testing.running import Running

Scene = Callable[[Running], Awaitable[None]]


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def till_scene(service: Running) -> None:
    await till.open_till(service.uow(), Money("4.25"))


async def patients_scene(service: Running) -> None:
    person: dict[str, Any] = {
        "record_number": "MRN-CANARY",
        "name": {"family": "Canaryfamily", "given": "Canarygiven"},
        "birth_date": "1961-07-09",
        "sex": "F",
        "address": {"line1": "1 Canary Row", "city": "Springfield", "state": "IL", "zip": "62701"},
    }
    coverage = {"payer_id": "PAYERA", "member_id": "CANARY0001", "effective_from": "2026-01-01"}
    async with service.client("patients:write") as http:
        patient = (await http.post("/patients", json=person, headers=key())).json()
        answer = await http.post(f"/patients/{patient['id']}/coverages", json=coverage, headers=key())
        assert answer.status_code == 201, answer.text


async def denials_scene(service: Running) -> None:
    claim_id = new_id()
    line = {
        "number": 1,
        "cpt": "99213",
        "charge": "120.00",
        "denied": "120.00",
        "adjustments": [{"group": "CO", "carc": "97", "amount": "120.00"}],
    }
    denied = {
        "claim_id": str(claim_id),
        "encounter_id": str(new_id()),
        "patient_id": str(new_id()),
        "payer_id": "PAYERA",
        "control_number": "CANARY1",
        "remittance_id": str(new_id()),
        "date_of_service": "2026-03-04",
        "adjudicated_on": "2026-03-20",
        "denied": "120.00",
        "lines": [line],
    }
    await service.deliver("org.dermbill.claims.ClaimDenied.v1", denied, key=claim_id)


async def claims_scene(service: Running) -> None:
    profile: dict[str, Any] = {
        "name": "Canary Dermatology PC",
        "npi": "1234567893",
        "tax_id": "123456789",
        "taxonomy": "207N00000X",
        "address": {"line1": "100 Canary Street", "city": "Albany", "state": "NY", "zip": "122070001"},
        "contact_name": "Canary Billing",
        "contact_phone": "5185550100",
    }
    encounter_id = new_id()
    coded = {
        "encounter_id": encounter_id,
        "patient_id": new_id(),
        "date_of_service": "2026-11-20",
        "place_of_service": "11",
        "rendering_npi": "1245319599",
        "diagnoses": ["B07.8"],
        "lines": [{"number": 1, "cpt": "17110", "units": 1, "modifiers": [], "diagnosis_pointers": [1]}],
        "self_pay_lines": [],
        "rules_edition": "2026",
    }
    async with service.client("claims:write") as http:
        answer = await http.put("/practice", json=profile, headers={"If-Match": '"0"'})
        assert answer.status_code == 200, answer.text
        await http.put("/charges", json={"charges": [{"cpt": "17110", "charge": "210.00"}]})
    await service.deliver("org.dermbill.encounters.EncounterCoded.v1", coded, key=encounter_id)


async def coding_scene(service: Running) -> None:
    visit: dict[str, Any] = {
        "date": "2026-11-20",
        "place_of_service": "11",
        "payer": {"type": "commercial", "x_modifiers": False, "wants_51": False},
        "patient": {"age": 61, "sex": "M", "new_or_established": "established"},
        "telehealth": None,
        "em": None,
        "problems": [{"ref": "p1", "icd10": "L57.0", "text": "canary keratoses of the scalp"}],
        "procedures": [
            {
                "kind": "destruction",
                "lesion_type": "premalignant",
                "technique": "cryotherapy",
                "site": "scalp",
                "count": 3,
                "problem_ref": "p1",
            }
        ],
    }
    body = {"patient_id": str(new_id()), "rendering_npi": "1245319599", "visit_number": "CANARY-1", "visit": visit}
    async with service.client("encounters:write") as http:
        answer = await http.post("/encounters", json=body, headers=key())
        assert answer.status_code == 201, answer.text


async def edi_scene(service: Running) -> None:
    partner = {
        "name": "Canary Clearinghouse",
        "base_url": "http://127.0.0.1:9",
        "sender_qualifier": "ZZ",
        "sender_id": "CANARYGROUP",
        "receiver_qualifier": "ZZ",
        "receiver_id": "CANARYCLEAR",
        "usage": "T",
        "payers": ["*"],
        "poll_seconds": 3600,
    }
    async with service.client("edi:write") as http:
        answer = await http.post("/partners", json=partner, headers=key())
        assert answer.status_code == 201, answer.text
        body = "BHT*0019*00*1*20260302*1200*CH~NM1*41*2*CANARY DERMATOLOGY*****46*CANARYGROUP~HL*1**20*1~"
        batch = {"reference": str(new_id()), "kind": "837P", "payer_id": "PAYERA", "bodies": [body]}
        answer = await http.post("/transmissions", json=batch, headers=key())
        assert answer.status_code == 202, answer.text


async def payments_scene(service: Running) -> None:
    claim_id = new_id()
    submitted = {
        "claim_id": claim_id,
        "encounter_id": new_id(),
        "patient_id": new_id(),
        "payer_id": "PAYERA",
        "control_number": "CANARY-1",
        "frequency": "1",
        "payer_claim_number": None,
        "charge": "210.00",
        "date_of_service": "2026-11-20",
        "lines": [{"number": 1, "cpt": "17110", "modifiers": [], "units": 1, "charge": "210.00"}],
        "transmission_id": new_id(),
    }
    await service.deliver("org.dermbill.claims.ClaimSubmitted.v1", submitted, key=claim_id)


async def credentialing_scene(service: Running) -> None:
    provider = {
        "name": {"family": "Canaryfamily", "given": "Canarygiven", "former": ["Canaryformer"]},
        "profession": "MD",
        "taxonomies": ["207N00000X"],
    }
    group = {"name": "Canary Dermatology PC", "tin": "123456789"}
    place = {"line1": "100 Canary Street", "city": "Albany", "state": "NY", "zip": "122070001"}
    location = {"billing_npi": "1234567893", "name": "Canary Street", **place}
    async with service.client("credentialing:write") as http:
        for path, body in (
            ("/payers/CANARYPAYER", {"name": "Canary Mutual", "program": "commercial"}),
            ("/groups/1234567893", group),
            ("/locations/CANARY", location),
            ("/providers/1245319599", provider),
        ):
            answer = await http.put(path, json=body, headers={"If-Match": '"0"'})
            assert answer.status_code == 200, answer.text
        personal = {"birth_date": "1975-02-03", "ssn": "900000001"}
        path = "/providers/1245319599/personal-facts"
        assert (await http.put(path, json=personal, headers={"If-Match": '"1"'})).status_code == 200
        wanted = {"npi": "1245319599", "payer_id": "CANARYPAYER", "location_code": "CANARY"}
        answer = await http.post("/enrollments", json=wanted, headers=key())
        assert answer.status_code == 201, answer.text


async def authorizations_scene(service: Running) -> None:
    wish = {
        "patient_id": str(new_id()), "services": [{"code": "96910", "units": 30}], "first": "2026-11-20", "place": "11",
        "diagnoses": ["L40.0"], "rendering_npi": "1245319599",
    }  # fmt: skip
    async with service.client("authorizations:write") as http:
        asker = {"name": "Canary Dermatology PC", "npi": "1234567893"}
        assert (await http.put("/asking-provider", json=asker)).status_code == 200
        assert (await http.put("/payers/CANARYPAYER", json={"name": "Canary Mutual"})).status_code == 200
        rule = {"verdict": "needed", "codes": ["96910"], "says": "Canary wants one.", "source": "Canary's list"}
        assert (await http.put("/rules/CANARY", json=rule)).status_code == 200
        answer = await http.post("/authorizations", json=wish, headers=key())
        assert answer.status_code == 202, answer.text


async def eligibility_scene(service: Running) -> None:
    wanted = {"patient_id": str(new_id()), "on": "2026-11-20"}
    async with service.client("eligibility:write") as http:
        asker = {"name": "Canary Dermatology PC", "npi": "1234567893"}
        assert (await http.put("/asking-provider", json=asker)).status_code == 200
        assert (await http.put("/payers/CANARYPAYER", json={"name": "Canary Mutual"})).status_code == 200
        fees = [{"code": "99213", "effective_from": "2026-01-01", "amount": "92.00"}]
        assert (await http.put("/fee-schedules/CANARYPAYER", json={"fees": fees})).status_code == 200
        provider = {"name": "Canary Dermatology PC", "npi": "1234567893", "tin": "12-3456789"}
        address = {"street": "100 Canary Street", "city": "Albany", "state": "NY", "zip": "12207"}
        assert (await http.put("/estimate-provider", json=provider | address)).status_code == 200
        for path, body in (("/checks", wanted), ("/appointments", wanted), ("/batches", {"items": [wanted]})):
            answer = await http.post(path, json=body, headers=key())
            assert answer.status_code in (201, 202), answer.text


SCENES: Mapping[str, Scene] = {
    "till": till_scene,
    "patients": patients_scene,
    "coding": coding_scene,
    "claims": claims_scene,
    "edi": edi_scene,
    "payments": payments_scene,
    "denials": denials_scene,
    "credentialing": credentialing_scene,
    "eligibility": eligibility_scene,
    "authorizations": authorizations_scene,
}

SETTINGS: Mapping[str, dict[str, str]] = {"edi": {"edi_allowed_hosts": "127.0.0.1"}}
