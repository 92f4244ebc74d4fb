"""ADT messages over HTTP and over MLLP, into a real register."""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.hl7.answers import acknowledged
from tests.hl7.certificates import Certificate
from tests.hl7.messages import GT1, IN1, PID, PV1, adt, message, msh, segment

from common.embedded.ports import free_port
from common.tables import audit_trail
from common.testing.running import Running
from hl7v2.client import connected
from patients.main import SERVICE

Start = Callable[..., Awaitable[Running]]
ER7 = {"Content-Type": "application/hl7-v2"}
KEY = "a-key-of-this-sender"
READ = ("patients:read", "patients:write")


@pytest.fixture
async def patients(run_service: Start) -> Running:
    return await run_service(SERVICE)


async def sent(patients: Running, data: bytes) -> tuple[int, str, list[tuple[str, str, str]]]:
    async with patients.client("patients:write") as http:
        answer = await http.post("/hl7v2", content=data, headers=ER7)
    return answer.status_code, *acknowledged(answer.text)


async def on_file(patients: Running) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The patient MRN-1001 and the coverages."""
    async with patients.client(*READ) as http:
        [patient] = (await http.post("/patients/search", json={"record_number": "MRN-1001"})).json()
        coverages = (await http.get(f"/patients/{patient['id']}/coverages")).json()
    return patient, coverages


def changed(field: int, value: str, of: str = IN1) -> str:
    fields = of.split("|")
    fields += [""] * (field + 1 - len(fields))
    fields[field] = value
    return "|".join(fields)


class TestARegistration:
    async def test_puts_patient_guarantor_and_coverage_on_file(self, patients: Running) -> None:
        assert await sent(patients, adt()) == (200, "AA", [])
        patient, [coverage] = await on_file(patients)
        assert (patient["name"]["family"], patient["birth_date"], patient["sex"]) == ("Quill", "1958-04-02", "F")
        assert (patient["address"]["line2"], patient["address"]["zip"]) == ("Apt 3", "627010001")
        assert (patient["phone"], patient["guarantor"]["name"]["given"]) == ("2175550100", "Tomas")
        assert (coverage["payer_id"], coverage["member_id"], coverage["group_number"], coverage["priority"]) == (
            "PAYERA",
            "MA1000001",
            "G-500",
            1,
        )
        told = [event.name for event in await patients.published()]
        assert told == ["PatientRegistered", "PatientChanged", "CoverageRecorded"]

    @pytest.mark.parametrize("event", ["A01", "A04", "A05", "A08", "A28", "A31"])
    async def test_is_made_by_every_event_that_says_how_a_patient_is(self, patients: Running, event: str) -> None:
        assert await sent(patients, adt(event)) == (200, "AA", [])

    async def test_repeated_is_one_registration(self, patients: Running) -> None:
        first, second = await sent(patients, adt()), await sent(patients, adt())
        assert first == second == (200, "AA", [])
        assert len(await patients.published()) == 3

    async def test_under_a_control_id_that_said_something_else_is_refused(self, patients: Running) -> None:
        await sent(patients, adt())
        status, outcome, [(place, code, _)] = await sent(patients, adt(segments=(PID,)))
        assert (status, outcome, place, code) == (422, "AE", "MSH^1^10", "205")

    async def test_with_a_coverage_that_does_not_fit_leaves_nothing_behind(self, patients: Running) -> None:
        clash = changed(36, "MA2", IN1)
        status, outcome, [(_, code, told)] = await sent(patients, adt(segments=(PID, IN1, clash)))
        assert (status, outcome, code) == (422, "AE", "199")
        assert "already has priority 1" in told
        assert await patients.published() == []

    async def test_with_a_document_of_half_a_megabyte_is_made_all_the_same(self, patients: Running) -> None:
        document = segment(
            "OBX", {1: "1", 2: "ED", 3: "11488-4^Note^LN", 5: f"^text^^Base64^{'QUJD' * 130_000}", 11: "F"}
        )
        assert await sent(patients, adt(segments=(PID, IN1, document))) == (200, "AA", [])

    async def test_at_once_by_two_connections_is_one_patient(self, patients: Running) -> None:
        both = await asyncio.gather(sent(patients, adt(control_id="M-1")), sent(patients, adt(control_id="M-2")))
        assert [outcome for _, outcome, _ in both] == ["AA", "AA"]
        assert len(await patients.published("PatientRegistered")) == 1


class TestAnUpdate:
    async def test_that_says_the_same_changes_nothing(self, patients: Running) -> None:
        await sent(patients, adt())
        assert await sent(patients, adt("A08", "M-2")) == (200, "AA", [])
        assert len(await patients.published()) == 3

    async def test_keeps_what_it_does_not_say_and_deletes_what_is_null(self, patients: Running) -> None:
        await sent(patients, adt())
        update = segment("PID", {3: "MRN-1001^^^SPRINGFIELD^MR", 5: "Quill-Hart^Maren", 13: '""'})
        assert await sent(patients, adt("A08", "M-2", segments=(update,))) == (200, "AA", [])
        patient, [coverage] = await on_file(patients)
        assert patient["name"] == {"family": "Quill-Hart", "given": "Maren", "middle": None}
        assert (patient["phone"], patient["birth_date"], patient["address"]["city"]) == (
            None,
            "1958-04-02",
            "Springfield",
        )
        assert (patient["guarantor"]["name"]["given"], coverage["version"]) == ("Tomas", 1)

    async def test_ends_one_coverage_and_begins_the_next_in_one_message(self, patients: Running) -> None:
        await sent(patients, adt())
        ended = changed(13, "20260630")
        begun = changed(12, "20260701", changed(36, "MB7", changed(3, "PAYERB")))
        assert await sent(patients, adt("A08", "M-2", segments=(PID, begun, ended))) == (200, "AA", [])
        _, coverages = await on_file(patients)
        assert [(each["payer_id"], each["effective_to"]) for each in coverages] == [
            ("PAYERA", "2026-06-30"),
            ("PAYERB", None),
        ]

    async def test_names_the_subscriber_of_a_child(self, patients: Running) -> None:
        child = PID.replace("19580402", "20150402")
        by_parent = changed(18, "19840101", changed(17, "CHD", changed(16, "Quill^Tomas")))
        assert await sent(patients, adt(segments=(child, by_parent))) == (200, "AA", [])
        _, [coverage] = await on_file(patients)
        assert (coverage["relationship"], coverage["subscriber"]["name"]["given"]) == ("child", "Tomas")


# What the message holds beside its header, and the place and the code that it is refused with.
REFUSED: Sequence[tuple[tuple[str, ...], str, str]] = (
    ((), "PID^1", "198"),
    ((PID, PID), "PID^1", "198"),
    ((changed(3, "", PID),), "PID^1^3", "101"),
    ((changed(3, "1^^^A^MR~2^^^B^MR", PID),), "PID^1^3", "198"),
    ((changed(5, "Quill", PID),), "PID^1^5^1^2", "101"),
    ((changed(7, "", PID),), "PID^1^7", "101"),
    ((changed(7, "20990101", PID),), "", "199"),
    ((changed(11, "12 Sample Row^^Springfield^Illinois^62701", PID),), "PID^1^11^1^4", "102"),
    ((PID, IN1, changed(3, "")), "IN1^2^3^1^1", "101"),
    ((PID, changed(12, "")), "IN1^1^12", "101"),
    ((PID, changed(17, "")), "IN1^1^17", "101"),
    ((PID, changed(18, "", changed(17, "CHD"))), "IN1^1^18", "101"),
    ((PID, changed(19, "", changed(17, "SPO"))), "IN1^1^19^1^1", "101"),
    ((PID, changed(5, "", GT1)), "GT1^1^5^1^1", "101"),
    ((PID, GT1, GT1), "GT1^2", "198"),
)
REJECTED: Sequence[tuple[bytes, str, str]] = (
    (adt("A40"), "MSH^1^9^^2", "201"),
    (adt("A03"), "MSH^1^9^^2", "201"),
    (message(msh("DFT^P03^DFT_P03"), PID, PV1), "MSH^1^9^^1", "200"),
    (adt(processing="T"), "MSH^1^11", "202"),
    (b"not a message", "MSH^1", "100"),
    (b"", "MSH^1", "100"),
)


class TestARefusal:
    async def test_says_where_and_how_to_mend_it_and_leaves_nothing_behind(self, patients: Running) -> None:
        for number, (segments, place, code) in enumerate(REFUSED):
            status, outcome, errors = await sent(patients, adt(control_id=f"M-{number}", segments=segments))
            assert (status, outcome) == (422, "AE"), place
            assert (place, code) in [error[:2] for error in errors], errors
            assert all("Quill" not in told and told for _, _, told in errors)
        assert await patients.published() == []

    async def test_of_what_is_not_taken_at_all_is_ar(self, patients: Running) -> None:
        for data, place, code in REJECTED:
            status, outcome, [error] = await sent(patients, data)
            assert (status, outcome, *error[:2]) == (422, "AR", place, code)


class TestTheHttpDoor:
    async def test_is_closed_without_a_token_or_the_scope(self, patients: Running) -> None:
        async with patients.client(token="") as http:
            assert (await http.post("/hl7v2", content=adt(), headers=ER7)).status_code == 401
        async with patients.client("patients:read") as http:
            assert (await http.post("/hl7v2", content=adt(), headers=ER7)).status_code == 403

    async def test_takes_er7_alone(self, patients: Running) -> None:
        async with patients.client("patients:write") as http:
            answers = [
                await http.post("/hl7v2", content=adt(), headers={"Content-Type": kind})
                for kind in ("application/json", "x-application/hl7-v2+er7")
            ]
        assert [answer.status_code for answer in answers] == [415, 200]


def listening(practice_id: UUID, **more: Any) -> dict[str, Any]:
    """Settings of a listener on a free port, which knows one sender by its key."""
    sender = {
        "application": "DERMEHR",
        "facility": "SPRINGFIELD",
        "practice_id": str(practice_id),
        "principal": "ehr-springfield",
        "key_sha256": hashlib.sha256(KEY.encode()).hexdigest(),
    }
    return {"hl7_listen": f"127.0.0.1:{free_port()}", "hl7_senders": json.dumps([sender | more])}


def port_of(settings: dict[str, Any]) -> int:
    return int(settings["hl7_listen"].rpartition(":")[2])


class TestTheMllpListener:
    async def test_does_what_a_known_sender_says(self, run_service: Start, practice_id: UUID) -> None:
        settings = listening(practice_id)
        patients = await run_service(SERVICE, **settings)
        async with connected("127.0.0.1", port_of(settings)) as line:
            answers = [
                await line.send(adt(key=KEY)),
                await line.send(adt("A08", "M-2", segments=(PID.replace("Maren", "Mara"),), key=KEY)),
                await line.send(adt("A08", "M-3", segments=(), key=KEY)),
            ]
        assert [acknowledged(answer)[0] for answer in answers] == ["AA", "AA", "AE"]
        patient, _ = await on_file(patients)
        assert patient["name"]["given"] == "Mara"
        trail = await patients.query(select(audit_trail.c.actor).distinct())
        assert {row["actor"] for row in trail} >= {"ehr-springfield"}

    async def test_takes_nothing_of_a_sender_that_it_does_not_know(self, run_service: Start, practice_id: UUID) -> None:
        settings = listening(practice_id)
        patients = await run_service(SERVICE, **settings)
        strangers = (adt(), adt(key="guessed"), adt(key=KEY, facility="SHELBYVILLE"), adt(key=KEY, application="OTHER"))
        async with connected("127.0.0.1", port_of(settings)) as line:
            answers = [acknowledged(await line.send(stranger)) for stranger in strangers]
        assert {(outcome, error[0], error[1]) for outcome, [error] in answers} == {("AR", "MSH^1^3", "204")}
        assert await patients.published() == []

    async def test_knows_a_sender_by_its_client_certificate(
        self, run_service: Start, practice_id: UUID, tmp_path: Path
    ) -> None:
        ours, theirs = Certificate.made(tmp_path, "127.0.0.1"), Certificate.made(tmp_path, "a-sender")
        settings = listening(practice_id, key_sha256=None, certificate_sha256=theirs.fingerprint) | {
            "hl7_certificate": ours.certificate,
            "hl7_private_key": ours.key,
            "hl7_client_authorities": theirs.certificate,
        }
        await run_service(SERVICE, **settings)
        tls = ssl.create_default_context(cafile=str(ours.certificate))
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await once(port_of(settings), tls)
        tls.load_cert_chain(theirs.certificate, theirs.key)
        assert acknowledged(await once(port_of(settings), tls))[0] == "AA"


async def once(port: int, tls: ssl.SSLContext) -> bytes:
    async with connected("127.0.0.1", port, tls=tls) as line:
        return await line.send(adt())
