"""Who a patient is: readable to whoever may ask the service, and to nobody who holds its database, logs or messages."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from common import logging as our_logging
from common import metrics
from common.testing.running import Running
from patients.main import SERVICE

ALL = ("patients:read", "patients:write")

# Each occurs nowhere else: what is found of them was put there by the service.
CANARY: dict[str, Any] = {
    "record_number": "CANARYMRN1",
    "name": {"family": "Canaryfamily", "given": "Canarygiven", "middle": "Canarymiddle"},
    "birth_date": "1907-03-09",
    "sex": "F",
    "address": {
        "line1": "1 Canaryline Row",
        "line2": "Canaryflat",
        "city": "Canaryville",
        "state": "IL",
        "zip": "599519951",
    },
    "phone": "5995559951",
}
SUBSCRIBER = {name: CANARY[name] for name in ("name", "birth_date", "sex", "address")}
COVERAGE: dict[str, Any] = {
    "payer_id": "PAYERA",
    "member_id": "CANARYMEMBER1",
    "group_number": "CANARYGROUP1",
    "relationship": "spouse",
    "effective_from": "2026-01-01",
    "subscriber": SUBSCRIBER,
}
TELLTALES = ("canary", "1907-03-09", "599519951", "5995559951")

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def patients(run_service: Start) -> Running:
    return await run_service(SERVICE)


@contextmanager
def everything_logged() -> Generator[StringIO]:
    """The log of a service at its most talkative; the run's own logging comes back afterwards."""
    root, said = logging.getLogger(), StringIO()
    before = root.handlers[:], root.level
    our_logging.configure("patients", level="DEBUG", stream=said)
    root.setLevel("DEBUG")  # the libraries as well, which a running service does not listen to
    try:
        yield said
    finally:
        root.handlers[:], level = before
        root.setLevel(level)


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def told(place: str) -> list[str]:
    return [telltale for telltale in TELLTALES if telltale in place.lower()]


async def registered(patients: Running, headers: dict[str, str]) -> str:
    """The patient with a guarantor and a coverage; gives the id."""
    async with patients.client(*ALL) as http:
        answer = await http.post("/patients", json=CANARY, headers=headers)
        assert answer.status_code == 201, answer.text
        patient_id = answer.json()["id"]
        guarantor = {"name": CANARY["name"], "address": CANARY["address"], "relationship": "spouse"}
        answer = await http.put(f"/patients/{patient_id}/guarantor", json=guarantor, headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text
        answer = await http.post(f"/patients/{patient_id}/coverages", json=COVERAGE, headers=key())
        assert answer.status_code == 201, answer.text
    return patient_id


async def everything_stored(patients: Running) -> str:
    """Every row of every table as text, and every binary value as the text it would be."""
    tables = await patients.query(
        text("SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public'")
    )
    parts: list[str] = []
    for table in tables:
        for row in await patients.query(text(f"SELECT * FROM {table['name']}")):
            parts += [
                bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                for value in row.values()
            ]
    return "\n".join(parts)


class TestTheCanary:
    async def test_is_in_the_answers_and_in_no_table_log_metric_or_problem(self, patients: Running) -> None:
        same = key()
        with everything_logged() as log:
            patient_id = await registered(patients, same)
            async with patients.client(*ALL) as http:
                again = await http.post("/patients", json=CANARY, headers=same)
                facts = await http.get(f"/patients/{patient_id}/claim-facts", params={"on": "2026-03-04"})
                problems = [
                    await http.post("/patients", json=CANARY, headers=key()),
                    await http.post("/patients", json=CANARY | {"birth_date": "Canary"}, headers=key()),
                    await http.post("/patients", json=CANARY | {"record_number": "Canary*Canary"}, headers=key()),
                    await http.post("/patients", json=CANARY | {"more": "Canary"}, headers=same),
                    await http.post(f"/patients/{patient_id}/coverages", json=COVERAGE, headers=key()),
                    await http.put(f"/patients/{patient_id}", json=CANARY, headers={"If-Match": '"7"'}),
                ]
        assert again.headers["Idempotent-Replayed"] == "true"
        assert set(told(again.text)) == set(TELLTALES)
        assert facts.json()["coverages"][0]["subscriber"]["name"] == CANARY["name"]
        assert all(answer.status_code >= 400 for answer in problems)

        assert told("".join(answer.text + str(answer.headers) for answer in problems)) == []
        stored = await everything_stored(patients)
        assert patient_id in stored
        assert told(stored) == []
        assert told((await metrics.exposition()).body.decode()) == []
        assert told(log.getvalue()) == []
        assert '"level"' in log.getvalue(), "nothing was logged, so nothing was looked at"
        assert told(json.dumps([event.data for event in await patients.published()])) == []

    async def test_is_found_by_the_whole_of_what_is_asked_for_and_by_nothing_less(self, patients: Running) -> None:
        patient_id = await registered(patients, key())
        family, born, member = CANARY["name"]["family"], CANARY["birth_date"], COVERAGE["member_id"]
        asked: list[tuple[dict[str, str], bool]] = [
            ({"record_number": CANARY["record_number"]}, True),
            ({"member_id": member}, True),
            ({"family": family, "birth_date": born}, True),
            ({"member_id": member, "family": family}, True),
            ({"record_number": CANARY["record_number"], "birth_date": born, "member_id": member}, True),
            ({"family": family, "birth_date": "1907-03-10"}, False),
            ({"family": "Canaryfamil", "birth_date": born}, False),
            ({"member_id": member, "family": "Other"}, False),
            ({"member_id": member, "birth_date": "1907-03-10"}, False),
        ]
        async with patients.client(*ALL) as http:
            for criteria, expected in asked:
                found = (await http.post("/patients/search", json=criteria)).json()
                assert [patient["id"] for patient in found] == ([patient_id] if expected else []), criteria

    async def test_in_another_row_opens_for_nobody(self, patients: Running) -> None:
        """A ciphertext that somebody with the database copies over another patient's is refused, not believed."""
        first = await registered(patients, key())
        async with patients.client(*ALL) as http:
            answer = await http.post("/patients", json=CANARY | {"record_number": "MRN-2"}, headers=key())
            second = answer.json()["id"]
            engine = create_async_engine(patients.database.admin_url)
            async with engine.begin() as connection:
                copy = "UPDATE patients SET who = (SELECT who FROM patients WHERE id = :first) WHERE id = :second"
                await connection.execute(text(copy), {"first": first, "second": second})
            await engine.dispose()
            with everything_logged() as log:
                refused = await http.get(f"/patients/{second}")
            assert (await http.get(f"/patients/{first}")).status_code == 200
        assert refused.status_code == 500
        assert "CannotOpen" in log.getvalue()
        assert told(refused.text + log.getvalue()) == []
