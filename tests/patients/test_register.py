"""The patient register over HTTP, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from common.ids import new_id
from common.testing.running import Running
from patients.main import SERVICE

PATIENT: dict[str, Any] = {
    "record_number": "MRN-1001",
    "name": {"family": "Quill", "given": "Maren"},
    "birth_date": "1958-04-02",
    "sex": "F",
    "address": {"line1": "12 Sample Row", "city": "Springfield", "state": "IL", "zip": "627010001"},
}
COVERAGE: dict[str, Any] = {
    "payer_id": "PAYERA",
    "member_id": "MA1000001",
    "priority": 1,
    "effective_from": "2026-01-01",
}
ALL = ("patients:read", "patients:write")

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def patients(run_service: Start) -> Running:
    return await run_service(SERVICE)


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def registered(patients: Running, **changes: Any) -> dict[str, Any]:
    async with patients.client(*ALL) as http:
        answer = await http.post("/patients", json=PATIENT | changes, headers=key())
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestRegistering:
    async def test_a_patient_is_on_file_and_only_ids_are_published(self, patients: Running) -> None:
        patient = await registered(patients)

        async with patients.client(*ALL) as http:
            found = (await http.get(f"/patients/{patient['id']}")).json()
        assert found["name"]["family"] == "Quill"
        [event] = await patients.published()
        assert (event.name, event.data) == ("PatientRegistered", {"patient_id": patient["id"]})

    async def test_the_same_key_registers_once_and_answers_the_same(self, patients: Running) -> None:
        same = key()
        async with patients.client(*ALL) as http:
            first = await http.post("/patients", json=PATIENT, headers=same)
            second = await http.post("/patients", json=PATIENT, headers=same)
        assert second.status_code == 201
        assert second.json() == first.json()
        assert second.headers["Idempotent-Replayed"] == "true"
        assert len(await patients.published("PatientRegistered")) == 1

    async def test_the_same_key_for_another_patient_is_refused(self, patients: Running) -> None:
        same = key()
        async with patients.client(*ALL) as http:
            await http.post("/patients", json=PATIENT, headers=same)
            other = await http.post("/patients", json=PATIENT | {"sex": "M"}, headers=same)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")

    async def test_without_a_key_nothing_is_made(self, patients: Running) -> None:
        async with patients.client(*ALL) as http:
            answer = await http.post("/patients", json=PATIENT)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-required")
        assert await patients.published() == []

    async def test_a_taken_record_number_names_the_other_patient(self, patients: Running) -> None:
        first = await registered(patients)
        async with patients.client(*ALL) as http:
            answer = await http.post("/patients", json=PATIENT, headers=key())
        assert answer.status_code == 409
        assert first["id"] in answer.json()["detail"]

    async def test_of_many_who_register_one_number_at_once_one_does(self, patients: Running) -> None:
        async with patients.client(*ALL) as http:
            answers = await asyncio.gather(*(http.post("/patients", json=PATIENT, headers=key()) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"record-number-taken"}

    async def test_a_refused_value_is_not_echoed(self, patients: Running) -> None:
        async with patients.client(*ALL) as http:
            answer = await http.post("/patients", json=PATIENT | {"birth_date": "Quill-1958"}, headers=key())
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Quill" not in answer.text
        assert answer.json()["errors"][0]["where"].endswith("birth_date")


class TestAmending:
    async def test_needs_the_version_that_was_read(self, patients: Running) -> None:
        patient = await registered(patients)
        path = f"/patients/{patient['id']}"
        async with patients.client(*ALL) as http:
            blind = await http.put(path, json=PATIENT)
            good = await http.put(path, json=PATIENT | {"phone": "2175550100"}, headers={"If-Match": '"1"'})
            late = await http.put(path, json=PATIENT, headers={"If-Match": '"1"'})
        assert (blind.status_code, good.status_code, late.status_code) == (428, 200, 412)
        assert good.headers["ETag"] == '"2"'
        assert [event.version for event in await patients.published()] == [1, 2]


class TestCoverage:
    async def test_two_cannot_pay_first_on_one_day(self, patients: Running) -> None:
        patient = await registered(patients)
        path = f"/patients/{patient['id']}/coverages"
        async with patients.client(*ALL) as http:
            first = await http.post(path, json=COVERAGE, headers=key())
            clash = await http.post(path, json=COVERAGE | {"effective_from": "2026-06-01"}, headers=key())
        assert first.status_code == 201
        assert (clash.status_code, clash.json()["code"]) == (409, "coverage-overlaps")

    async def test_a_claim_gets_those_in_force_in_order_of_benefits(self, patients: Running) -> None:
        patient = await registered(patients)
        path = f"/patients/{patient['id']}/coverages"
        async with patients.client(*ALL) as http:
            await http.post(path, json=COVERAGE | {"priority": 2, "payer_id": "PAYERB"}, headers=key())
            await http.post(path, json=COVERAGE, headers=key())
            await http.post(path, json=COVERAGE | {"priority": 3, "effective_to": "2026-02-01"}, headers=key())
            facts = await http.get(f"/patients/{patient['id']}/claim-facts", params={"on": "2026-03-04"})
        assert [coverage["payer_id"] for coverage in facts.json()["coverages"]] == ["PAYERA", "PAYERB"]

    async def test_a_spouse_has_to_name_the_subscriber(self, patients: Running) -> None:
        patient = await registered(patients)
        async with patients.client(*ALL) as http:
            answer = await http.post(
                f"/patients/{patient['id']}/coverages",
                json=COVERAGE | {"relationship": "spouse"},
                headers=key(),
            )
        assert (answer.status_code, answer.json()["code"]) == (422, "subscriber-missing")


class TestFhir:
    async def test_a_patient_and_a_coverage_come_in(self, patients: Running) -> None:
        resource = {
            "resourceType": "Patient",
            "identifier": [{"use": "usual", "value": "MRN-77"}],
            "name": [{"use": "official", "family": "Ostrava", "given": ["Ilse", "M"]}],
            "gender": "female",
            "birthDate": "1971-02-03",
            "telecom": [{"system": "phone", "value": "+1 (217) 555-0101"}],
            "address": [{"line": ["9 Sample Way"], "city": "Peoria", "state": "IL", "postalCode": "61602-1234"}],
        }
        async with patients.client(*ALL) as http:
            person = await http.post("/fhir/R4/Patient", json=resource, headers=key())
            assert person.status_code == 201, person.text
            assert person.json()["address"]["zip"] == "616021234"
            coverage = await http.post(
                "/fhir/R4/Coverage",
                json={
                    "resourceType": "Coverage",
                    "status": "active",
                    "beneficiary": {"reference": f"Patient/{person.json()['id']}"},
                    "subscriberId": "MB2000002",
                    "payor": [{"identifier": {"value": "PAYERB"}}],
                    "period": {"start": "2026-01-01"},
                },
                headers=key(),
            )
        assert coverage.status_code == 201, coverage.text
        assert coverage.json()["payer_id"] == "PAYERB"

    async def test_what_is_missing_is_named(self, patients: Running) -> None:
        async with patients.client(*ALL) as http:
            answer = await http.post("/fhir/R4/Patient", json={"resourceType": "Patient"}, headers=key())
        assert answer.status_code == 422
        assert "birth_date" in answer.json()["detail"]


class TestWhoMaySee:
    async def test_another_practice_finds_nothing(self, patients: Running) -> None:
        patient = await registered(patients)
        async with patients.client(*ALL, practices=[new_id()]) as http:
            assert (await http.get(f"/patients/{patient['id']}")).status_code == 404
            assert (await http.get("/patients")).json()["items"] == []
            search = await http.post("/patients/search", json={"record_number": "MRN-1001"})
        assert search.json() == []

    async def test_no_token_and_a_token_without_the_scope_are_refused(self, patients: Running) -> None:
        async with patients.client(token="nonsense") as http:
            assert (await http.get("/patients")).status_code == 401
        async with patients.client("claims:read") as http:
            assert (await http.get("/patients")).status_code == 403

    async def test_reading_a_patient_leaves_a_row_in_the_audit_trail(self, patients: Running) -> None:
        patient = await registered(patients)
        async with patients.client(*ALL) as http:
            await http.get(f"/patients/{patient['id']}")
        rows = await patients.query(text("SELECT action, actor FROM audit_trail ORDER BY id"))
        assert [(row["action"], row["actor"]) for row in rows] == [("create", "staff-1"), ("read", "staff-1")]
