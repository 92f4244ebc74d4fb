"""A clinic and its payer, told as a story: every act goes through the front doors of the real services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from whole_platform import ADMIN_TOKEN, PATIENCE_SECONDS, Platform, whole_platform

from common.ids import new_id
from common.money import Money
from common.tables import event_log
from common.testing.databases import Server
from common.testing.issuer import TestIssuer
from stack.demo.office import Door, Office
from stack.services import STAFF_SCOPES

FrontOffice = Callable[[], AbstractAsyncContextManager[Office]]
NPI, RENDERING = "1234567893", "1245319599"
VISIT_DAY = datetime.now(UTC).date() - timedelta(days=3)
PRACTICE = {
    "name": "Sample Dermatology PC",
    "npi": NPI,
    "tax_id": "123456789",
    "taxonomy": "207N00000X",
    "address": {"line1": "100 Example Street", "city": "Albany", "state": "NY", "zip": "122070001"},
    "contact_name": "Billing Office",
    "contact_phone": "5185550100",
}
PERSON = {
    "name": {"family": "Quill", "given": "Maren"},
    "birth_date": "1961-07-09",
    "sex": "F",
    "address": {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"},
}
PAYER = {
    "name": "MERIDIAN MUTUAL",
    "filing_indicator": "CI",
    "filing_limit_days": 90,
    "takes_frequency_codes": True,
    "x_modifiers": True,
    "batch_seconds": 1,
}
CHARGES = {
    "17000": "135.00", "17003": "15.00", "11102": "190.00", "11104": "240.00", "11200": "180.00",
}  # fmt: skip
# Each area of the platform by the service that answers for it; staff may read and write all of them.
SCOPES = {
    "patients": "patients",
    "coding": "encounters",
    "claims": "claims",
    "edi": "edi",
    "payments": "payments",
    "denials": "denials",
    "eligibility": "eligibility",
    "credentialing": "credentialing",
    "authorizations": "authorizations",
}


@dataclass(frozen=True)
class Patient:
    id: UUID
    payer_id: str
    member_id: str
    coverage: dict[str, Any]


@dataclass(frozen=True)
class Visit:
    """A visit as coding keeps it: `encounter` is what it answered."""

    patient: Patient
    form: dict[str, Any]
    encounter: dict[str, Any]

    @property
    def id(self) -> str:
        return self.encounter["id"]


async def becomes(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What `look` gives as soon as it gives something; fails with `what` when it never does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (found := await look()) is None:
        assert time.monotonic() < until, what
        await asyncio.sleep(0.1)
    return found


@dataclass
class Payer:
    """The payers, as a tester of the simulator sets them."""

    admin: httpx.AsyncClient

    async def enrolls(self, patient: Patient, **benefits: str) -> None:
        """Put the patient's member on the roster, with nothing to pay unless `benefits` say so."""
        members = [{"member_id": patient.member_id, **benefits}]
        answer = await self.admin.post(f"/payers/{patient.payer_id}/members", json=members)
        assert answer.is_success, answer.text

    async def denies(self, patient: Patient, *, carc: str) -> None:
        """Deny the next original claim of the patient."""
        scenario = {
            "action": "deny", "member_id": patient.member_id, "carc": carc, "group": "CO", "frequency": "1",
        }  # fmt: skip
        answer = await self.admin.post("/scenarios", json=[scenario])
        assert answer.is_success, answer.text

    async def truth(self, control_number: str) -> dict[str, Any]:
        """What the payer itself decided of one submission."""
        answer = await self.admin.get("/truth", params={"control_number": control_number})
        [found] = answer.json()["claims"]
        return found

    async def file(self, control_number: str) -> str:
        """The interchange that brought a submission, as it came over the wire."""
        listed = (await self.admin.get("/interchanges", params={"limit": 200})).json()
        for interchange in listed["interchanges"]:
            content = (await self.admin.get(f"/interchanges/{interchange['id']}/content")).text
            if control_number in content:
                return content
        raise AssertionError("no file brought that control number")


