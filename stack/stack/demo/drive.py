"""The day itself: patients are registered, visits documented, questions answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from stack.demo.day import Visit
from stack.demo.office import Office
from stack.demo.people import Patient
from stack.demo.progress import Tell
from stack.demo.scenes import Twist

AT_ONCE = 8

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Registered:
    """A patient on file: ids of the patient and of the coverage, None where none was recorded."""

    patient_id: str
    coverage_id: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """A visit in the platform's hands."""

    visit: Visit
    encounter_id: str
    patient_id: str
    coverage_id: str | None


async def some_at_once(
    work: Callable[[T], Awaitable[R]], items: Iterable[T], tell: Tell, *, limit: int = AT_ONCE
) -> list[R]:
    """Do `work` for every item, at most `limit` at a time; the results in the order of the items."""
    gate = asyncio.Semaphore(limit)
    done = 0

    async def one(item: T) -> R:
        nonlocal done
        async with gate:
            result = await work(item)
        done += 1
        tell(done)
        return result

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]


async def register(office: Office, patients: Iterable[Patient], tell: Tell) -> dict[str, Registered]:
    """Put the patients and their coverages on file, by record number."""

    async def one(patient: Patient) -> tuple[str, Registered]:
        made = await office["patients"].create("/patients", {"record_number": patient.record_number, **patient.person})
        coverage_id = None
        if patient.coverage:
            path = f"/patients/{made['id']}/coverages"
            coverage_id = (await office["patients"].create(path, patient.coverage))["id"]
        return patient.record_number, Registered(made["id"], coverage_id)

    return dict(await some_at_once(one, patients, tell))


async def document(
    office: Office, visits: Iterable[Visit], registered: dict[str, Registered], tell: Tell
) -> list[Entered]:
    """Enter the visits; a coder codes by hand what the scene says."""

    async def one(visit: Visit) -> Entered:
        patient = registered[visit.patient.record_number]
        body = {
            "patient_id": patient.patient_id,
            "rendering_npi": visit.clinician_npi,
            "location_code": visit.location_code,
            "visit_number": visit.number,
            "visit": visit.form,
        }
        encounter = await office["coding"].create("/encounters", body)
        if visit.scene.hand:
            by_hand = {"lines": list(visit.scene.hand.lines), "reason": visit.scene.hand.reason}
            path = f"/encounters/{encounter['id']}/override"
            await office["coding"].act("POST", path, by_hand, version=encounter["version"])
        return Entered(visit, encounter["id"], patient.patient_id, patient.coverage_id)

    return await some_at_once(one, visits, tell)


async def answer_questions(office: Office, entered: Iterable[Entered]) -> int:
    """Later in the day the clinic answers some of the questions; how many."""
    asked = [one for one in entered if one.visit.answer]

    async def one(entry: Entered) -> None:
        path = f"/encounters/{entry.encounter_id}"
        encounter: dict[str, Any] = await office["coding"].get(path)
        await office["coding"].act("PUT", f"{path}/visit", entry.visit.answer, version=encounter["version"])

    await some_at_once(one, asked, lambda done: None)
    return len(asked)


async def mend_coverages(office: Office, entered: Iterable[Entered]) -> None:
    """Correct the member ids that were copied wrongly, which the payer did not know."""
    for entry in entered:
        if entry.visit.scene.twist is Twist.WRONG_MEMBER_ID and entry.visit.patient.coverage:
            right = entry.visit.patient.coverage | {"member_id": entry.visit.patient.member["member_id"]}
            path = f"/coverages/{entry.coverage_id}"
            coverage = await office["patients"].get(path)
            if coverage["member_id"] != right["member_id"]:
                await office["patients"].act("PUT", path, right, version=coverage["version"])
