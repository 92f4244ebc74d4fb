"""A new key for what is sealed, while the service runs: everything opens before, during and after, and the old goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from services_under_test import SERVICES
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from stored import everything_stored, tamper

from common import resealing
from common.ids import new_id
from common.resealing import Resealed, SealedColumn, reseal, sealed_columns
from common.service import Service
from common.testing.issuer import TestIssuer
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS, Running, run
from common.vault import Sealed, Vault
from patients.main import SERVICE

NEW_KEY = "new:" + "c3ludGhldGljLXBoaS1rZXktdGhhdC1pcy1uZXctLS0"
BOTH = f"{NEW_KEY},{PHI_KEYS}"
OLD_HEAD, NEW_HEAD = Vault.of(PHI_KEYS, PHI_INDEX_KEY).head, Vault.of(NEW_KEY, PHI_INDEX_KEY).head
ALL = ("patients:read", "patients:write")
PERSON: dict[str, Any] = {
    "record_number": "MRN-1",
    "name": {"family": "Quill", "given": "Maren"},
    "birth_date": "1961-07-09",
    "sex": "F",
    "address": {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"},
}
COVERAGE = {"payer_id": "PAYERA", "member_id": "M1", "relationship": "self", "effective_from": "2026-01-01"}

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def register(run_service: Start) -> Running:
    return await run_service(SERVICE, phi_keys=BOTH)


async def registered(running: Running, number: str, practice_id: UUID | None = None) -> UUID:
    """A patient with a coverage, and the kept answers of both requests: four sealed values."""
    async with running.client(*ALL, practices=[practice_id or running.practice_id]) as http:
        body = PERSON | {"record_number": number}
        answer = await http.post("/patients", json=body, headers={"Idempotency-Key": f"patient-{number}"})
        assert answer.status_code == 201, answer.text
        path = f"/patients/{answer.json()['id']}/coverages"
        covered = await http.post(path, json=COVERAGE, headers={"Idempotency-Key": f"coverage-{number}"})
        assert covered.status_code == 201, covered.text
    return UUID(answer.json()["id"])


async def sealed_by_the_old_key(running: Running, issuer: TestIssuer, *numbers: str) -> list[UUID]:
    """What a process wrote that knows the old key alone: the first patient in one practice, the others in another."""
    mine = running.practice_id
    async with run(SERVICE, running.database, issuer, practice_id=mine, phi_keys=PHI_KEYS) as old:
        elsewhere = new_id()
        return [
            await registered(old, number, elsewhere if place == 0 else mine) for place, number in enumerate(numbers)
        ]


async def resealed(running: Running, keys: str = BOTH, told: resealing.Told | None = None) -> Resealed:
    database = running.database
    return await reseal(
        SERVICE.metadata,
        Vault.of(keys, PHI_INDEX_KEY),
        owner_url=database.owner_url,
        app_url=database.app_url,
        platform_url=database.platform_url,
        told=told,
    )


class TestANewKey:
    async def test_seals_everything_again_and_the_old_one_can_go(self, register: Running, issuer: TestIssuer) -> None:
        _, mine, other = await sealed_by_the_old_key(register, issuer, "MRN-1", "MRN-2", "MRN-3")
        seen: list[tuple[int, int]] = []
        assert await resealed(register, told=lambda done, total: seen.append((done, total))) == Resealed(12, ())
        assert seen[-1] == (12, 12)
        assert OLD_HEAD not in await everything_stored(register)

        mine_is = register.practice_id
        new = run(SERVICE, register.database, issuer, practice_id=mine_is, phi_keys=NEW_KEY)
        async with new as with_the_new_one, with_the_new_one.client(*ALL) as http:
            for id in (mine, other):
                patient = (await http.get(f"/patients/{id}")).json()
                assert patient["name"]["family"] == "Quill"
            [found] = (await http.post("/patients/search", json={"record_number": "MRN-2"})).json()
            body, key = PERSON | {"record_number": "MRN-2"}, {"Idempotency-Key": "patient-MRN-2"}
            again = await http.post("/patients", json=body, headers=key)
        assert found["id"] == str(mine)
        assert again.headers["Idempotent-Replayed"] == "true"

    async def test_is_on_the_trail_of_each_practice(self, register: Running, issuer: TestIssuer) -> None:
        await sealed_by_the_old_key(register, issuer, "MRN-1", "MRN-2", "MRN-3")
        await resealed(register)
        rows = await register.query(text("SELECT practice_id, facts FROM audit_trail WHERE kind = 'reseal'"))
        assert {row["practice_id"] == register.practice_id: row["facts"] for row in rows} == {
            True: {"values": 8},
            False: {"values": 4},
        }

    async def test_changes_nothing_but_the_sealed_columns(self, register: Running, issuer: TestIssuer) -> None:
        await sealed_by_the_old_key(register, issuer, "MRN-1", "MRN-2")
        look = text(
            "SELECT to_jsonb(p) - 'who' AS patient, to_jsonb(c) - 'card' AS coverage FROM patients p, coverages c "
            "ORDER BY p.id, c.id"
        )
        before = await register.query(look)
        await resealed(register)
        assert await register.query(look) == before
        assert await resealed(register) == Resealed(0, ())

    async def test_goes_on_where_it_was_broken_off(
        self, register: Running, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await sealed_by_the_old_key(register, issuer, "MRN-1", "MRN-2", "MRN-3")
        monkeypatch.setattr(resealing, "BYTES_AT_ONCE", 1)

        def breaks_off(done: int, total: int) -> None:
            if done == 5:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            await resealed(register, told=breaks_off)
        assert await resealed(register) == Resealed(7, ())

    async def test_does_not_wait_for_a_row_that_somebody_holds(self, register: Running, issuer: TestIssuer) -> None:
        [_, held] = await sealed_by_the_old_key(register, issuer, "MRN-1", "MRN-2")
        engine = create_async_engine(register.database.admin_url)
        async with engine.begin() as somebody:
            await somebody.execute(text("SELECT FROM patients WHERE id = :id FOR UPDATE"), {"id": held})
            assert await resealed(register) == Resealed(7, (f"patients.who {held}",))
        await engine.dispose()
        assert await resealed(register) == Resealed(1, ())


class TestWhatDoesNotOpen:
    async def test_is_left_as_it_is_and_named(self, register: Running, issuer: TestIssuer) -> None:
        """A ciphertext that somebody copied from another row is not made to look like that row's own."""
        _, one, other = await sealed_by_the_old_key(register, issuer, "MRN-1", "MRN-2", "MRN-3")
        moved = "UPDATE patients SET who = (SELECT who FROM patients WHERE id = :one) WHERE id = :other"
        await tamper(register, moved, one=one, other=other)
        assert await resealed(register) == Resealed(11, (f"patients.who {other}",))
        async with register.client(*ALL) as http:
            assert (await http.get(f"/patients/{one}")).status_code == 200
            assert (await http.get(f"/patients/{other}")).status_code == 500

    async def test_keeps_the_old_key_where_it_was_not_given(self, register: Running, issuer: TestIssuer) -> None:
        await sealed_by_the_old_key(register, issuer, "MRN-1")
        without = await resealed(register, keys=NEW_KEY)
        assert (without.values, len(without.remaining)) == (0, 4)
        assert await resealed(register) == Resealed(4, ())


class TestTheColumns:
    def test_are_those_of_bytes_that_are_no_hashes_and_the_kept_answers(self) -> None:
        places = [column.place for column in sealed_columns(SERVICE.metadata)]
        assert places == ["patients.who", "coverages.card", "idempotency_keys.body"]

    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
    def test_hold_every_document_that_a_service_seals(self, service: Service) -> None:
        known = {(column.table.name, column.name): column for column in sealed_columns(service.metadata)}
        for place in places_in_code(service.name):
            assert isinstance(known.get(place), SealedColumn), place


def places_in_code(service: str) -> list[tuple[str, str]]:
    """Table and column of each `Sealed` that the service's sealing module declares."""
    for name in (f"{service}.sealing", f"{service}.store.sealing"):
        try:
            module = import_module(name)
        except ModuleNotFoundError:
            continue
        return [each.place for each in vars(module).values() if isinstance(each, Sealed)]
    return []