@dataclass
class Clinic:
    """One practice and the desks of its staff."""

    platform: Platform
    id: UUID
    desks: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def opens(self) -> None:
        """Fill the registers and take the clearinghouse on."""
        await self.puts("claims", "/practice", PRACTICE)
        for payer_id in ("MERIDIAN", "TIDEWATER"):
            await self.puts("claims", f"/payers/{payer_id}", PAYER)
        clinician = {"last_name": "Ashby", "first_name": "Noor", "taxonomy": "207N00000X"}
        await self.puts("claims", f"/rendering-providers/{RENDERING}", clinician)
        charges = [{"cpt": cpt, "charge": charge} for cpt, charge in CHARGES.items()]
        answer = await self.desks["claims"].put("/charges", json={"charges": charges})
        assert answer.is_success, answer.text
        await self.posts(
            "edi",
            "/partners",
            {
                "name": "Clearinghouse",
                "base_url": self.platform.simulator,
                "sender_qualifier": "ZZ",
                "sender_id": f"J{self.id.hex[-12:].upper()}",
                "receiver_qualifier": "ZZ",
                "receiver_id": "SIMCLEARING",
                "usage": "T",
                "payers": ["*"],
                "poll_seconds": 1,
            },
        )

    async def puts(self, service: str, path: str, body: Any, version: int = 0) -> Any:
        answer = await self.desks[service].put(path, json=body, headers={"If-Match": f'"{version}"'})
        assert answer.is_success, answer.text
        return answer.json()

    async def posts(self, service: str, path: str, body: Any = None, **headers: str) -> Any:
        keyed = {"Idempotency-Key": str(new_id())} | headers
        answer = await self.desks[service].post(path, json=body, headers=keyed)
        assert answer.is_success, answer.text
        return answer.json()

    async def gets(self, service: str, path: str, **params: Any) -> Any:
        answer = await self.desks[service].get(path, params=params)
        assert answer.is_success, answer.text
        return answer.json()

    async def registers(self, payer_id: str = "MERIDIAN") -> Patient:
        """A new patient with a card that nobody else has."""
        member_id = f"M{new_id().hex[-11:].upper()}"
        person = await self.posts("patients", "/patients", PERSON | {"record_number": f"MRN-{member_id}"})
        card = {"payer_id": payer_id, "member_id": member_id, "effective_from": "2020-01-01"}
        coverage = await self.posts("patients", f"/patients/{person['id']}/coverages", card)
        return Patient(UUID(person["id"]), payer_id, member_id, coverage)

    async def insures_again(self, patient: Patient, payer_id: str) -> Patient:
        """The patient has a second card, of another payer; gives the patient as that one knows them."""
        member_id = f"M{new_id().hex[-11:].upper()}"
        card = {"payer_id": payer_id, "member_id": member_id, "effective_from": "2020-01-01", "priority": 2}
        coverage = await self.posts("patients", f"/patients/{patient.id}/coverages", card)
        return Patient(patient.id, payer_id, member_id, coverage)

    async def is_held_by(self, reason: str) -> dict[str, Any]:
        """The practice's held claim, as soon as that is the reason."""

        async def look() -> dict[str, Any] | None:
            return next(iter((await self.gets("claims", "/holds", reason=reason))["items"]), None)

        return await becomes(look, f"no claim was held by {reason}")

    async def corrects_the_card(self, patient: Patient, member_id: str) -> Patient:
        """The front desk reads the card again."""
        card = {"payer_id": patient.payer_id, "member_id": member_id, "effective_from": "2020-01-01"}
        path = f"/coverages/{patient.coverage['id']}"
        coverage = await self.puts("patients", path, card, patient.coverage["version"])
        return Patient(patient.id, patient.payer_id, member_id, coverage)

    async def sees(
        self,
        patient: Patient,
        *procedures: dict[str, Any],
        problems: tuple[str, ...],
        x_modifiers: bool = True,
        **headers: str,
    ) -> Visit:
        """Document a visit; `x_modifiers` is what the visit form believes of the payer."""
        form = {
            "date": VISIT_DAY.isoformat(),
            "place_of_service": "11",
            "payer": {"type": "commercial", "x_modifiers": x_modifiers, "wants_51": False},
            "patient": {"age": 65, "sex": "F", "new_or_established": "established"},
            "telehealth": None,
            "em": None,
            "problems": [
                {"ref": f"p{number}", "icd10": code, "text": "made up for a test"}
                for number, code in enumerate(problems, 1)
            ],
            "procedures": list(procedures),
        }
        body = {"patient_id": str(patient.id), "rendering_npi": RENDERING, "visit": form}
        return Visit(patient, form, await self.posts("coding", "/encounters", body, **headers))

    async def answers(self, visit: Visit, **facts: Any) -> Visit:
        """The clinician adds to the visit's only procedure what was asked for."""
        [procedure] = visit.form["procedures"]
        form = visit.form | {"procedures": [procedure | facts]}
        path = f"/encounters/{visit.id}/visit"
        return Visit(visit.patient, form, await self.puts("coding", path, form, visit.encounter["version"]))

    async def has_no_claim_for(self, visit: Visit) -> bool:
        answer = await self.desks["claims"].get(f"/encounters/{visit.id}")
        return answer.status_code == 404

    async def asks_payers(self) -> None:
        """From now on coverage is checked by itself, in the practice's name."""
        asker = {"name": PRACTICE["name"], "npi": PRACTICE["npi"]}
        await self.puts("eligibility", "/asking-provider", asker)

    async def check_of(self, patient: Patient, *, status: str) -> dict[str, Any]:
        """The patient's one coverage check as soon as it is in that status."""

        async def look() -> dict[str, Any] | None:
            found = (await self.gets("eligibility", "/checks", patient_id=str(patient.id)))["items"]
            assert len(found) < 2, "the payer was asked twice"
            return next((check for check in found if check["status"] == status), None)

        return await becomes(look, f"no check of the patient became {status}")

    async def claim_of(self, visit: Visit, *, status: str) -> dict[str, Any]:
        """The visit's claim as soon as it is in that status."""
        seen: list[str] = []

        async def look() -> dict[str, Any] | None:
            for found in (await self.gets("claims", "/claims", encounter_id=visit.id))["items"]:
                claim = await self.gets("claims", f"/claims/{found['id']}")
                if claim["status"] == status:
                    return claim
                if claim["status"] not in seen:
                    seen.append(claim["status"])
            return None

        try:
            return await becomes(look, "")
        except AssertionError:
            pytest.fail(f"the claim never became {status}; it was {', '.join(seen) or 'never opened'}")

    async def rebuilds(self, claim: dict[str, Any]) -> None:
        await self.posts("claims", f"/claims/{claim['id']}/rebuild")

    async def denial_of(self, claim: dict[str, Any], *, status: str = "open") -> dict[str, Any]:
        """The claim's case at the denials desk as soon as it is in that status."""

        async def look() -> dict[str, Any] | None:
            cases = (await self.gets("denials", "/cases", status=status))["items"]
            return next((case for case in cases if case["claim_id"] == claim["id"]), None)

        return await becomes(look, f"no case of the claim became {status}")

    async def corrects(self, case: dict[str, Any], *changes: dict[str, Any]) -> None:
        body = {"changes": list(changes), "reason": "The record supports the change."}
        await self.posts("denials", f"/cases/{case['id']}/correction", body, **{"If-Match": f'"{case["version"]}"'})

    async def gives_up(self, case: dict[str, Any]) -> None:
        body = {"outcome": "upheld", "reason": "The payer's policy excludes it."}
        await self.posts("denials", f"/cases/{case['id']}/outcome", body, **{"If-Match": f'"{case["version"]}"'})

    async def money(self, claim: dict[str, Any], **expected: str) -> dict[str, Any]:
        """The claim's money as soon as it is what is expected; not a cent is ever off."""
        last: dict[str, Any] = {}

        async def look() -> dict[str, Any] | None:
            last.update(await self.gets("payments", f"/claims/{claim['id']}/money"))
            assert last["cents_off"] == 0
            parts = Money.sum(Money(last[part]) for part in ("paid", "adjusted", "patient", "open"))
            assert parts == Money(last["charge"])
            return last if all(last[name] == amount for name, amount in expected.items()) else None

        try:
            return await becomes(look, "")
        except AssertionError:
            pytest.fail(f"expected {expected}, the books say {last}")

    async def events(self, service: str, name: str | None = None) -> list[dict[str, Any]]:
        """What a service said in this practice, in order."""
        statement = (
            select(event_log.c.type, event_log.c.key, event_log.c.payload, event_log.c.traceparent)
            .where(event_log.c.practice_id == self.id)
            .order_by(event_log.c.position)
        )
        rows = await self.platform.query(service, statement)
        return [dict(row) for row in rows if name is None or row["type"].split(".")[-2] == name]

    async def has_nothing_left_over(self) -> bool:
        """Nothing is parked or quarantined, no payment waits, no acknowledgement is unmatched."""
        for service in SCOPES:
            parked = await self.gets(service, "/parked")
            assert (parked["events"], parked["timers"]) == ([], []), f"{service} parked something"
        assert (await self.gets("edi", "/quarantine"))["items"] == []
        assert (await self.gets("claims", "/unmatched-acknowledgements"))["items"] == []
        assert (await self.gets("payments", "/queue"))["items"] == []
        return True


