"""A front desk whose eligibility, patients and edi services run for real, with the simulated payers at the far end."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from faulty_line import FaultyLine, on_a_socket
from sqlalchemy import text
from whole_platform import ADMIN_TOKEN, answering, simulator

from common.embedded import free_port
from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE as EDI
from eligibility.main import SERVICE
from patients.main import SERVICE as PATIENTS

Start = Callable[..., Awaitable[Running]]

TODAY = datetime.now(UTC).date()
VISIT = TODAY + timedelta(days=2)
PAYER, MEMBER, NPI = "MERIDIAN", "MA1000001", "1234567893"
HOME = {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"}
PERSON = {"name": {"family": "Quill", "given": "Maren"}, "birth_date": "1980-04-02", "sex": "F", "address": HOME}
ROSTER = {"member_id": MEMBER, "deductible_remaining": "150", "coinsurance": "0.2", "copay": "30"}


class Line(FaultyLine):
    """The line to edi, of whose requests every so many-th is answered 503 in edi's place."""

    every: int | None = None
    always: int | None = None

    @property
    def refuses(self) -> int | None:
        return 503 if self.every and len(self.asked) % self.every == 0 else self.always

    @refuses.setter
    def refuses(self, status: int | None) -> None:
        self.always = status


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


@dataclass
class Desk:
    """The front desk of a practice, told as acts."""

    eligibility: Running
    patients: Running
    edi: Running
    line: Line
    payers: httpx.Client
    http: httpx.AsyncClient
    members: list[dict[str, Any]] = field(default_factory=list)

    async def registers(self, *, covered: bool = True, **coverage: Any) -> UUID:
        async with self.patients.client("patients:write") as http:
            person = PERSON | {"record_number": f"MRN-{new_id().hex}"}
            answer = await http.post("/patients", json=person, headers=key())
            assert answer.status_code == 201, answer.text
            patient_id = UUID(answer.json()["id"])
        if covered:
            await self.covers(patient_id, **coverage)
        return patient_id

    async def covers(self, patient_id: UUID, **coverage: Any) -> dict[str, Any]:
        card = {"payer_id": PAYER, "member_id": MEMBER, "effective_from": "2020-01-01"} | coverage
        async with self.patients.client("patients:write") as http:
            answer = await http.post(f"/patients/{patient_id}/coverages", json=card, headers=key())
            assert answer.status_code == 201, answer.text
            return answer.json()

    async def amends(self, coverage: dict[str, Any], **changes: Any) -> None:
        kept = {name: coverage[name] for name in ("payer_id", "member_id", "effective_from")}
        async with self.patients.client("patients:write") as http:
            path, version = f"/coverages/{coverage['id']}", {"If-Match": f'"{coverage["version"]}"'}
            answer = await http.put(path, json=kept | changes, headers=version)
            assert answer.status_code == 200, answer.text

    async def wants(self, patient_id: UUID, *, on: date = VISIT, **more: Any) -> dict[str, Any]:
        body = {"patient_id": str(patient_id), "on": on.isoformat()} | more
        answer = await self.http.post("/checks", json=body, headers=key())
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def checks(self, patient_id: UUID, **more: Any) -> dict[str, Any]:
        """Want a check, have it done, and give it as it then is."""
        wanted = await self.wants(patient_id, **more)
        await self.eligibility.run_timers()
        return await self.check(wanted["id"])

    async def check(self, check_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/checks/{check_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def gets(self, path: str, **params: Any) -> Any:
        answer = await self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def acts(self, check: dict[str, Any], act: str, body: dict[str, Any] | None = None) -> httpx.Response:
        version = {"If-Match": f'"{check["version"]}"'}
        return await self.http.post(f"/checks/{check['id']}/{act}", json=body, headers=version)

    async def time_passes(self, **how_long: float) -> None:
        """What edi and eligibility count in seconds is that much longer ago, and what was due by then is done."""
        longer = timedelta(**how_long)
        moved = f"interval '{longer.total_seconds()} seconds'"
        await self.edi.query(text(f"UPDATE exchanges SET asked_at = asked_at - {moved} RETURNING id"))
        await self.eligibility.run_timers(until=datetime.now(UTC) + longer)

    def knows(self, **facts: Any) -> None:
        """What the payer knows of the member beside its roster."""
        self.tells("PUT", f"/payers/{PAYER}/benefits", [{"member_id": MEMBER} | facts])

    def roster(self, **changes: Any) -> None:
        self.tells("PUT", f"/payers/{PAYER}/members", [ROSTER | changes])

    @property
    def asked(self) -> int:
        """How many questions reached the payers."""
        return len(self.tells("GET", "/interchanges?limit=1000")["interchanges"])

    def tells(self, method: str, path: str, body: Any = None) -> Any:
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
        edi = await run_service(EDI, edi_allowed_hosts="127.0.0.1")
        patients_url = await stack.enter_async_context(on_a_socket(patients))
        line = Line(await stack.enter_async_context(on_a_socket(edi)))
        stack.callback(line.stop)
        service = await run_service(SERVICE, patients_url=patients_url, edi_url=line.url)
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        payers = stack.enter_context(httpx.Client(base_url=f"{payers_url}/admin", headers=headers, timeout=20))
        http = await stack.enter_async_context(service.client("eligibility:read", "eligibility:write"))
        desk = Desk(service, patients, edi, line, payers, http)
        await _opens(desk, payers_url)
        yield desk


async def _opens(desk: Desk, payers_url: str) -> None:
    """A payer with one member, on a day that stands still, and a practice that asks through the clearinghouse."""
    for method, path, body in (
        ("POST", "/reset", {"seed": 7}),
        ("PATCH", "/time", {"day_seconds": None, "today": TODAY.isoformat()}),
    ):
        answer = desk.payers.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
    desk.roster()
    partner = {
        "name": "Clearinghouse",
        "base_url": payers_url,
        "sender_qualifier": "ZZ",
        "sender_id": "DERMGROUP",
        "receiver_qualifier": "ZZ",
        "receiver_id": "CLEARINGHOUSE",
        "usage": "T",
        "payers": ["*"],
        "poll_seconds": 3600,
    }
    async with desk.edi.client("edi:write") as http:
        answer = await http.post("/partners", json=partner, headers=key())
        assert answer.status_code == 201, answer.text
    asker = {"name": "Sample Dermatology PC", "npi": NPI}
    assert (await desk.http.put("/asking-provider", json=asker)).status_code == 200
    payer = {"name": "Meridian Mutual"}
    assert (await desk.http.put(f"/payers/{PAYER}", json=payer)).status_code == 200


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples"
