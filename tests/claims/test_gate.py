"""What is known before the visit holds claims and releases them, on real Postgres beside the real patients and edi."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from claims.store import claims as store
from claims.store import readiness
from common.ids import new_id

NPI, RENDERING, TIN = "1234567893", "1245319599", "123456789"
VISIT = datetime.now(UTC).date() - timedelta(days=3)
BIOLOGIC = {"number": 1, "cpt": "J3357", "units": 45, "modifiers": [], "diagnosis_pointers": [1]}
WARTS = {"number": 1, "cpt": "17110", "units": 1, "modifiers": [], "diagnosis_pointers": [1]}
LASER = {"code": "COSMETIC-LASER", "units": 1}
Clinic = Any


async def tells(clinic: Clinic, service: str, event: str, key: UUID, version: int, **said: Any) -> None:
    kind = f"org.dermbill.{service}.{event}.v1"
    await clinic.claims.deliver(kind, said, key=key, version=version, practice_id=clinic.id)


async def authorizes(
    clinic: Clinic, patient_id: UUID, *, until: date, units: int | None = None, number: str = "PA100", version: int = 2,
    id: UUID | None = None,
) -> UUID:  # fmt: skip
    """The payer approves the biologic for some days."""
    key = id or new_id()
    await tells(
        clinic, "authorizations", "AuthApproved", key, version,
        authorization_id=key, patient_id=patient_id, payer_id="PAYERA", kind="services", outcome="approved",
        number=number, certified=[{"code": "J3357", "units": units}], valid_from="2025-01-01",
        valid_to=until.isoformat(), decided_on="2025-01-01", rendering_npi=RENDERING, retroactive=False,
    )  # fmt: skip
    return key


async def asks_the_payer(clinic: Clinic, patient_id: UUID, event: str, *, version: int = 2) -> None:
    """Eligibility tells what the payer said of the patient's coverage on the day of the visit."""
    async with clinic.patients.client("patients:read") as http:
        facts = (await http.get(f"/patients/{patient_id}/claim-facts", params={"on": VISIT.isoformat()})).json()
    key = new_id()
    await tells(
        clinic, "eligibility", event, key, version,
        check_id=key, patient_id=patient_id, coverage_id=facts["coverages"][0]["id"], payer_id="PAYERA",
        date_of_service=VISIT.isoformat(), checked_on=VISIT.isoformat(),
    )  # fmt: skip


async def enrolls(clinic: Clinic, key: UUID, version: int, *spans: tuple[date, date | None]) -> None:
    told = [{"first": first.isoformat(), "last": last.isoformat() if last else None} for first, last in spans]
    await tells(
        clinic, "credentialing", "EnrollmentActivated", key, version,
        enrollment_id=key, provider_id=new_id(), npi=RENDERING, payer_id="PAYERA", group_id=new_id(), billing_npi=NPI,
        tin=TIN, location_id=new_id(), location_code="MAIN", effective_from=spans[0][0].isoformat(), spans=told,
    )  # fmt: skip


async def held(clinic: Clinic, **wanted: str) -> list[tuple[str, list[tuple[str, str]]]]:
    items = (await clinic.http.get("/holds", params=wanted)).json()["items"]
    return [(item["claim_id"], [(hold["reason"], hold["amount"]) for hold in item["holds"]]) for item in items]


async def totals(clinic: Clinic) -> tuple[int, str, list[tuple[str, int, str]]]:
    said = (await clinic.http.get("/holds/totals")).json()
    return said["claims"], said["amount"], [(one["reason"], one["claims"], one["amount"]) for one in said["reasons"]]


async def waits_long(clinic: Clinic) -> None:
    """Batches to the payer leave once a day, so that a ready claim is still ours."""
    payer = (await clinic.http.get("/payers/PAYERA")).json()["payer"]
    body = {name: value for name, value in payer.items() if name != "payer_id"} | {"batch_seconds": 86_400}
    await clinic.puts("/payers/PAYERA", body, version=1)


class TestABiologicWhoseAuthorizationEnded:
    async def test_waits_for_the_retro_authorization_and_goes_under_its_number(self, clinic: Clinic) -> None:
        await clinic.prices({"J3357": "10.00"})
        patient_id = await clinic.registers_a_patient()
        key = await authorizes(clinic, patient_id, until=VISIT - timedelta(days=1))
        claim_id = await clinic.codes(patient_id, BIOLOGIC)
        await clinic.lets_time_pass()

        [told] = await clinic.events(claim_id, "ClaimHeld")
        assert told.data["findings"] == ["AUTH_EXPIRED"]
        assert await held(clinic, reason="AUTH_EXPIRED") == [(str(claim_id), [("AUTH_EXPIRED", "450.00")])]
        assert await totals(clinic) == (1, "450.00", [("AUTH_EXPIRED", 1, "450.00")])
        [item] = (await clinic.http.get("/holds")).json()["items"]
        assert item["release_by"] == (VISIT + timedelta(days=120)).isoformat()
        assert "retro-authorization" in item["holds"][0]["mend"]

        await authorizes(clinic, patient_id, until=VISIT, units=45, version=3, id=key)
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert (sent.prior_authorization, sent.charge) == ("PA100", 450)
        claim = await clinic.claim(claim_id)
        assert (claim["authorization_number"], claim["findings"]) == ("PA100", [])
        assert await totals(clinic) == (0, "0.00", [])
        said = (await clinic.http.get(f"/claims/{claim_id}/readiness")).json()
        assert (said["allowed"], said["taken"][0]["authorization_id"]) == (True, str(key))

    async def test_leaves_no_more_units_to_the_next_claim_than_it_did_not_take_until_it_is_void(
        self, clinic: Clinic
    ) -> None:
        await waits_long(clinic)
        await clinic.prices({"J3357": "10.00"})
        patient_id = await clinic.registers_a_patient()
        await authorizes(clinic, patient_id, until=VISIT, units=60)
        first = await clinic.codes(patient_id, BIOLOGIC)
        await clinic.lets_time_pass()
        second = await clinic.codes(patient_id, BIOLOGIC, on=VISIT - timedelta(days=30))
        await clinic.lets_time_pass()
        assert [await clinic.status(first), await clinic.status(second)] == ["ready", "held"]
        assert await held(clinic) == [(str(second), [("AUTH_UNITS", "450.00")])]

        given_up = await clinic.http.post(f"/claims/{first}/void", json={"reason": "Entered twice"})
        assert given_up.status_code == 200, given_up.text
        await clinic.lets_time_pass()
        assert await clinic.status(second) == "ready"


