"""Who a claim is about: sealed on its row, wrapped in memory, and revealed to whoever may read the claim."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select, update
from stored import everything_stored, tamper

from claims.domain.parties import Snapshot
from claims.sealing import SNAPSHOT
from claims.store import claims as store
from claims.tables import claims as claims_table
from common.change import Change
from common.vault import CannotOpen

Clinic = Any
WRITTEN = "Canaryfamily's sister called about the left arm"

# What is frozen of a claim, as its document has it.
PERSON = {
    "last_name": "Canaryfamily",
    "first_name": "Canarygiven",
    "middle_name": "",
    "birth_date": "1907-03-09",
    "sex": "F",
    "address": {"line1": "1 Canaryline Row", "line2": "", "city": "Canaryville", "state": "IL", "zip": "599519951"},
}
FROZEN: dict[str, Any] = {
    "taken_on": "2026-03-03",
    "patient": PERSON,
    "coverage": {
        "coverage_id": str(UUID(int=4)),
        "payer_id": "PAYERA",
        "member_id": "CANARYMEMBER1",
        "responsibility": "P",
        "relationship": "18",
        "subscriber": PERSON,
        "group_number": "CANARYGROUP1",
    },
    "payer": None,
    "practice": None,
    "rendering": None,
}


class TestTheDocumentOfAClaim:
    def test_says_nothing_when_it_is_printed_and_is_written_by_nothing_but_a_vault(self) -> None:
        frozen = SNAPSHOT.parse(json.dumps(FROZEN))
        for telltale in ("canary", "1907", "59951"):
            assert telltale not in f"{frozen} {frozen!r}".lower()
        with pytest.raises(Exception, match="serialized by a vault"):
            TypeAdapter(Snapshot).dump_json(frozen)

    async def test_opens_on_its_own_row_alone(self, clinic: Clinic) -> None:
        [one, other] = [await clinic.submits() for _ in range(2)]
        [row] = await clinic.claims.query(select(claims_table.c.snapshot).where(claims_table.c.id == one))
        async with clinic.claims.uow().begin() as tx:
            assert (await store.load(tx, other)).snapshot is not None
            moved = update(claims_table).where(claims_table.c.id == other).values(snapshot=row["snapshot"])
            await tx.execute(moved)
            with pytest.raises(CannotOpen):
                await store.load(tx, other)


class TestWhatStaffWrite:
    async def test_is_told_to_readers_and_stands_nowhere_in_plain(self, clinic: Clinic) -> None:
        held = await self.overridden(clinic)
        claim_id = await clinic.codes(await clinic.registers_a_patient(covered=False))
        await clinic.http.post(f"/claims/{claim_id}/void", json={"reason": WRITTEN})
        settled = await self.settled(clinic)
        assert (await clinic.claim(held))["overrides"][0]["reason"] == WRITTEN
        assert [entry["reason"] for entry in await clinic.history(claim_id)][-1] == WRITTEN
        assert settled["settled_reason"] == WRITTEN
        everything = await everything_stored(clinic.claims)
        assert str(claim_id).encode() in everything
        assert b"anaryfamily" not in everything

    @pytest.mark.parametrize(
        ("table", "column", "row"),
        [("claims", "sealed_overrides", "id"), ("claim_history", "sealed_reason", "claim_id")],
    )
    async def test_opens_on_its_own_row_alone(self, clinic: Clinic, table: str, column: str, row: str) -> None:
        one, other = await self.overridden(clinic), await self.overridden(clinic)
        moved = f"(SELECT {column} FROM {table} WHERE {row} = :one AND {column} IS NOT NULL)"
        statement = f"UPDATE {table} SET {column} = {moved} WHERE {row} = :other AND {column} IS NOT NULL"
        await tamper(clinic.claims, statement, one=one, other=other)
        async with clinic.claims.uow().begin() as tx:
            with pytest.raises(CannotOpen):
                assert [await store.load(tx, other), await store.history(tx, other, None, 50)]

    async def overridden(self, clinic: Clinic) -> UUID:
        """A suspected duplicate that a biller lets go for a reason that names the patient."""
        patient_id = await clinic.registers_a_patient()
        for _ in range(2):
            claim_id = await clinic.codes(patient_id)
            await clinic.lets_time_pass()
        claim = await clinic.claim(claim_id)
        answer = {"finding": "E25", "where": "line 1", "reason": WRITTEN}
        given = await clinic.http.put(
            f"/claims/{claim_id}/overrides", json=answer, headers={"If-Match": f'"{claim["version"]}"'}
        )
        assert given.status_code == 200, given.text
        return claim_id

    async def settled(self, clinic: Clinic) -> dict[str, Any]:
        claim_id = await clinic.submits()
        async with clinic.claims.uow().begin() as tx:
            before = await store.load(tx, claim_id)
            await store.save(tx, before, Change(before.flag("no-acknowledgement", tx.now, {})))
        [raised] = (await clinic.claim(claim_id))["follow_ups"]
        answer = await clinic.http.post(f"/follow-ups/{raised['id']}/settle", json={"reason": WRITTEN})
        assert answer.status_code == 200, answer.text
        return answer.json()
