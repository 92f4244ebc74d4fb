"""Checks by the thousand, and checks that begin by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from eligibility.domain.appointment import Appointment
from eligibility.domain.refusals import AppointmentOver

TODAY = datetime.now(UTC).date()
VISIT = TODAY + timedelta(days=2)
CODED, RECORDED = "org.dermbill.encounters.EncounterCoded.v1", "org.dermbill.patients.CoverageRecorded.v1"
CHANGED = "org.dermbill.patients.CoverageChanged.v1"


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


async def batch_of(desk: Any, items: list[Any]) -> dict[str, Any]:
    answer = await desk.http.post("/batches", json={"items": items}, headers=key())
    assert answer.status_code == 202, answer.text
    return answer.json()


class TestABatch:
    async def test_loses_a_bad_item_and_nothing_else(self, desk: Any) -> None:
        good, uncovered = await desk.registers(), await desk.registers(covered=False)
        batch = await batch_of(
            desk,
            [
                {"patient_id": str(good), "on": VISIT.isoformat()},
                {"patient_id": "nobody", "on": VISIT.isoformat()},
                {"patient_id": str(uncovered), "on": VISIT.isoformat()},
                {"on": VISIT.isoformat(), "Quill, Maren": 1},
            ],
        )
        assert (batch["items"], batch["done"], batch["counts"]) == (4, False, {"waiting": 2, "refused": 2})
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(seconds=5))
        batch = await desk.gets(f"/batches/{batch['id']}")
        assert (batch["done"], batch["counts"]) == (True, {"answered": 1, "not_asked": 1, "refused": 2})
        items = (await desk.gets(f"/batches/{batch['id']}/items"))["items"]
        assert [(one["number"], one["status"]) for one in items] == [
            (1, "answered"),
            (2, "refused"),
            (3, "not_asked"),
            (4, "refused"),
        ]
        assert items[1]["codes"] == ["patient_id: uuid_parsing"]
        assert "QUILL" not in str(items).upper()

    async def test_answers_each_member_once_over_a_line_that_fails_a_fifth_of_the_time(self, desk: Any) -> None:
        patients = [await desk.registers(member_id=f"MA{number:07d}") for number in range(12)]
        desk.tells("POST", "/payers/MERIDIAN/members", [{"member_id": f"MA{n:07d}", "copay": "30"} for n in range(12)])
        desk.line.every = 5
        items = [{"patient_id": str(one), "on": VISIT.isoformat()} for one in (*patients, patients[0])]
        batch = await batch_of(desk, items)
        for _ in range(4):
            await desk.time_passes(hours=5)
        batch = await desk.gets(f"/batches/{batch['id']}")
        assert (batch["done"], batch["counts"]) == (True, {"answered": 13})
        assert desk.asked == 12
        told = [event.data["patient_id"] for event in await desk.eligibility.published()]
        assert sorted(told) == sorted(map(str, (*patients, patients[0])))


class TestAnAppointment:
    async def test_is_checked_some_days_before(self, desk: Any) -> None:
        patient_id = await desk.registers()
        booked = await books(desk, patient_id, TODAY + timedelta(days=20))
        await desk.eligibility.run_timers()
        assert (await desk.gets("/checks"))["items"] == []
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(days=18))
        [check] = (await desk.gets("/checks"))["items"]
        assert (check["cause"], check["on"]) == ("appointment", booked["on"])
        again = await desk.gets(f"/appointments/{booked['id']}")
        assert again["check_id"] == check["id"]

    async def test_that_is_near_is_checked_at_once(self, desk: Any) -> None:
        booked = await books(desk, await desk.registers(), TODAY + timedelta(days=1))
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(days=1))
        assert (await desk.gets(f"/appointments/{booked['id']}"))["check_id"] is not None

    async def test_that_is_called_off_is_not_asked_about(self, desk: Any) -> None:
        booked = await books(desk, await desk.registers(), TODAY + timedelta(days=20))
        path, version = f"/appointments/{booked['id']}/cancel", {"If-Match": f'"{booked["version"]}"'}
        assert (await desk.http.post(path, headers=version)).json()["status"] == "cancelled"
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(days=30))
        assert ((await desk.gets("/checks"))["items"], desk.asked) == ([], 0)

    async def test_that_is_moved_is_checked_for_its_new_day(self, desk: Any) -> None:
        booked = await books(desk, await desk.registers(), TODAY + timedelta(days=20))
        later = (TODAY + timedelta(days=40)).isoformat()
        path, version = f"/appointments/{booked['id']}/move", {"If-Match": f'"{booked["version"]}"'}
        assert (await desk.http.post(path, json={"on": later}, headers=version)).json()["on"] == later
        await desk.eligibility.run_timers(until=datetime.now(UTC) + timedelta(days=39))
        [check] = (await desk.gets("/checks"))["items"]
        assert check["on"] == later


class TestTheDayToAsk:
    @given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 30), st.dates(date(2026, 1, 1)))
    def test_is_never_past_and_never_after_the_visit(self, on: date, before: int, today: date) -> None:
        asked_on = Appointment(new_id(), new_id(), on).check_on(before, today)
        if on < today:
            assert asked_on is None
        else:
            assert asked_on is not None
            assert today <= asked_on <= on

    def test_is_over_once_the_visit_is_called_off(self) -> None:
        off = Appointment(new_id(), new_id(), VISIT).cancelled()
        assert off.check_on(3, TODAY) is None
        with pytest.raises(AppointmentOver):
            off.moved(VISIT)


class TestRegistration:
    async def test_a_coverage_put_on_file_is_checked_today_and_once(self, desk: Any) -> None:
        patient_id = await desk.registers(covered=False)
        coverage = await desk.covers(patient_id)
        said = {"patient_id": patient_id, "coverage_id": coverage["id"], "effective_from": "2020-01-01"}
        for event in (RECORDED, CHANGED):
            await desk.eligibility.deliver(event, said, key=UUID(coverage["id"]))
        await desk.eligibility.run_timers()
        [check] = (await desk.gets("/checks"))["items"]
        assert (check["cause"], check["status"], check["coverage_id"]) == ("registration", "answered", coverage["id"])

    async def test_a_coverage_that_is_over_is_not_asked_about(self, desk: Any) -> None:
        said = {"patient_id": new_id(), "coverage_id": new_id(), "effective_from": "2019-01-01"}
        await desk.eligibility.deliver(RECORDED, said | {"effective_to": "2020-01-01"}, key=said["coverage_id"])
        assert (await desk.gets("/checks"))["items"] == []


class TestBeforeAClaim:
    async def test_a_coded_visit_without_a_check_is_asked_about(self, desk: Any) -> None:
        patient_id, encounter_id = await desk.registers(), new_id()
        said = {"encounter_id": encounter_id, "patient_id": patient_id, "date_of_service": TODAY.isoformat()}
        for revision in (1, 2):
            await desk.eligibility.deliver(CODED, said, key=encounter_id, version=revision)
        await desk.eligibility.run_timers()
        [check] = (await desk.gets("/checks"))["items"]
        assert (check["cause"], check["standing"]) == ("claim", "active")

    async def test_one_near_its_day_is_enough(self, desk: Any) -> None:
        patient_id = await desk.registers()
        await desk.checks(patient_id, on=TODAY - timedelta(days=2))
        said = {"encounter_id": new_id(), "patient_id": patient_id, "date_of_service": TODAY.isoformat()}
        await desk.eligibility.deliver(CODED, said, key=new_id())
        assert len((await desk.gets("/checks"))["items"]) == 1

    async def test_a_practice_that_wants_none_has_none(self, desk: Any) -> None:
        asker = {"name": "Sample Dermatology PC", "npi": "1234567893", "automatic": False}
        assert (await desk.http.put("/asking-provider", json=asker)).status_code == 200
        patient_id = await desk.registers()
        said = {"encounter_id": new_id(), "patient_id": patient_id, "date_of_service": TODAY.isoformat()}
        await desk.eligibility.deliver(CODED, said, key=new_id())
        assert (await desk.gets("/checks"))["items"] == []


async def books(desk: Any, patient_id: UUID, on: date) -> dict[str, Any]:
    answer = await desk.http.post(
        "/appointments", json={"patient_id": str(patient_id), "on": on.isoformat()}, headers=key()
    )
    assert answer.status_code == 201, answer.text
    return answer.json()
