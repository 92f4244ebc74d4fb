"""An EHR that speaks HL7 v2: a patient is registered, a visit charged and coded, over MLLP and real services."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from faulty_line import on_a_socket
from tests.hl7.answers import acknowledged
from tests.hl7.messages import CHARGES, DIAGNOSES, FACTS, PID, adt, dft

from coding.main import SERVICE as CODING
from common.embedded.ports import free_port
from common.ids import new_id
from common.testing.running import Running
from eligibility.main import SERVICE as ELIGIBILITY
from hl7v2 import framed
from hl7v2.client import MllpClient, connected
from patients.main import SERVICE as PATIENTS

Start = Callable[..., Awaitable[Running]]
KEY = "a-key-of-this-sender"
# What most of the public samples say of themselves in MSH-3, MSH-4 and MSH-8.
OF_SAMPLES = (("IMMAPP", "GHHSFacility", "SECURITY"), ("ADTApp", "GHHSFacility", "SECURITY"))


@dataclass(frozen=True)
class Ehr:
    """An EHR with an MLLP connection to the register and to coding."""

    patients: Running
    coding: Running
    eligibility: Running
    to_patients: MllpClient
    to_coding: MllpClient

    async def registers(self, message: bytes) -> tuple[str, Any]:
        return acknowledged(await self.to_patients.send(message))

    async def charges(self, message: bytes) -> tuple[str, Any]:
        return acknowledged(await self.to_coding.send(message))


def listening(practice_id: UUID) -> dict[str, Any]:
    """Settings of a listener that knows the EHR, and the system of the samples."""
    known = [("DERMEHR", "SPRINGFIELD", KEY), *OF_SAMPLES]
    senders = [
        {
            "application": application,
            "facility": facility,
            "practice_id": str(practice_id),
            "principal": application.lower(),
            "key_sha256": hashlib.sha256(key.encode()).hexdigest(),
        }
        for application, facility, key in known
    ]
    return {"hl7_listen": f"127.0.0.1:{free_port()}", "hl7_senders": json.dumps(senders)}


@pytest.fixture
async def ehr(run_service: Start, practice_id: UUID) -> AsyncGenerator[Ehr]:
    async with AsyncExitStack() as open_:
        told = listening(practice_id), listening(practice_id)
        patients = await run_service(PATIENTS, **told[0])
        url = await open_.enter_async_context(on_a_socket(patients))
        coding = await run_service(CODING, patients_url=url, **told[1])
        eligibility = await run_service(ELIGIBILITY, patients_url=url)
        lines = [
            await open_.enter_async_context(connected("127.0.0.1", int(each["hl7_listen"].rpartition(":")[2])))
            for each in told
        ]
        yield Ehr(patients, coding, eligibility, *lines)


class TestAVisitByHl7:
    async def test_is_registered_charged_and_coded(self, ehr: Ehr) -> None:
        assert await ehr.registers(adt(key=KEY)) == ("AA", [])
        assert await ehr.charges(dft(*CHARGES, *DIAGNOSES, *FACTS, key=KEY)) == ("AA", [])
        [coded] = await ehr.coding.published("EncounterCoded")
        [registered] = await ehr.patients.published("PatientRegistered")
        assert coded.data["patient_id"] == registered.data["patient_id"]
        lines = [(line["cpt"], line["units"], line["modifiers"]) for line in coded.data["lines"]]
        assert lines == [("99213", 1, ["25"]), ("17000", 1, []), ("17003", 7, [])]

    async def test_before_its_patient_is_sent_again_after_it(self, ehr: Ehr) -> None:
        early = dft(*CHARGES, *DIAGNOSES, *FACTS, key=KEY)
        outcome, [(place, code, _)] = await ehr.charges(early)
        assert (outcome, place, code) == ("AE", "PID^1^3", "204")
        await ehr.registers(adt(key=KEY))
        assert await ehr.charges(early) == ("AA", [])
        assert len(await ehr.coding.published()) == 1

    async def test_sent_to_the_wrong_door_is_told_so_and_the_line_stays_open(self, ehr: Ehr) -> None:
        outcome, [(place, code, told)] = await ehr.registers(dft(key=KEY))
        assert (outcome, place, code) == ("AR", "MSH^1^9^^1", "200")
        assert "ADT A04" in told
        assert await ehr.registers(adt(key=KEY)) == ("AA", [])

    async def test_corrected_after_an_update_of_the_patient_is_one_visit(self, ehr: Ehr) -> None:
        await ehr.registers(adt(key=KEY))
        await ehr.charges(dft(*CHARGES, *DIAGNOSES, *FACTS, key=KEY))
        renamed = adt("A08", "M-2", segments=(PID.replace("Quill", "Quill-Hart"),), key=KEY)
        assert await ehr.registers(renamed) == ("AA", [])
        fewer = dft(*CHARGES[1:], *DIAGNOSES, *FACTS[:4], *FACTS[9:], control_id="D-2", key=KEY)
        assert await ehr.charges(fewer) == ("AA", [])
        first, second = await ehr.coding.published()
        assert (first.name, second.name) == ("EncounterCoded", "EncounterRecoded")
        assert (first.key, first.version) == (second.key, second.version - 1)
        assert [line["cpt"] for line in second.data["lines"]] == ["17000", "17003"]


def samples(shared_folder: Path) -> list[bytes]:
    folder = shared_folder / "samples" / "microsoft__FHIR-Converter"
    return [path.read_bytes() for path in sorted(folder.rglob("*.hl7*")) if path.is_file()]


class TestThePublicSamples:
    """142 messages of others, every one of which is taken or refused with the place and the way to mend it."""

    async def test_are_each_answered_over_http(self, ehr: Ehr, shared_folder: Path) -> None:
        found = samples(shared_folder)
        assert len(found) == 142
        by_patients = [await posted(ehr.patients, "patients:write", sample) for sample in found]
        by_coding = [await posted(ehr.coding, "encounters:write", sample) for sample in found]
        assert Counter(by_patients) == {
            ("AA",): 14,
            ("AE", "101"): 1,
            ("AE", "102"): 1,
            ("AE", "198"): 1,
            ("AR", "100"): 1,
            ("AR", "200"): 73,
            ("AR", "201"): 41,
            ("AR", "202"): 10,
        }
        # The numbers that the four DFT have for their clinicians do not check as NPI.
        assert Counter(by_coding) == {("AE", "102"): 4, ("AR", "100"): 1, ("AR", "200"): 127, ("AR", "202"): 10}

    async def test_of_appointments_are_booked_once_their_patient_is_known(self, ehr: Ehr, shared_folder: Path) -> None:
        found = samples(shared_folder)
        [registration, *_] = [sample for sample in found if b"|ADT^A04^" in sample]
        outcomes = Counter[tuple[str, ...]]()
        for sample in (sample for sample in found if b"|SIU^" in sample):
            practice = new_id()
            assert await posted(ehr.patients, "patients:write", registration, practice) == ("AA",)
            outcomes[await posted(ehr.eligibility, "eligibility:write", sample, practice)] += 1
        # S15 and S17 call off what was never booked (204); S16 and S26 are not taken (201).
        assert outcomes == {("AA",): 7, ("AE", "204"): 4, ("AR", "201"): 4}

    async def test_are_each_answered_over_one_connection_as_they_ask(self, ehr: Ehr, shared_folder: Path) -> None:
        last = adt(control_id="LAST", key=KEY)
        for sample in [*samples(shared_folder), last]:
            await ehr.to_patients.write(framed(sample))
        outcomes = Counter[str]()
        while (answer := await ehr.to_patients.next()) and b"|LAST" not in answer:
            outcomes[acknowledged(answer)[0]] += 1
        # Most have the control id MSG00001, which is done once; some ask for an accept acknowledgement (CR) as well.
        assert outcomes == {"AA": 1, "AE": 12, "AR": 124, "CR": 7}
        assert acknowledged(answer) == ("AA", [])


async def posted(service: Running, scope: str, sample: bytes, practice: UUID | None = None) -> tuple[str, ...]:
    """The outcome, and the code of the first fault; every message is a practice's first."""
    async with service.client(scope, practices=[practice or new_id()]) as http:
        answer = await http.post("/hl7v2", content=sample, headers={"Content-Type": "application/hl7-v2"})
    assert answer.status_code in (200, 422)
    outcome, told = acknowledged(answer.text)
    assert bool(told) == (outcome != "AA")
    assert all(place and sentence for place, _, sentence in told)
    return (outcome, told[0][1]) if told else (outcome,)
