"""What staff write about a case: read by whoever may read the case, and by nobody who holds the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from stored import everything_stored, tamper

from common.ids import new_id
from common.phi import WITHHELD
from common.testing.running import Running
from common.vault import CannotOpen
from denials import store
from denials.main import SERVICE

Start = Callable[..., Awaitable[Running]]
CANARY = "Canaryfamily's daughter called: it was the left arm"
DENIED = "org.dermbill.claims.ClaimDenied.v1"
FACTS: dict[str, Any] = {
    "payer_id": "PAYERA",
    "control_number": "K7Q2M9XA1",
    "payer_claim_number": "PCN1",
    "date_of_service": "2026-03-04",
    "adjudicated_on": "2026-03-20",
    "charge": "120.00",
    "denied": "120.00",
    "lines": [
        {
            "number": 1,
            "cpt": "99213",
            "modifiers": [],
            "charge": "120.00",
            "paid": "0.00",
            "denied": "120.00",
            "adjustments": [{"group": "CO", "carc": "97", "amount": "120.00"}],
            "remarks": [],
        }
    ],
    "remarks": [],
}


@pytest.fixture
async def desk(run_service: Start) -> Running:
    return await run_service(SERVICE)


async def given_up(desk: Running) -> UUID:
    """A case that somebody closed for a reason that names the patient."""
    claim_id = new_id()
    ids = {name: str(new_id()) for name in ("encounter_id", "patient_id", "remittance_id")}
    await desk.deliver(DENIED, {"claim_id": str(claim_id), **ids, **FACTS}, key=claim_id)
    async with desk.client("denials:read", "denials:write") as http:
        case = next(each for each in (await http.get("/cases")).json()["items"] if each["claim_id"] == str(claim_id))
        headers = {"If-Match": f'"{case["version"]}"', "Idempotency-Key": str(uuid4())}
        answer = await http.post(
            f"/cases/{case['id']}/outcome", json={"outcome": "upheld", "reason": CANARY}, headers=headers
        )
        assert answer.status_code == 200, answer.text
    return UUID(case["id"])


class TestAReason:
    async def test_is_told_to_a_reader_of_the_case_and_stands_nowhere_in_plain(self, desk: Running) -> None:
        case_id = await given_up(desk)
        async with desk.client("denials:read") as http:
            history = (await http.get(f"/cases/{case_id}")).json()["history"]
        assert [line["reason"] for line in history] == [None, CANARY]
        held = await everything_stored(desk)
        assert str(case_id).encode() in held
        assert b"anaryfamily" not in held
        async with desk.uow().begin() as tx:
            assert str((await store.history_of(tx, case_id))[1].reason) == WITHHELD

    async def test_opens_on_its_own_row_alone(self, desk: Running) -> None:
        one, other = await given_up(desk), await given_up(desk)
        moved = "(SELECT sealed_reason FROM case_history WHERE case_id = :one AND sealed_reason IS NOT NULL)"
        await tamper(
            desk, f"UPDATE case_history SET sealed_reason = {moved} WHERE case_id = :other", one=one, other=other
        )
        async with desk.uow().begin() as tx:
            with pytest.raises(CannotOpen):
                await store.history_of(tx, other)

    async def test_has_no_place_where_nothing_was_written(self, desk: Running) -> None:
        await given_up(desk)
        rows = await desk.query(text("SELECT act, sealed_reason IS NULL AS bare FROM case_history ORDER BY id"))
        assert [(row["act"], row["bare"]) for row in rows] == [("denied", True), ("upheld", False)]
