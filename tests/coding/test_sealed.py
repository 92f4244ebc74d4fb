"""What a clinician wrote of a visit: sealed on its row, and read by whoever may read the encounter."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import create_async_engine

from coding import store
from coding.main import SERVICE
from coding.sealing import PAST_VISIT, VISIT
from coding.tables import encounters
from common import migrations
from common.ids import new_id
from common.testing.databases import Server, create_empty
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS, Running
from common.vault import CannotOpen, Vault

Start = Callable[..., Awaitable[Running]]
NOTE = "canary note: the lesion bled twice"
VISIT_FORM: dict[str, Any] = {
    "date": "2026-03-04",
    "place_of_service": "11",
    "payer": {"type": "medicare", "x_modifiers": True},
    "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
    "problems": [{"ref": "p1", "icd10": "D49.2", "text": NOTE}],
    "procedures": [
        {"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 1, "problem_ref": "p1"},
    ],
}


@pytest.fixture
async def coding(run_service: Start) -> Running:
    return await run_service(SERVICE)


async def recorded(coding: Running) -> UUID:
    body = {"patient_id": str(new_id()), "rendering_npi": "1234567893", "visit": VISIT_FORM}
    async with coding.client("encounters:read", "encounters:write") as http:
        answer = await http.post("/encounters", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


class TestTheVisit:
    async def test_is_on_no_row_in_plain_and_is_given_to_a_reader_of_the_encounter(self, coding: Running) -> None:
        id = await recorded(coding)
        for table in ("encounters", "encounter_history", "event_log", "audit_trail", "idempotency_keys"):
            for row in await coding.query(text(f"SELECT t::text AS whole FROM {table} AS t")):
                assert "canary" not in row["whole"]
        async with coding.client("encounters:read") as http:
            told = (await http.get(f"/encounters/{id}")).json()
        assert told["visit"]["problems"][0]["text"] == NOTE

    async def test_opens_on_its_own_row_alone(self, coding: Running) -> None:
        one, other = await recorded(coding), await recorded(coding)
        [row] = await coding.query(text("SELECT visit FROM encounters WHERE id = :id").bindparams(id=one))
        async with coding.uow().begin() as tx:
            await tx.execute(update(encounters).where(encounters.c.id == other).values(visit=row["visit"]))
            with pytest.raises(CannotOpen):
                await store.load(tx, other)


class TestVisitsFromBefore:
    async def test_are_sealed_by_the_migration_and_read_as_they_were(
        self, postgres: Server, worker_name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database = await create_empty(postgres, "coding", f"before_visits_{worker_name}")
        await migrations.upgrade("coding", SERVICE.migrations, database.owner_url, "0002")
        engine = create_async_engine(database.admin_url)
        practice, encounter, past = new_id(), new_id(), new_id()
        row = {"id": encounter, "practice": practice, "visit": json.dumps(VISIT_FORM), "patient": new_id()}
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO encounters (practice_id, id, version, patient_id, rendering_npi, date_of_service, "
                    "disposition, visit, coded) VALUES (:practice, :id, 1, :patient, '1234567893', '2026-03-04', "
                    "'ready', CAST(:visit AS jsonb), '{}')"
                ),
                row,
            )
            await connection.execute(
                text(
                    "INSERT INTO encounter_history "
                    "(practice_id, id, encounter_id, version, at, actor, act, visit, coded) "
                    "VALUES (:practice, :past, :id, 1, now(), 'x', 'recorded', CAST(:visit AS jsonb), '{}')"
                ),
                {"practice": practice, "past": past, "id": encounter, "visit": json.dumps(VISIT_FORM)},
            )
        monkeypatch.setenv("PHI_KEYS", PHI_KEYS)
        monkeypatch.setenv("PHI_INDEX_KEY", PHI_INDEX_KEY)
        await migrations.upgrade("coding", SERVICE.migrations, database.owner_url)
        with pytest.raises(RuntimeError, match="not written in plain"):
            await migrations.downgrade("coding", SERVICE.migrations, database.owner_url, "0002")
        vault = Vault.of(PHI_KEYS, PHI_INDEX_KEY)
        async with engine.connect() as connection:
            now = await connection.scalar(text("SELECT visit FROM encounters"))
            then = await connection.scalar(text("SELECT visit FROM encounter_history"))
        await engine.dispose()
        assert b"canary" not in bytes(now) + bytes(then)
        assert VISIT.open(vault, practice, encounter, now) == VISIT_FORM
        assert PAST_VISIT.open(vault, practice, past, then) == VISIT_FORM
