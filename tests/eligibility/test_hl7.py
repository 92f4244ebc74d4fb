"""SIU messages into the book of appointments, beside a real register of patients."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from faulty_line import on_a_socket
from tests.hl7.answers import Told, acknowledged
from tests.hl7.messages import PID, adt, message, msh, segment

from common.testing.running import Running
from eligibility.main import SERVICE
from patients.main import SERVICE as PATIENTS

Start = Callable[..., Awaitable[Running]]
ER7 = {"Content-Type": "application/hl7-v2"}


@dataclass(frozen=True)
class Book:
    eligibility: Running
    patients: Running

    async def hears(self, data: bytes) -> tuple[str, list[Told]]:
        return await sent(self.eligibility, data, "eligibility:write")

    async def appointments(self) -> list[dict[str, Any]]:
        async with self.eligibility.client("eligibility:read") as http:
            return (await http.get("/appointments")).json()["items"]


async def sent(service: Running, data: bytes, scope: str) -> tuple[str, list[Told]]:
    async with service.client(scope) as http:
        answer = await http.post("/hl7v2", content=data, headers=ER7)
    return acknowledged(answer.text)


@pytest.fixture
async def book(run_service: Start) -> AsyncGenerator[Book]:
    """A practice that knows the patient MRN-1001 and has no appointments."""
    patients = await run_service(PATIENTS)
    assert await sent(patients, adt(), "patients:write") == ("AA", [])
    async with on_a_socket(patients) as url:
        yield Book(await run_service(SERVICE, patients_url=url), patients)


def siu(event: str, control_id: str, starts: str = "20991110093000-0500", pid: str = PID, **more: str) -> bytes:
    fields = {1: "P-1", 2: "F-1^SCHED", 11: f"^^30^{starts}" if starts else "", 25: "Booked"}
    told = segment("SCH", fields | {int(name[1:]): value for name, value in more.items()})
    return message(msh(f"SIU^{event}^SIU_S12", control_id), told, pid, "RGS|1", "AIS|1|A|SKIN^Skin check")


class TestAnAppointmentOfTheEhr:
    async def test_is_booked_once_whatever_is_sent_twice(self, book: Book) -> None:
        for event, control_id in (("S12", "A-1"), ("S12", "A-1"), ("S12", "A-2"), ("S14", "A-3")):
            assert await book.hears(siu(event, control_id)) == ("AA", [])
        [appointment] = await book.appointments()
        assert (appointment["on"], appointment["status"], appointment["version"]) == ("2099-11-10", "booked", 1)

    async def test_is_on_the_day_that_it_is_at_the_practice(self, book: Book) -> None:
        assert await book.hears(siu("S12", "A-1", starts="209911110130+0000")) == ("AA", [])
        [appointment] = await book.appointments()
        assert appointment["on"] == "2099-11-10"

    async def test_is_moved_and_called_off_by_its_number(self, book: Book) -> None:
        await book.hears(siu("S12", "A-1"))
        assert await book.hears(siu("S13", "A-2", starts="20991112093000-0500")) == ("AA", [])
        assert [each["on"] for each in await book.appointments()] == ["2099-11-12"]
        for control_id in ("A-3", "A-4"):
            assert await book.hears(siu("S15", control_id)) == ("AA", [])
        [appointment] = await book.appointments()
        assert (appointment["status"], appointment["version"]) == ("cancelled", 3)

    async def test_whose_status_says_so_is_called_off(self, book: Book) -> None:
        await book.hears(siu("S12", "A-1"))
        assert await book.hears(siu("S14", "A-2", f25="Cancelled")) == ("AA", [])
        assert [each["status"] for each in await book.appointments()] == ["cancelled"]

    async def test_first_heard_of_when_it_is_moved_is_booked(self, book: Book) -> None:
        assert await book.hears(siu("S13", "A-1")) == ("AA", [])
        assert len(await book.appointments()) == 1


class TestARefusal:
    async def test_says_where(self, book: Book) -> None:
        unnumbered = siu("S12", "A-1", f1="", f2="")
        cases = {
            "SCH^1^2": (unnumbered, "101"),
            "SCH^1^11^1^4": (siu("S12", "A-2", starts=""), "101"),
            "PID^1^3": (siu("S12", "A-3", pid=PID.replace("MRN-1001", "MRN-404")), "204"),
            "SCH^1": (message(msh("SIU^S12", "A-4"), PID), "100"),
            "MSH^1^9^^2": (siu("S26", "A-5"), "201"),
        }
        for place, (data, code) in cases.items():
            outcome, [error] = await book.hears(data)
            assert (outcome, *error[:2]) == ("AR" if code == "201" else "AE", place, code)
        outcome, [(place, code, _)] = await book.hears(siu("S15", "A-6"))
        assert (outcome, place, code) == ("AE", "SCH^1^2", "204")
        assert await book.appointments() == []

    async def test_of_a_number_that_another_patient_has(self, book: Book) -> None:
        await book.hears(siu("S12", "A-1"))
        other = PID.replace("MRN-1001", "MRN-2002")
        await sent(book.patients, adt(control_id="M-2", segments=(other,)), "patients:write")
        outcome, [(_, code, told)] = await book.hears(siu("S13", "A-2", pid=other))
        assert (outcome, code) == ("AE", "199")
        assert "for another patient" in told

    async def test_of_moving_what_was_called_off(self, book: Book) -> None:
        await book.hears(siu("S12", "A-1"))
        await book.hears(siu("S15", "A-2"))
        outcome, [(_, code, _)] = await book.hears(siu("S13", "A-3", starts="20991112093000-0500"))
        assert (outcome, code) == ("AE", "199")
