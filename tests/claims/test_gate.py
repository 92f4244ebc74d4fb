"""What is known before the visit holds claims and releases them, on real Postgres beside the real patients and edi."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.claims.independent_judge import complaints

from claims.store import claims as store
from claims.store import readiness
from common.ids import new_id

NPI, RENDERING, SENDER, TIN = "1234567893", "1245319599", "1003000126", "123456789"
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
    id: UUID | None = None, code: str = "J3357",
) -> UUID:  # fmt: skip
    """The payer approves the biologic, or another service, for some days."""
    key = id or new_id()
    await tells(
        clinic, "authorizations", "AuthApproved", key, version,
        authorization_id=key, patient_id=patient_id, payer_id="PAYERA", kind="services", outcome="approved",
        number=number, certified=[{"code": code, "units": units}], valid_from="2025-01-01",
        valid_to=until.isoformat(), decided_on="2025-01-01", rendering_npi=RENDERING, retroactive=False,
    )  # fmt: skip
    return key


async def rules_say(
    clinic: Clinic, patient_id: UUID, encounter_id: UUID, *, coded: int = 1, version: int = 1,
    referral: str = "not_needed",
    **services: str,
) -> None:  # fmt: skip
    """Authorizations tells what the rules say of the visit as it is coded."""
    said = {"rule": "biologics-of-payer-a", "source": "plan manual"}
    await tells(
        clinic, "authorizations", "AuthNeedDecided", encounter_id, version,
        encounter_id=encounter_id, patient_id=patient_id, payer_id="PAYERA", plan="GOLD",
        date_of_service=VISIT.isoformat(),
        coded_version=coded, services=[{"code": code, "verdict": verdict} | said for code, verdict in services.items()],
        referral={"verdict": referral} | said,
    )  # fmt: skip


async def refers(clinic: Clinic, patient_id: UUID, key: UUID, event: str, version: int, **more: Any) -> None:
    """The payer decides on the referral of a patient by a primary care provider."""
    referring = {"npi": SENDER, "last_name": "Reed", "first_name": "Pat"}
    await tells(
        clinic, "authorizations", event, key, version,
        authorization_id=key, patient_id=patient_id, payer_id="PAYERA", kind="referral", referring=referring,
        decided_on=VISIT.isoformat(), **more,
    )  # fmt: skip


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


class TestAServiceThatNeedsAnAuthorization:
    async def test_waits_for_the_rules_and_then_for_the_payer(self, clinic: Clinic) -> None:
        await clinic.prices({"J3357": "10.00"})
        await clinic.puts("/gate-policy", {"authorization": "required"})
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, BIOLOGIC, WARTS | {"number": 2}, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        assert await held(clinic) == [(str(claim_id), [("AUTH_UNDECIDED", "450.00"), ("AUTH_UNDECIDED", "210.00")])]

        words = {"J3357": "needed", "17110": "ask"}
        await rules_say(clinic, patient_id, encounter_id, **words)
        await clinic.lets_time_pass()
        assert await held(clinic) == [(str(claim_id), [("AUTH_NEEDED", "450.00"), ("AUTH_ASK", "210.00")])]
        [item] = (await clinic.http.get("/holds")).json()["items"]
        assert "biologics-of-payer-a (plan manual)" in item["holds"][0]["sentence"]
        [told] = (await clinic.http.get(f"/claims/{claim_id}/readiness")).json()["rules"]
        assert told["said"]["coded_version"] == 1

        await clinic.codes(patient_id, BIOLOGIC, encounter_id=encounter_id, event="EncounterRecoded")
        await authorizes(clinic, patient_id, until=VISIT)
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert (sent.prior_authorization, [line.procedure.code for line in sent.lines]) == ("PA100", ["J3357"])

    async def test_is_judged_again_when_it_is_coded_anew(self, clinic: Clinic) -> None:
        await clinic.puts("/gate-policy", {"authorization": "required"})
        await waits_long(clinic)
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        await rules_say(clinic, patient_id, encounter_id, **{"17110": "not_needed"})
        claim_id = await clinic.codes(patient_id, WARTS, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        assert await clinic.status(claim_id) == "ready"

        await clinic.codes(patient_id, WARTS | {"units": 2}, encounter_id=encounter_id, event="EncounterRecoded")
        await clinic.lets_time_pass()
        assert await held(clinic) == [(str(claim_id), [("AUTH_UNDECIDED", "420.00")])]
        await rules_say(clinic, patient_id, encounter_id, coded=2, version=2, **{"17110": "not_needed"})
        await clinic.lets_time_pass()
        assert await clinic.status(claim_id) == "ready"


class TestTwoLinesUnderTwoAuthorizations:
    async def test_have_each_its_number(self, clinic: Clinic) -> None:
        await clinic.prices({"J3357": "10.00"})
        patient_id = await clinic.registers_a_patient()
        await authorizes(clinic, patient_id, until=VISIT, units=45)
        await authorizes(clinic, patient_id, until=VISIT, number="PA200", code="17110")
        claim_id = await clinic.codes(patient_id, BIOLOGIC, WARTS | {"number": 2})
        await clinic.lets_time_pass()

        [text] = await clinic.sent_sets()
        _, first, second = text.split("~LX*")
        assert (text.count("REF*G1*"), "REF*G1*PA100" in first, "REF*G1*PA200" in second) == (2, True, True)
        [file] = await clinic.edi.sent("837P")
        assert complaints(file) == ""
        claim = await clinic.claim(claim_id)
        assert claim["authorization_number"] is None
        assert [line["authorization_number"] for line in claim["lines"]] == ["PA100", "PA200"]


class TestAVisitThatNeedsAReferral:
    async def test_waits_until_the_payer_allows_it_after_all(self, clinic: Clinic) -> None:
        patient_id, encounter_id, referral = await clinic.registers_a_patient(), new_id(), new_id()
        await refers(clinic, patient_id, referral, "AuthDenied", 2, outcome="denied", services=[], reasons=["70"])
        claim_id = await clinic.codes(patient_id, WARTS, encounter_id=encounter_id)
        await rules_say(clinic, patient_id, encounter_id, referral="needed")
        await clinic.lets_time_pass()
        assert await held(clinic) == [(str(claim_id), [("REFERRAL_DENIED", "210.00")])]

        day = VISIT.isoformat()
        await refers(
            clinic, patient_id, referral, "AuthApproved", 3,
            number="RF100", certified=[], outcome="approved", valid_from=day, valid_to=day, visits=1, retroactive=True,
        )  # fmt: skip
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert sent.referring is not None
        assert (sent.referral_number, sent.prior_authorization) == ("RF100", "")
        assert (sent.referring.name, sent.referring.first, sent.referring.npi) == ("Reed", "Pat", SENDER)
        [file] = await clinic.edi.sent("837P")
        assert complaints(file) == ""
        assert (await clinic.claim(claim_id))["referral_number"] == "RF100"

    async def test_takes_one_of_its_visits_and_gives_it_back_when_it_is_void(self, clinic: Clinic) -> None:
        await waits_long(clinic)
        patient_id, referral = await clinic.registers_a_patient(), new_id()
        await refers(
            clinic, patient_id, referral, "AuthApproved", 2,
            number="RF100", certified=[], outcome="approved", valid_from="2025-01-01", valid_to=VISIT.isoformat(),
            visits=1,
        )  # fmt: skip
        claims: list[UUID] = []
        for on in (VISIT, VISIT, VISIT - timedelta(days=7)):
            encounter_id = new_id()
            await rules_say(clinic, patient_id, encounter_id, referral="needed")
            line = WARTS | {"modifiers": ["59"]} if claims else WARTS
            claims.append(await clinic.codes(patient_id, line, encounter_id=encounter_id, on=on))
            await clinic.lets_time_pass()
        first, same_day, other_day = claims
        assert [await clinic.status(one) for one in claims] == ["ready", "ready", "held"]
        assert await held(clinic) == [(str(other_day), [("REFERRAL_VISITS", "210.00")])]

        for one, then in ((first, "held"), (same_day, "ready")):
            await clinic.http.post(f"/claims/{one}/void", json={"reason": "Entered twice"})
            await clinic.lets_time_pass()
            assert await clinic.status(other_day) == then


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
