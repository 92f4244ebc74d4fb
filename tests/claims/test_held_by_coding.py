"""Coding takes back what it said of an encounter, on real Postgres and beside the real patients and edi services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from common.ids import new_id

WARTS = {"number": 1, "cpt": "17110", "units": 1, "modifiers": [], "diagnosis_pointers": [1]}
VISIT_LINE = {"number": 2, "cpt": "99213", "units": 1, "modifiers": ["25"], "diagnosis_pointers": [1]}
Clinic = Any


async def asks(clinic: Clinic, patient_id: UUID, encounter_id: UUID, *flags: str, revision: int | None = None) -> None:
    """Coding amended the encounter and has to ask (its next revision unless told otherwise)."""
    if revision is None:
        revision = clinic.revisions[encounter_id] = clinic.revisions.get(encounter_id, 0) + 1
    said = {
        "encounter_id": encounter_id,
        "patient_id": patient_id,
        "date_of_service": "2026-03-02",
        "flags": list(flags) or ["MISSING_SIZE"],
    }
    kind = "org.dermbill.encounters.EncounterHeld.v1"
    await clinic.claims.deliver(kind, said, key=encounter_id, version=revision, practice_id=clinic.id)


def found(claim: dict[str, Any]) -> list[str]:
    return [finding["id"] for finding in claim["findings"]]


class TestBeforeAPayerHasSeenIt:
    async def test_a_claim_that_waits_for_its_batch_stays_behind(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await asks(clinic, patient_id, encounter_id, "MISSING_SIZE", "GLOBAL")
        await clinic.lets_time_pass()
        claim = await clinic.claim(claim_id)
        assert (claim["status"], claim["owner"], found(claim)) == ("held", "biller", ["R07"])
        assert "MISSING_SIZE GLOBAL" in claim["findings"][0]["sentence"]
        assert await clinic.sent_claims() == []
        [told] = await clinic.events(claim_id, "ClaimHeld")
        assert told.data["findings"] == ["R07"]
        [entry] = [entry for entry in await clinic.history(claim_id) if entry["fact"] == "encounter_held"]
        assert (entry["after"], entry["facts"]["revision"]) == ("held", "2")

    async def test_building_it_again_does_not_free_it_and_a_reason_neither(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await asks(clinic, patient_id, encounter_id)
        assert (await clinic.http.post(f"/claims/{claim_id}/rebuild")).status_code == 202
        await clinic.lets_time_pass()
        claim = await clinic.claim(claim_id)
        assert (claim["status"], found(claim)) == ("held", ["R07"])
        answer = {"finding": "R07", "where": "claim", "reason": "No time to answer"}
        path, now = f"/claims/{claim_id}/overrides", {"If-Match": f'"{claim["version"]}"'}
        refused = await clinic.http.put(path, json=answer, headers=now)
        assert (refused.status_code, refused.json()["code"]) == (409, "finding-not-overridable")
        assert await clinic.sent_claims() == []

    async def test_the_answer_replaces_the_lines_and_sends_it(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await asks(clinic, patient_id, encounter_id)
        await clinic.codes(patient_id, WARTS, VISIT_LINE, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert [line.procedure.code for line in sent.lines] == ["17110", "99213"]
        assert found(await clinic.claim(claim_id)) == []

    async def test_a_rejected_claim_is_held_too(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        await clinic.edi_tells("TransmissionSent", claim_id)
        await clinic.is_answered(claim_id, "A3")
        assert await clinic.status(claim_id) == "rejected"
        await asks(clinic, patient_id, encounter_id)
        claim = await clinic.claim(claim_id)
        assert (claim["status"], found(claim)) == ("held", ["R07"])

    async def test_an_older_revision_changes_nothing(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        for _ in range(2):
            claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        before = await clinic.claim(claim_id)
        await asks(clinic, patient_id, encounter_id, revision=1)
        assert await clinic.claim(claim_id) == before

    async def test_an_encounter_that_was_never_coded_has_no_claim_to_hold(self, clinic: Clinic) -> None:
        encounter_id = new_id()
        await asks(clinic, new_id(), encounter_id)
        listed = await clinic.http.get("/claims", params={"encounter_id": str(encounter_id)})
        assert listed.json()["items"] == []


class TestOnceAPayerMayHaveIt:
    async def test_a_claim_on_its_way_goes_on_and_the_biller_is_told(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        before = await clinic.claim(claim_id)
        await asks(clinic, patient_id, encounter_id)
        claim = await clinic.claim(claim_id)
        assert (claim["status"], claim["lines"], claim["findings"]) == ("sending", before["lines"], [])
        assert await clinic.follow_ups() == ["encounter_held_refused"]
        assert (await clinic.history(claim_id))[-1]["fact"] == "encounter_held_refused"

    async def test_rejected_after_that_it_is_not_sent_again_before_the_answer(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        await clinic.edi_tells("TransmissionSent", claim_id)
        await asks(clinic, patient_id, encounter_id)
        await clinic.is_answered(claim_id, "A3")
        await clinic.http.post(f"/claims/{claim_id}/rebuild")
        await clinic.lets_time_pass()
        assert found(await clinic.claim(claim_id)) == ["R07"]
        assert len(await clinic.sent_claims()) == 1

        await clinic.codes(patient_id, VISIT_LINE, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        sent = await clinic.sent_claims()
        assert sorted(one.lines[0].procedure.code for one in sent) == ["17110", "99213"]
