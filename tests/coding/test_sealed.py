"""What a clinician wrote of a visit: sealed on its row, and read by whoever may read the encounter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update
from stored import everything_stored, tamper

from coding import store
from coding.main import SERVICE
from coding.tables import encounters
from common.ids import new_id
from common.testing.running import Running
from common.vault import CannotOpen

Start = Callable[..., Awaitable[Running]]
NOTE = "canary note: the lesion bled twice"
REASON = "canary reason: her sister told us the side"
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


async def by_hand(coding: Running, id: UUID) -> None:
    """The encounter coded by a coder whose reason names the patient."""
    line = {"cpt": "11104", "units": 1, "modifiers": [], "dx": ["D49.2"]}
    async with coding.client("encounters:read", "encounters:write") as http:
        tag = (await http.get(f"/encounters/{id}")).headers["ETag"]
        headers = {"If-Match": tag, "Idempotency-Key": str(uuid4())}
        body = {"lines": [line], "reason": REASON}
        answer = await http.post(f"/encounters/{id}/override", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


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


class TestACodersReason:
    async def test_is_told_to_a_reader_of_the_encounter_and_stands_nowhere_in_plain(self, coding: Running) -> None:
        id = await recorded(coding)
        await by_hand(coding, id)
        async with coding.client("encounters:read") as http:
            told = (await http.get(f"/encounters/{id}")).json()
        assert (told["override"]["reason"], told["history"][1]["reason"]) == (REASON, REASON)
        held = await everything_stored(coding)
        assert str(id).encode() in held
        assert b"canary" not in held

    @pytest.mark.parametrize(
        ("table", "column", "row"),
        [("encounters", "sealed_override", "id"), ("encounter_history", "sealed_reason", "encounter_id")],
    )
    async def test_opens_on_its_own_row_alone(self, coding: Running, table: str, column: str, row: str) -> None:
        one, other = await recorded(coding), await recorded(coding)
        for id in (one, other):
            await by_hand(coding, id)
        moved = f"(SELECT {column} FROM {table} WHERE {row} = :one AND {column} IS NOT NULL)"
        await tamper(coding, f"UPDATE {table} SET {column} = {moved} WHERE {row} = :other", one=one, other=other)
        async with coding.uow().begin() as tx:
            with pytest.raises(CannotOpen):
                assert [await store.load(tx, other), await store.history_of(tx, other)]
