"""An authorizations desk whose own service, patients and edi run for real, with the simulated payers at the far end."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from faulty_line import FaultyLine, on_a_socket
from sqlalchemy import text
from whole_platform import ADMIN_TOKEN, answering, simulator

from authorizations.main import SERVICE
from common.embedded import free_port
from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE as EDI
from patients.main import SERVICE as PATIENTS

Start = Callable[..., Awaitable[Running]]

TODAY = datetime.now(UTC).date()
FIRST, LAST = TODAY + timedelta(days=5), TODAY + timedelta(days=65)
PAYER, MEMBER, NPI, CLINICIAN = "MERIDIAN", "MA1000001", "1234567893", "1245319599"
HOME = {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"}
PERSON = {"name": {"family": "Quill", "given": "Maren"}, "birth_date": "1980-04-02", "sex": "F", "address": HOME}
COURSE = {
    "services": [{"code": "96910", "units": 10}],
    "first": FIRST.isoformat(),
    "last": LAST.isoformat(),
    "place": "11",
    "diagnoses": ["L40.0"],
    "rendering_npi": CLINICIAN,
}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


@dataclass
class Desk:
    """The authorizations desk of a practice, told as acts."""

    service: Running
    patients: Running
    edi: Running
    line: FaultyLine
    payers: httpx.Client
    http: httpx.AsyncClient
    partner_id: UUID

    async def by_fhir(self, **payer: Any) -> None:
        """The payer is asked over its FHIR server from now on."""
        partner = {
            "name": "Meridian FHIR", "wire": "fhir", "base_url": str(self.payers.base_url).replace("/admin/", "/fhir"),
            "sender_qualifier": "ZZ", "sender_id": "DERMGROUP", "receiver_qualifier": "ZZ", "receiver_id": "MERIDIAN",
        }  # fmt: skip
        async with self.edi.client("edi:write") as wires:
            made = await wires.post("/partners", json=partner, headers=key())
        assert made.status_code == 201, made.text
        entry = {"name": "Meridian Mutual", "wire": "pas", "partner_id": made.json()["id"]} | payer
        answer = await self.http.put(f"/payers/{PAYER}", json=entry)
        assert answer.status_code == 200, answer.text

    async def inquires(self) -> None:
        """The time of the next inquiry has come."""
        due = "UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'inquire-payer' RETURNING key"
        assert await self.service.query(text(due)), "nothing is to be inquired about"
        await self.service.run_timers()

    async def registers(self) -> UUID:
        """A patient with a coverage of the simulated payer."""
        async with self.patients.client("patients:write") as http:
            person = PERSON | {"record_number": f"MRN-{new_id().hex}"}
            patient = await http.post("/patients", json=person, headers=key())
            assert patient.status_code == 201, patient.text
            card = {"payer_id": PAYER, "member_id": MEMBER, "effective_from": "2020-01-01"}
            path = f"/patients/{patient.json()['id']}/coverages"
            assert (await http.post(path, json=card, headers=key())).status_code == 201
        return UUID(patient.json()["id"])

    async def drafts(self, patient_id: UUID, **changes: Any) -> dict[str, Any]:
        body = COURSE | {"patient_id": str(patient_id)} | changes
        answer = await self.http.post("/authorizations", json=body, headers=key())
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def asks(self, patient_id: UUID, **changes: Any) -> dict[str, Any]:
        """Ask the payer at once, and give the record as it then is."""
        asked = await self.drafts(patient_id, submit=True, **changes)
        await self.service.run_timers()
        return await self.record(asked["id"])

    async def record(self, authorization_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/authorizations/{authorization_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def acts(self, one: dict[str, Any], act: str, body: dict[str, Any]) -> httpx.Response:
        version = {"If-Match": f'"{one["version"]}"'}
        return await self.http.post(f"/authorizations/{one['id']}/{act}", json=body, headers=version)

    async def amends(self, one: dict[str, Any], certification: str, **wish: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"certification": certification}
        if wish:
            body["wish"] = COURSE | {"patient_id": one["patient_id"]} | wish
        answer = await self.acts(one, "requests", body)
        assert answer.status_code == 202, answer.text
        await self.service.run_timers()
        return await self.record(one["id"])

    async def codes(
        self, patient_id: UUID, units: int, *, encounter: UUID, version: int = 1, on: date = FIRST, cpt: str = "96910"
    ) -> None:
        """Coding says what was done at an encounter; the rules are asked as soon as timers run."""
        said = {
            "encounter_id": str(encounter),
            "patient_id": str(patient_id),
            "date_of_service": on.isoformat(),
            "place_of_service": "11",
            "rendering_npi": CLINICIAN,
            "diagnoses": ["L40.0"],
            "lines": [{"number": 1, "cpt": cpt, "units": units, "modifiers": [], "diagnosis_pointers": [1]}],
        }
        await self._coding("EncounterCoded" if version == 1 else "EncounterRecoded", said, encounter, version)

    async def takes_back(self, patient_id: UUID, *, encounter: UUID, version: int) -> None:
        """Coding holds an encounter that it had coded."""
        said = {
            "encounter_id": str(encounter), "patient_id": str(patient_id), "date_of_service": FIRST.isoformat(),
            "flags": ["AWAIT_PATH"],
        }  # fmt: skip
        await self._coding("EncounterHeld", said, encounter, version)

    async def is_new(self, patient_id: UUID) -> None:
        """The register says that the patient was registered."""
        said = {"patient_id": str(patient_id)}
        await self.service.deliver("org.dermbill.patients.PatientRegistered.v1", said, key=patient_id)

    async def is_covered(self, patient_id: UUID, payer_id: str = PAYER, **changes: Any) -> UUID:
        """The register says that a coverage of the patient was recorded or amended."""
        coverage_id = changes.pop("coverage_id", None) or new_id()
        version = changes.pop("version", 1)
        said = {
            "patient_id": str(patient_id), "coverage_id": str(coverage_id), "payer_id": payer_id, "priority": 1,
            "effective_from": "2020-01-01", "effective_to": None,
        }  # fmt: skip
        name = "CoverageRecorded" if version == 1 else "CoverageChanged"
        type = f"org.dermbill.patients.{name}.v1"
        await self.service.deliver(type, said | changes, key=coverage_id, version=version)
        return coverage_id

    async def an_hour_passes(self) -> None:
        """What is due within the hour is done."""
        await self.service.run_timers(until=datetime.now(UTC) + timedelta(hours=1))

    async def _coding(self, name: str, said: dict[str, Any], encounter: UUID, version: int) -> None:
        type = f"org.dermbill.encounters.{name}.v1"
        await self.service.deliver(type, said, key=encounter, version=version)

    async def told(self, name: str) -> list[dict[str, Any]]:
        return [event.data for event in await self.service.published(name)]

    def rules(self, *rules: dict[str, Any]) -> None:
        """What the payer makes of requests."""
        self._admin("PUT", f"/payers/{PAYER}/authorization-rules", list(rules))

    def days_pass(self, days: int) -> None:
        """At the payer's: what is pended is decided."""
        self._admin("POST", "/time/advance", {"days": days})

    async def sent(self) -> str:
        """The last question that edi put to the payer, as it went."""
        async with self.edi.client("edi:read") as http:
            exchange = (await http.get("/exchanges")).json()["items"][-1]
            return (await http.get(f"/interchanges/{exchange['request_id']}/content")).text

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What reached the payer."""
        return self._admin("GET", "/authorizations?limit=200")["authorizations"]

    async def files_come(self) -> None:
        """Edi fetches what lies at the clearinghouse, and tells of it."""
        before = len(await self.edi.published("InterchangeReceived"))
        await self.edi.query(text("UPDATE timers SET due_at = clock_timestamp() WHERE kind LIKE 'poll%' RETURNING key"))
        await self.edi.run_timers()
        for event in (await self.edi.published("InterchangeReceived"))[before:]:
            await self.service.deliver("org.dermbill.edi.InterchangeReceived.v1", event.data, key=event.key)
        await self.service.run_timers()

    def _admin(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.payers.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="session")
def payers_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str, None, None]:
    port = free_port()
    with simulator(port, tmp_path_factory.mktemp("payers")):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
async def desk(run_service: Start, payers_url: str) -> AsyncGenerator[Desk, None]:
    await answering(payers_url)
    async with AsyncExitStack() as stack:
        patients = await run_service(PATIENTS)
        port = free_port()
        told_at = f"http://127.0.0.1:{port}"
        edi = await run_service(EDI, edi_allowed_hosts="127.0.0.1", edi_public_url=told_at)
        patients_url = await stack.enter_async_context(on_a_socket(patients))
        line = FaultyLine(await stack.enter_async_context(on_a_socket(edi, port)))
        stack.callback(line.stop)
        service = await run_service(SERVICE, patients_url=patients_url, edi_url=line.url)
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        payers = stack.enter_context(httpx.Client(base_url=f"{payers_url}/admin", headers=headers, timeout=20))
        http = await stack.enter_async_context(service.client("authorizations:read", "authorizations:write"))
        partner_id = await _opens(edi, payers, http, payers_url)
        yield Desk(service, patients, edi, line, payers, http, partner_id)


async def _opens(edi: Running, payers: httpx.Client, http: httpx.AsyncClient, payers_url: str) -> UUID:
    """A payer with one member, on a day that stands still, and a practice that asks through the clearinghouse."""
    _sets_the_scene(payers)
    partner = {
        "name": "Clearinghouse", "base_url": payers_url, "sender_qualifier": "ZZ", "sender_id": "DERMGROUP",
        "receiver_qualifier": "ZZ", "receiver_id": "CLEARINGHOUSE", "usage": "T", "payers": ["*"], "poll_seconds": 3600,
    }  # fmt: skip
    async with edi.client("edi:write") as wires:
        answer = await wires.post("/partners", json=partner, headers=key())
        assert answer.status_code == 201, answer.text
    asker = {"name": "Sample Dermatology PC", "npi": NPI}
    assert (await http.put("/asking-provider", json=asker)).status_code == 200
    assert (await http.put(f"/payers/{PAYER}", json={"name": "Meridian Mutual"})).status_code == 200
    return UUID(answer.json()["id"])


def _sets_the_scene(payers: httpx.Client) -> None:
    for method, path, body in (
        ("POST", "/reset", {"seed": 7}),
        ("PATCH", "/time", {"day_seconds": None, "today": TODAY.isoformat()}),
        ("PUT", f"/payers/{PAYER}/members", [{"member_id": MEMBER}]),
    ):
        answer = payers.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
