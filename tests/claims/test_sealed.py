"""Who a claim is about: sealed on its row, wrapped in memory, and revealed to whoever may read the claim."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from claims.domain.parties import Snapshot
from claims.main import SERVICE
from claims.store import claims as store
from claims.store.sealing import SNAPSHOT
from claims.tables import claims as claims_table
from common import migrations
from common.ids import new_id
from common.phi import Phi
from common.testing.databases import Server, create_empty
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS
from common.vault import CannotOpen, Vault

Clinic = Any

# As a claim was frozen before its document was sealed.
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
OLD_ROW = (
    "INSERT INTO claims (id, practice_id, version, number, encounter_id, patient_id, date_of_service, status, since, "
    "charge, coded, lines, snapshot, findings, overrides, opened_at) VALUES "
    "(:id, :practice, 2, :number, :encounter, :patient, '2026-03-02', 'void', now(), "
    "0, '{}', '[]', :snapshot, '[]', '[]', now())"
)


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


class TestClaimsFromBefore:
    async def test_are_sealed_by_the_migration_and_read_as_they_were(
        self, postgres: Server, worker_name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database = await create_empty(postgres, "claims", f"before_claims_{worker_name}")
        await migrations.upgrade("claims", SERVICE.migrations, database.owner_url, "0002")
        engine = create_async_engine(database.admin_url)
        whole, bare = [new_id(), new_id()], [new_id(), new_id()]
        async with engine.begin() as connection:
            for (id, practice), frozen in ((whole, json.dumps(FROZEN)), (bare, None)):
                row = {"id": id, "practice": practice, "number": id.hex, "snapshot": frozen}
                await connection.execute(text(OLD_ROW), row | {"encounter": new_id(), "patient": new_id()})
        monkeypatch.setenv("PHI_KEYS", PHI_KEYS)
        monkeypatch.setenv("PHI_INDEX_KEY", PHI_INDEX_KEY)
        await migrations.upgrade("claims", SERVICE.migrations, database.owner_url)
        with pytest.raises(RuntimeError, match="not written in plain"):
            await migrations.downgrade("claims", SERVICE.migrations, database.owner_url, "0002")

        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT id, snapshot FROM claims"))
            sealed = {row.id: row.snapshot for row in found}
        await engine.dispose()
        id, practice = whole
        assert sealed[bare[0]] is None
        assert b"anary" not in sealed[id]
        opened = SNAPSHOT.open(Vault.of(PHI_KEYS, PHI_INDEX_KEY), practice, id, sealed[id])
        assert opened == SNAPSHOT.parse(json.dumps(FROZEN))
        assert opened.coverage is not None
        assert (opened.patient.last_name, opened.coverage.member_id) == (Phi("Canaryfamily"), Phi("CANARYMEMBER1"))