class TestACosmeticAndAMedicalServiceInOneVisit:
    async def test_the_medical_part_passes_the_gate_and_the_cosmetic_part_stays_the_patients(
        self, clinic: Clinic
    ) -> None:
        await clinic.puts("/gate-policy", {"coverage": "required"})
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, WARTS, encounter_id=encounter_id, self_pay=[LASER])
        await clinic.lets_time_pass()
        assert await held(clinic) == [(str(claim_id), [("COVERAGE_UNVERIFIED", "210.00")])]

        await asks_the_payer(clinic, patient_id, "CoverageVerified")
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert [line.procedure.code for line in sent.lines] == ["17110"]
        said = (await clinic.http.get(f"/encounters/{encounter_id}")).json()
        assert (said["status"], said["not_billed"][0]["lines"]) == ("sending", [LASER])


class TestFactsAndClaims:
    async def test_a_fact_that_turns_bad_holds_what_has_not_left_and_a_good_one_frees_it(self, clinic: Clinic) -> None:
        await waits_long(clinic)
        patient_id, enrollment = await clinic.registers_a_patient(), new_id()
        await enrolls(clinic, enrollment, 2, (VISIT, None))
        await asks_the_payer(clinic, patient_id, "CoverageVerified")
        claim_id = await clinic.codes(patient_id, WARTS)
        stranger = await clinic.codes(await clinic.registers_a_patient(), WARTS)
        await clinic.lets_time_pass()
        assert await clinic.status(claim_id) == "ready"

        await asks_the_payer(clinic, patient_id, "CoverageInactive")
        await clinic.lets_time_pass()
        assert (await clinic.status(claim_id), await clinic.status(stranger)) == ("held", "ready")
        await enrolls(clinic, enrollment, 3, (VISIT + timedelta(days=30), None))
        await clinic.lets_time_pass()
        assert await totals(clinic) == (
            2, "420.00", [("CRED_BLOCK", 2, "420.00"), ("COVERAGE_INACTIVE", 1, "210.00")],
        )  # fmt: skip

        # An older word that comes late takes nothing back.
        await enrolls(clinic, enrollment, 2, (VISIT, None))
        await clinic.lets_time_pass()
        assert await clinic.status(stranger) == "held"
        await enrolls(clinic, enrollment, 4, (VISIT, None))
        await asks_the_payer(clinic, patient_id, "CoverageVerified")
        await clinic.lets_time_pass()
        assert [await clinic.status(claim_id), await clinic.status(stranger)] == ["ready", "ready"]

    async def test_the_policy_judges_what_waits_and_a_person_may_let_a_hold_pass(self, clinic: Clinic) -> None:
        await waits_long(clinic)
        first, second = [await clinic.codes(await clinic.registers_a_patient(), WARTS) for _ in range(2)]
        await clinic.lets_time_pass()
        assert (await clinic.http.get("/gate-policy")).json()["policy"]["enrollment"] == "known"
        await clinic.puts("/gate-policy", {"enrollment": "required"})
        await clinic.lets_time_pass()
        assert [reasons for _, reasons in await held(clinic)] == [[("CRED_UNKNOWN", "210.00")]] * 2

        answer = {"finding": "CRED_UNKNOWN", "where": "claim", "reason": "The patient has out-of-network benefits"}
        now = {"If-Match": f'"{(await clinic.claim(first))["version"]}"'}
        passed = await clinic.http.put(f"/claims/{first}/overrides", json=answer, headers=now)
        assert passed.json()["status"] == "ready", passed.text
        assert await held(clinic, payer_id="PAYERA") == [(str(second), [("CRED_UNKNOWN", "210.00")])]

        await clinic.puts("/gate-policy", {"enrollment": "known"}, version=1)
        await clinic.lets_time_pass()
        assert await clinic.status(second) == "ready"

    async def test_a_fact_waits_for_the_claim_that_is_being_judged_and_then_has_it_judged_again(
        self, clinic: Clinic
    ) -> None:
        await waits_long(clinic)
        claim_id = await clinic.codes(await clinic.registers_a_patient(), WARTS)
        await clinic.lets_time_pass()
        async with clinic.claims.uow(clinic.id).begin() as tx:
            await readiness.facts_of(tx, await store.load(tx, claim_id))
            telling = asyncio.create_task(enrolls(clinic, new_id(), 2, (VISIT + timedelta(days=30), None)))
            told, _ = await asyncio.wait({telling}, timeout=0.5)
            assert not told
        await telling
        await clinic.lets_time_pass()
        assert await held(clinic) == [(str(claim_id), [("CRED_BLOCK", "210.00")])]
