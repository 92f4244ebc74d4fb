"""Who a claim is about: sealed on its row, wrapped in memory, and revealed to whoever may read the claim."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select, update

from claims.domain.parties import Snapshot
from claims.store import claims as store
from claims.store.sealing import SNAPSHOT
from claims.tables import claims as claims_table
from common.vault import CannotOpen

Clinic = Any

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
