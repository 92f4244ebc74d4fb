"""A clinician who is enrolled at one location of the group sees a patient at another: over real services and Kafka."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from faulty_line import on_a_socket
from whole_platform import alone_on, recreate_topics

from claims.main import SERVICE as CLAIMS
from coding.main import SERVICE as CODING
from common.ids import new_id
from common.testing.running import Running
from credentialing.main import SERVICE as CREDENTIALING
from patients.main import SERVICE as PATIENTS
from stack.services import TOPICS

Start = Callable[..., Awaitable[Running]]
Json = dict[str, Any]
NPI, CLINICIAN, TIN = "1234567893", "1245319599", "123456789"
DAY = (datetime.now(UTC).date() - timedelta(days=3)).isoformat()
OFFICE = {"line1": "100 Example Street", "city": "Albany", "state": "NY", "zip": "122070001"}
PLACES = {"MAIN": OFFICE, "EAST": OFFICE | {"line1": "7 East Example Road"}}
PATIENCE_SECONDS = 30.0
SHAVE = {
    "date": DAY,
    "place_of_service": "11",
    "payer": {"type": "commercial", "x_modifiers": True, "wants_51": False},
    "patient": {"age": 45, "sex": "F", "new_or_established": "established"},
    "em": None,
    "problems": [{"ref": "p1", "icd10": "D49.2", "text": "made up for a test"}],
    "procedures": [{"kind": "biopsy", "technique": "tangential", "site": "back", "count": 1, "problem_ref": "p1"}],
}


@dataclass(frozen=True)
class Practice:
    """The desks of one practice."""

    claims: httpx.AsyncClient
    coding: httpx.AsyncClient
    credentialing: httpx.AsyncClient
    patients: httpx.AsyncClient

    async def sees(self, location_code: str) -> str:
        """A visit of a new patient at a location; gives the encounter's id."""
        person = {"name": {"family": "Quill", "given": "Maren"}, "birth_date": "1980-04-02", "sex": "F"}
        record = {"record_number": f"MRN-{new_id().hex}", "address": OFFICE}
        patient = await posts(self.patients, "/patients", person | record)
        card = {"payer_id": "PAYERA", "member_id": "MA1000001", "effective_from": "2020-01-01"}
        await posts(self.patients, f"/patients/{patient['id']}/coverages", card)
        visit = {"patient_id": patient["id"], "rendering_npi": CLINICIAN, "visit": SHAVE}
        return (await posts(self.coding, "/encounters", visit | {"location_code": location_code}))["id"]

    async def enrolls_at(self, location_code: str) -> None:
        """The payer has the clinician enrolled at a location from the day of the visits on."""
        wanted = {"npi": CLINICIAN, "payer_id": "PAYERA", "location_code": location_code}
        enrollment = await posts(self.credentialing, "/enrollments", wanted)
        for act, facts in (("prepare", {}), ("submit", {"on": DAY}), ("approve", {"on": DAY, "effective_from": DAY})):
            now = {"If-Match": f'"{enrollment["version"]}"'}
            path = f"/enrollments/{enrollment['id']}/acts"
            enrollment = await posts(self.credentialing, path, {"act": act} | facts, **now)

    async def claim_of(self, encounter_id: str, status: str) -> Json:
        """The claim of an encounter, as soon as it stands so."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            listed = (await self.claims.get("/claims", params={"encounter_id": encounter_id})).json()["items"]
            if listed and listed[0]["status"] == status:
                return (await self.claims.get(f"/claims/{listed[0]['id']}")).json()
            await asyncio.sleep(0.05)
        raise AssertionError(f"the claim never was {status}")


async def posts(http: httpx.AsyncClient, path: str, body: Json, **headers: str) -> Json:
    answer = await http.post(path, json=body, headers={"Idempotency-Key": str(new_id())} | headers)
    assert answer.is_success, answer.text
    return answer.json()


async def puts(http: httpx.AsyncClient, path: str, body: Json) -> None:
    answer = await http.put(path, json=body, headers={"If-Match": '"0"'})
    assert answer.is_success, answer.text


async def fill(practice: Practice) -> None:
    """The registers of both desks, and a gate that wants an enrollment on record."""
    claims, credentialing = practice.claims, practice.credentialing
    profile = {"name": "Sample Dermatology PC", "npi": NPI, "tax_id": TIN, "taxonomy": "207N00000X", "address": OFFICE}
    await puts(claims, "/practice", profile | {"contact_name": "Billing Office", "contact_phone": "5185550100"})
    plan = {"name": "Sample Health Plan", "filing_indicator": "CI", "filing_limit_days": 120}
    await puts(
        claims,
        "/payers/PAYERA",
        plan | {"takes_frequency_codes": True, "x_modifiers": True, "batch_seconds": 86_400},
    )
    clinician = {"last_name": "Ashby", "first_name": "Noor", "taxonomy": "207N00000X"}
    await puts(claims, f"/rendering-providers/{CLINICIAN}", clinician)
    assert (await claims.put("/charges", json={"charges": [{"cpt": "11102", "charge": "190.00"}]})).is_success
    await puts(claims, "/gate-policy", {"enrollment": "required"})
    await puts(credentialing, "/payers/PAYERA", {"name": "Sample Health Plan", "program": "commercial"})
    await puts(credentialing, f"/groups/{NPI}", {"name": "Sample Dermatology PC", "tin": TIN})
    who = {"name": {"family": "Ashby", "given": "Noor"}, "profession": "MD", "taxonomies": ["207N00000X"]}
    await puts(credentialing, f"/providers/{CLINICIAN}", who)
    for code, address in PLACES.items():
        await puts(claims, f"/locations/{code}", {"name": f"Dermatology {code}", "address": address})
        await puts(credentialing, f"/locations/{code}", {"billing_npi": NPI, "name": code} | address)


@pytest.fixture
async def practice(run_service: Start, kafka: str) -> AsyncGenerator[Practice, None]:
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, alone_on(kafka))
        await recreate_topics(kafka, TOPICS)
        register = await run_service(PATIENTS)
        over: Json = {"bootstrap_servers": kafka, "work": True}
        over["patients_url"] = await stack.enter_async_context(on_a_socket(register))
        coding = await run_service(CODING, **over)
        claims = await run_service(CLAIMS, **over)
        credentialing = await run_service(CREDENTIALING, bootstrap_servers=kafka, work=True)
        areas = {claims: "claims", coding: "encounters", credentialing: "credentialing", register: "patients"}
        desks = [
            await stack.enter_async_context(service.client(f"{area}:read", f"{area}:write"))
            for service, area in areas.items()
        ]
        here = Practice(*desks)
        await fill(here)
        yield here


async def test_a_visit_at_the_other_location_waits_for_the_enrollment_there(practice: Practice) -> None:
    await practice.enrolls_at("MAIN")
    main = await practice.sees("MAIN")
    await practice.claim_of(main, "ready")
    east = await practice.sees("EAST")
    [finding] = (await practice.claim_of(east, "held"))["findings"]
    assert finding["id"] == "CRED_BLOCK"
    assert "at location EAST" in finding["sentence"]
    assert "in effect at MAIN" in finding["sentence"]

    await practice.enrolls_at("EAST")
    released = await practice.claim_of(east, "ready")
    assert (released["findings"], released["parties"]["location"]["code"]) == ([], "EAST")
