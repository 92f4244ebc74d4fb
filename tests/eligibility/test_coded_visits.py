"""Coded visits: their lines are held against what is covered, once for each coding, before their claim goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from common.ids import new_id

TODAY = datetime.now(UTC).date()
CODED, RECODED = "org.dermbill.encounters.EncounterCoded.v1", "org.dermbill.encounters.EncounterRecoded.v1"
HELD = "org.dermbill.encounters.EncounterHeld.v1"
NEEDS_APPROVAL = {"code": "1", "services": ["78"], "authorization": "Y"}
DRUG = {"number": 1, "cpt": "J2357", "units": 30, "modifiers": [], "diagnosis_pointers": [1]}
VISIT = {"number": 2, "cpt": "99213", "units": 1, "modifiers": ["25"], "diagnosis_pointers": [1]}


async def codes(desk: Any, encounter_id: UUID, patient_id: UUID, version: int, *lines: Any, event: str = CODED) -> None:
    said = {
        "encounter_id": encounter_id,
        "patient_id": patient_id,
        "date_of_service": TODAY.isoformat(),
        "diagnoses": ["L50.1"],
        "lines": list(lines),
        "self_pay_lines": [{"code": "J2357", "units": 1}],
    }
    await desk.eligibility.deliver(event, said, key=encounter_id, version=version)


async def gaps_told(desk: Any) -> list[Any]:
    return [event.data for event in await desk.eligibility.published("CoverageGapFound")]


class TestACodedVisit:
    async def test_is_held_against_the_answer_of_its_check_once_for_each_coding(self, desk: Any) -> None:
        desk.knows(more=[NEEDS_APPROVAL])
        patient_id, encounter_id = await desk.registers(), new_id()
        await codes(desk, encounter_id, patient_id, 3, DRUG, VISIT)
        assert await gaps_told(desk) == []
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(minutes=2))
        [told] = await gaps_told(desk)
        assert told["gaps"] == [{"kind": "authorization-needed", "line": 1, "code": "J2357", "service_type": "78"}]
        assert (told["encounter_id"], told["coded_version"]) == (str(encounter_id), 3)
        await codes(desk, encounter_id, patient_id, 2, DRUG, VISIT, event=RECODED)
        await codes(desk, encounter_id, patient_id, 4, VISIT, DRUG, event=RECODED)
        first, second = await gaps_told(desk)
        assert (first["coded_version"], second["coded_version"], second["gaps"][0]["line"]) == (3, 4, 2)
        assert desk.asked == 1

    async def test_is_told_of_at_once_where_the_answer_is_there(self, desk: Any) -> None:
        desk.knows(more=[NEEDS_APPROVAL, {"code": "1", "services": ["98"], "message": "REFERRAL REQUIRED"}])
        patient_id = await desk.registers()
        await desk.checks(patient_id, on=TODAY - timedelta(days=1))
        await codes(desk, new_id(), patient_id, 1, DRUG, VISIT)
        [told] = await gaps_told(desk)
        assert {gap["kind"] for gap in told["gaps"]} == {"authorization-needed", "referral-needed"}
        assert desk.asked == 1

    async def test_without_a_gap_or_only_for_the_patient_to_pay_is_not_told_of(self, desk: Any) -> None:
        desk.knows(more=[NEEDS_APPROVAL])
        patient_id = await desk.registers()
        await desk.checks(patient_id, on=TODAY)
        await codes(desk, new_id(), patient_id, 1, VISIT)
        await codes(desk, new_id(), patient_id, 1)
        taken_back = new_id()
        await codes(desk, taken_back, patient_id, 2, event=HELD)
        await codes(desk, taken_back, patient_id, 1, DRUG)
        assert await gaps_told(desk) == []

    async def test_of_which_nothing_is_known_is_not_told_of(self, desk: Any) -> None:
        desk.knows(reject="72")
        patient_id = await desk.registers()
        await codes(desk, new_id(), patient_id, 1, DRUG)
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(minutes=2))
        assert await gaps_told(desk) == []
        assert (await desk.gets("/gap-reviews", patient_id=str(patient_id)))["items"] == []