@pytest.fixture(scope="module")
async def platform(
    postgres: Server,
    kafka: str,
    issuer: TestIssuer,
    worker_name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[Platform, None]:
    state = tmp_path_factory.mktemp("simulator") / "state.db"
    async with whole_platform(postgres, kafka, issuer, worker=f"{worker_name}_journeys", state=state) as started:
        yield started


@asynccontextmanager
async def office_of(platform: Platform) -> AsyncGenerator[Office, None]:
    """The front office of a new practice on the running platform."""
    practice_id = uuid4()
    token = platform.issuer.token(STAFF_SCOPES, [practice_id])
    doors = {name: Door(name, url, token) for name, url in platform.urls.items() if name != "simulator"}
    simulator = Door("simulator", platform.simulator, ADMIN_TOKEN)
    try:
        yield Office(practice_id, practice_id.hex[-10:].upper(), doors, simulator)
    finally:
        for door in (*doors.values(), simulator):
            await door.close()


@pytest.fixture(scope="module")
def front_office(platform: Platform) -> FrontOffice:
    """Opens the front office of a new practice, as often as one is wanted."""
    return lambda: office_of(platform)


@pytest.fixture
async def clinic(platform: Platform) -> AsyncGenerator[Clinic, None]:
    """A clinic that nobody has heard of before, with its registers filled."""
    here = Clinic(platform, new_id())
    async with AsyncExitStack() as stack:
        for service, area in SCOPES.items():
            scopes = (f"{area}:read", f"{area}:write", "operations:read")
            desk = platform.client(service, *scopes, practice=here.id)
            here.desks[service] = await stack.enter_async_context(desk)
        await here.opens()
        yield here
        assert await here.has_nothing_left_over()


@pytest.fixture
async def payer(platform: Platform) -> AsyncGenerator[Payer, None]:
    async with platform.simulated() as admin:
        yield Payer(admin)
