"""A practice whose claims, patients and edi services run for real, with a line to edi that can fail.

Edi's wire ends nowhere: what a clearinghouse would say is laid into edi, or told in its place.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
from faulty_line import Edi, edi_behind_a_line, on_a_socket
from sqlalchemy import update

import x12
from claims.main import SERVICE
from claims.operations.batching import send_batch
from claims.tables import claims as claims_table
from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE as EDI
from patients.main import SERVICE as PATIENTS

READ, WRITE = "claims:read", "claims:write"
NPI, RENDERING = "1234567893", "1245319599"
TODAY = datetime.now(UTC).date()
VISIT = TODAY - timedelta(days=3)
HOME = {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"}
PERSON = {"name": {"family": "Quill", "given": "Maren"}, "birth_date": "1980-04-02", "sex": "F", "address": HOME}
NUMBERS = count(1)
PLAN = {
    "name": "Sample Health Plan",
    "filing_indicator": "CI",
    "filing_limit_days": 120,
    "takes_frequency_codes": True,
    "x_modifiers": True,
}
WARTS = {"number": 1, "cpt": "17110", "units": 1, "modifiers": [], "diagnosis_pointers": [1]}
Start = Callable[..., Awaitable[Running]]


@dataclass
class Clinic:
    """A practice, told as acts."""

    claims: Running
    patients: Running
    edi: Edi
    http: httpx.AsyncClient
    id: UUID
    revisions: dict[UUID, int] = field(default_factory=dict)

    async def sets_up(self, **payer: Any) -> None:
        """Fill the registers."""
        profile = {
            "name": "Sample Dermatology PC",
            "npi": NPI,
            "tax_id": "123456789",
            "taxonomy": "207N00000X",
            "address": {"line1": "100 Example Street", "city": "Albany", "state": "NY", "zip": "122070001"},
            "contact_name": "Billing Office",
            "contact_phone": "5185550100",
        }
        clinician = {"last_name": "Ashby", "first_name": "Noor", "taxonomy": "207N00000X"}
        await self.puts("/practice", profile)
        await self.puts("/payers/PAYERA", PLAN | payer)
        await self.puts(f"/rendering-providers/{RENDERING}", clinician)
        await self.prices({"17110": "210.00", "99213": "150.00"})

    async def puts(self, path: str, body: dict[str, Any], version: int = 0) -> httpx.Response:
        answer = await self.http.put(path, json=body, headers={"If-Match": f'"{version}"'})
        assert answer.status_code == 200, answer.text
        return answer

    async def prices(self, charges: dict[str, str]) -> None:
        lines = [{"cpt": cpt, "charge": charge} for cpt, charge in charges.items()]
        assert (await self.http.put("/charges", json={"charges": lines})).status_code == 200

    async def registers_a_patient(self, *, covered: bool = True, **coverage: Any) -> UUID:
        async with self.patients.client("patients:write") as http:
            person = PERSON | {"record_number": f"MRN-{new_id().hex}"}
            answer = await http.post("/patients", json=person, headers={"Idempotency-Key": str(new_id())})
            assert answer.status_code == 201, answer.text
            patient_id = UUID(answer.json()["id"])
        if covered:
            await self.covers(patient_id, **coverage)
        return patient_id

    async def covers(self, patient_id: UUID, **coverage: Any) -> None:
        card = {"payer_id": "PAYERA", "member_id": "MA1000001", "effective_from": "2020-01-01"} | coverage
        async with self.patients.client("patients:write") as http:
            path = f"/patients/{patient_id}/coverages"
            answer = await http.post(path, json=card, headers={"Idempotency-Key": str(new_id())})
            assert answer.status_code == 201, answer.text

    async def codes(
        self,
        patient_id: UUID,
        *lines: dict[str, Any],
        encounter_id: UUID | None = None,
        on: date = VISIT,
        self_pay: Iterable[dict[str, Any]] = (),
        event: str = "EncounterCoded",
        **more: Any,
    ) -> UUID:
        """Coding tells of the encounter (its next revision); gives the claim's id."""
        encounter_id = encounter_id or new_id()
        revision = self.revisions[encounter_id] = self.revisions.get(encounter_id, 0) + 1
        said = {
            "encounter_id": encounter_id,
            "patient_id": patient_id,
            "date_of_service": on,
            "place_of_service": "11",
            "rendering_npi": RENDERING,
            "diagnoses": ["B07.8"],
            "lines": list(lines) or [WARTS],
            "self_pay_lines": list(self_pay),
            "rules_edition": "2026Q1",
        }
        kind = f"org.dermbill.encounters.{event}.v1"
        await self.claims.deliver(kind, said | more, key=encounter_id, version=revision, practice_id=self.id)
        found = (await self.http.get("/claims", params={"encounter_id": str(encounter_id)})).json()["items"]
        assert len(found) == 1
        return UUID(found[0]["id"])

    async def lets_time_pass(self, *, until: datetime | None = None) -> None:
        """Timers due within a few seconds run; `until` a later moment, those due by then."""
        await self.claims.run_timers(until=until or datetime.now(UTC) + timedelta(seconds=10))

    async def claim(self, claim_id: UUID) -> dict[str, Any]:
        answer = await self.http.get(f"/claims/{claim_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def status(self, claim_id: UUID) -> str:
        return (await self.claim(claim_id))["status"]

    async def history(self, claim_id: UUID) -> list[dict[str, Any]]:
        return (await self.http.get(f"/claims/{claim_id}/history", params={"limit": 200})).json()["items"]

    async def patients_tells(self, event: str, patient_id: UUID) -> None:
        kind, said = f"org.dermbill.patients.{event}.v1", {"patient_id": patient_id}
        await self.claims.deliver(kind, said, key=new_id(), practice_id=self.id)

    async def edi_tells(self, event: str, claim_id: UUID, **more: Any) -> None:
        """Edi tells something of the transmission that carries the claim's newest submission."""
        batch_id = (await self.claim(claim_id))["submissions"][-1]["batch_id"]
        transmission_id = await self.edi.transmission_of(batch_id)
        said = {"transmission_id": transmission_id, "reference": batch_id, "kind": "837P"} | more
        await self.claims.deliver(f"org.dermbill.edi.{event}.v1", said, key=transmission_id, practice_id=self.id)

    async def submits(self, *, patient_id: UUID | None = None) -> UUID:
        """A claim that is with its payer."""
        claim_id = await self.codes(patient_id or await self.registers_a_patient())
        await self.lets_time_pass()
        await self.edi_tells("TransmissionSent", claim_id)
        return claim_id

    async def submits_together(self, count: int) -> list[UUID]:
        """So many claims that left in one batch, in the order in which they stand in it."""
        await self.puts("/payers/PAYERA", PLAN | {"batch_seconds": 86_400}, version=1)
        ids = [await self.codes(await self.registers_a_patient()) for _ in range(count)]
        await self.lets_time_pass()
        [batch] = (await self.http.get("/batches")).json()["items"]
        await send_batch(self.claims.uow(), UUID(batch["id"]))
        await self.edi_tells("TransmissionSent", ids[0])
        return ids

    async def sent_sets(self) -> list[str]:
        """The transaction sets that edi has for the clearinghouse, each once, in order."""
        files = [content.decode() for content in await self.edi.sent("837P")]
        return [part for file in files for part in file.split("~ST*837*")[1:]]

    async def sent_claims(self) -> list[x12.Claim837P]:
        """Every claim in them, read back from the text."""
        return [received.claim for content in await self.edi.sent("837P") for received in x12.read_claims(content)]

    async def receives(self, content: bytes) -> UUID:
        """Edi takes a 277CA in and tells of it; gives the interchange's id."""
        told = await self.edi.takes_in(content)
        kind = "org.dermbill.edi.InterchangeReceived.v1"
        await self.claims.deliver(kind, told.data, key=told.key, version=told.version, practice_id=self.id)
        await self.lets_time_pass()
        return told.key

    async def is_answered(self, claim_id: UUID, category: str, *, by: str = "PR", **more: Any) -> None:
        """A 277CA about the claim's newest submission comes in."""
        number = (await self.claim(claim_id))["submissions"][-1]["control_number"]
        await self.receives(status_file({number: category}, by=by, **more))

    async def is_remitted(self, claim_id: UUID, **more: Any) -> None:
        """Payments posts the payer's decision on the newest submission; denied in full unless told otherwise."""
        claim = await self.claim(claim_id)
        said = {
            "remittance_id": new_id(),
            "claim_id": claim_id,
            "control_number": claim["submissions"][-1]["control_number"],
            "payer_claim_number": "PC1",
            "status_code": "4",
            "reversal": False,
            "adjudicated_on": TODAY,
            "charge": claim["charge"],
            "paid": "0.00",
            "contractual": "0.00",
            "patient_responsibility": "0.00",
            "denied": claim["charge"],
            "lines": [],
            "adjustments": [],
            "remarks": [],
        }
        await self.claims.deliver(
            "org.dermbill.payments.RemittancePosted.v1", said | more, key=claim_id, practice_id=self.id
        )

    async def denials_tells(self, event: str, claim_id: UUID, **more: Any) -> None:
        case_id = new_id()
        said = {"case_id": case_id, "claim_id": claim_id} | more
        await self.claims.deliver(f"org.dermbill.denials.{event}.v1", said, key=case_id, practice_id=self.id)

    async def events(self, claim_id: UUID, name: str | None = None) -> list[Any]:
        return [event for event in await self.claims.published(name) if event.key == claim_id]

    async def moves_the_deadline(self, claim_id: UUID, to: datetime) -> None:
        """As if the claim had begun to wait earlier."""
        async with self.claims.uow(self.id).begin() as tx:
            moved = update(claims_table).where(claims_table.c.id == claim_id)
            await tx.execute(moved.values(due_at=to, remind_at=to))

    async def follow_ups(self) -> list[str]:
        return [item["reason"] for item in (await self.http.get("/follow-ups")).json()["items"]]


def status_file(
    said: dict[str, str],
    *,
    by: str = "PR",
    created: datetime = datetime(2026, 3, 4, 9, 30),  # noqa: DTZ001 - a BHT carries local time
    trace: str = "B1",
    level: str | None = None,
) -> bytes:
    """A 277CA: category by control number; `level`, a category said of the whole batch."""
    source = x12.AckSource("R1", created, x12.Party(name="SAMPLE", id_qualifier="PI", id="PAYERA"), by, "T1")
    batch = report(level or "A1")
    receiver = x12.LevelAck(
        "receiver", source, x12.Party(name="DERM", id_qualifier="46", id="D1"), None, trace, (batch,)
    )
    billing = x12.Party(name="SAMPLE DERMATOLOGY", id_qualifier="XX", id=NPI)
    provider = x12.LevelAck("provider", source, billing, receiver, "0")
    patient = x12.Party(name="Quill", kind="1", first="Maren", id_qualifier="MI", id="MA1000001")
    parts: list[x12.LevelAck | x12.ClaimAck] = [receiver]
    if said:
        parts.append(provider)
    for number, category in said.items():
        parts.append(
            x12.ClaimAck(
                number, (report(category),), source, receiver, provider, patient,
                payer_control_number="PC1" if by == "PR" else "",
                service_from=VISIT,
            )
        )  # fmt: skip
    number = next(NUMBERS)
    header = x12.InterchangeHeader("ZZ", "CLEARING", "ZZ", "DERMBILL", created, number, number)
    body = x12.render_claim_acks_body(parts)
    return x12.write_interchange(header, [x12.TransactionSet("277", x12.CLAIM_ACK_VERSION, body)])


def report(category: str) -> x12.StatusReport:
    action = "WQ" if category in ("A1", "A2") else "U"
    return x12.StatusReport((x12.Status(category, "20", "PR"),), VISIT, action)


@pytest.fixture
def claim_status() -> Callable[..., bytes]:
    """`claim_status({control_number: category})` is a 277CA."""
    return status_file


@pytest.fixture
async def edi(run_service: Start) -> AsyncGenerator[Edi, None]:
    """The edi service, with a clearinghouse that takes the files to every payer."""
    service = await run_service(EDI, edi_allowed_hosts="127.0.0.1")
    async with edi_behind_a_line(service, ours="DERMBILL", theirs="CLEARING") as here:
        yield here


@pytest.fixture
async def bare_clinic(run_service: Start, edi: Edi, practice_id: UUID) -> AsyncGenerator[Clinic, None]:
    """A practice with empty registers."""
    patients = await run_service(PATIENTS)
    async with on_a_socket(patients) as patients_url:
        claims = await run_service(SERVICE, patients_url=patients_url, edi_url=edi.url)
        async with claims.client(READ, WRITE) as http:
            yield Clinic(claims, patients, edi, http, practice_id)


@pytest.fixture
async def clinic(bare_clinic: Clinic) -> Clinic:
    """A practice with a payer, a clinician and a charge master."""
    await bare_clinic.sets_up()
    return bare_clinic
