"""A claim follows an encounter that was coded anew, on real Postgres and beside the real patients and edi services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id

WARTS = {"number": 1, "cpt": "17110", "units": 1, "modifiers": [], "diagnosis_pointers": [1]}
VISIT_LINE = {"number": 2, "cpt": "99213", "units": 1, "modifiers": ["25"], "diagnosis_pointers": [1]}
ADDED = {
    "change": "added",
    "cpt": "99213",
    "before": None,
    "now": {"units": 1, "modifiers": ["25"], "diagnoses": ["B07.8"], "self_pay": False},
}
Clinic = Any


async def codes_anew(clinic: Clinic, patient_id: UUID, encounter_id: UUID) -> UUID:
    """Coding finds a visit beside the warts."""
    more = {"event": "EncounterRecoded", "replaces": 1, "changes": [ADDED]}
    return await clinic.codes(patient_id, WARTS, VISIT_LINE, encounter_id=encounter_id, **more)


async def takes_back(clinic: Clinic, patient_id: UUID, encounter_id: UUID) -> None:
    revision = clinic.revisions[encounter_id] = clinic.revisions[encounter_id] + 1
    said = {
        "encounter_id": encounter_id,
        "patient_id": patient_id,
        "date_of_service": "2026-03-02",
        "disposition": "no_charge",
        "self_pay_lines": [],
    }
    kind = "org.dermbill.encounters.EncounterNotBillable.v1"
    await clinic.claims.deliver(kind, said, key=encounter_id, version=revision, practice_id=clinic.id)


async def with_payer(clinic: Clinic) -> tuple[UUID, UUID, UUID]:
    patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
    claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
    await clinic.lets_time_pass()
    await clinic.edi_tells("TransmissionSent", claim_id)
    return patient_id, encounter_id, claim_id


async def is_paid(clinic: Clinic, claim_id: UUID) -> None:
    charge = (await clinic.claim(claim_id))["submissions"][-1]["charge"]
    await clinic.is_remitted(claim_id, status_code="1", charge=charge, paid=charge, denied="0.00")


class TestAnEncounterCodedAnew:
    async def test_before_a_payer_has_it_is_what_leaves(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        assert await codes_anew(clinic, patient_id, encounter_id) == claim_id
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert ([line.procedure.code for line in sent.lines], sent.frequency) == (["17110", "99213"], "1")
        [entry] = [one for one in await clinic.history(claim_id) if one["fact"] == "recoded"]
        assert entry["facts"] == {"revision": "2", "differs": "added 99213"}

    async def test_waits_for_the_payer_s_decision_and_then_replaces_it(self, clinic: Clinic) -> None:
        patient_id, encounter_id, claim_id = await with_payer(clinic)
        await codes_anew(clinic, patient_id, encounter_id)
        assert [line["cpt"] for line in (await clinic.claim(claim_id))["lines"]] == ["17110"]
        assert await clinic.follow_ups() == ["recoded_waits"]
        await clinic.is_answered(claim_id, "A2")
        assert (await clinic.status(claim_id), await clinic.follow_ups()) == ("accepted", ["recoded_waits"])
        await is_paid(clinic, claim_id)
        await clinic.lets_time_pass()
        corrected = (await clinic.sent_claims())[-1]
        assert (corrected.frequency, [line.procedure.code for line in corrected.lines]) == ("7", ["17110", "99213"])
        assert corrected.original_reference == "PC1"
        assert await clinic.follow_ups() == []

    async def test_told_twice_sends_one_correction(self, clinic: Clinic) -> None:
        patient_id, encounter_id, claim_id = await with_payer(clinic)
        await is_paid(clinic, claim_id)
        for _ in range(2):
            await codes_anew(clinic, patient_id, encounter_id)
            clinic.revisions[encounter_id] = 1
        await clinic.lets_time_pass()
        assert [sent.frequency for sent in await clinic.sent_claims()] == ["1", "7"]


class TestAnEncounterWithNothingLeftToBill:
    async def test_is_voided_at_its_payer_by_the_payer_s_number(self, clinic: Clinic) -> None:
        patient_id, encounter_id, claim_id = await with_payer(clinic)
        await is_paid(clinic, claim_id)
        await takes_back(clinic, patient_id, encounter_id)
        await clinic.lets_time_pass()
        void = (await clinic.sent_claims())[-1]
        assert (void.frequency, void.original_reference) == ("8", "PC1")
        assert [line.procedure.code for line in void.lines] == ["17110"]
        await clinic.edi_tells("TransmissionSent", claim_id)
        await clinic.is_answered(claim_id, "A2")
        assert await clinic.status(claim_id) == "void"
        [closed] = await clinic.events(claim_id, "ClaimClosed")
        assert closed.data["reason"] == "void"

    @pytest.mark.parametrize("answer", ["A3", "A7"])
    async def test_is_given_up_when_its_payer_turned_it_away(self, clinic: Clinic, answer: str) -> None:
        patient_id, encounter_id, claim_id = await with_payer(clinic)
        await takes_back(clinic, patient_id, encounter_id)
        assert await clinic.follow_ups() == ["withdrawn_waits"]
        await clinic.is_answered(claim_id, answer)
        assert (await clinic.status(claim_id), await clinic.follow_ups()) == ("void", [])
