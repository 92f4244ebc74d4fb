"""What passes over the wire: readable to whoever may ask the service, and to nobody who holds its database."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from common.ids import new_id
from common.vault import CannotOpen

PERSON = "NM1*IL*1*CANARYFAMILY*CANARYGIVEN****MI*CANARYMEMBER~DMG*D8*19070309*F~"
BATCH = f"BHT*0019*00*1*20260302*1200*CH~NM1*41*2*SUNRISE DERMATOLOGY*****46*DERMGROUP~HL*1**20*1~{PERSON}"
QUESTION = f"BHT*0022*13*R1*20260304*1200~HL*1**20*1~NM1*PR*2*MERIDIAN MUTUAL*****PI*MERIDIAN~{PERSON}"
CANARIES = (b"CANARYFAMILY", b"CANARYGIVEN", b"CANARYMEMBER", b"19070309")


async def ask(wire: Any) -> Any:
    request = {"reference": str(new_id()), "kind": "270", "payer_id": "MERIDIAN", "body": QUESTION}
    return await wire.http.post("/realtime", json=request, headers={"Idempotency-Key": str(new_id())})


async def everything(url: str) -> bytes:
    """Every row of every table, what is binary in its own bytes."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            tables = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            rows = [row for table in tables.all() for row in await connection.execute(text(f'SELECT * FROM "{table}"'))]
    finally:
        await engine.dispose()
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)


async def sent_content(wire: Any) -> bytes:
    sent = await wire.transmission(await wire.transmit([BATCH]))
    return (await wire.http.get(f"/interchanges/{sent['interchange_id']}/content")).content


class TestTheDatabase:
    async def test_names_nobody_of_whom_something_was_sent_asked_or_received(self, wire: Any) -> None:
        content = await sent_content(wire)
        await wire.run()
        assert wire.house.taken[0] == content
        assert all(canary in content for canary in CANARIES)
        received = await wire.http.post(
            f"/partners/{wire.partner_id}/inbound",
            content=b"no interchange " + PERSON.encode(),
            headers={"content-type": "application/edi-x12", "Idempotency-Key": str(new_id())},
        )
        assert received.status_code == 201
        await ask(wire)
        held = await everything(wire.service.database.admin_url)
        assert b"000000002" in held
        assert [canary for canary in CANARIES if canary in held] == []

    async def test_does_not_tell_whether_a_guessed_question_was_asked(self, wire: Any) -> None:
        await ask(wire)
        held = await everything(wire.service.database.admin_url)
        assert hashlib.sha256(f"270\nMERIDIAN\n{QUESTION}".encode()).hexdigest().encode() not in held

    async def test_content_that_was_moved_to_another_row_does_not_open(self, wire: Any) -> None:
        await wire.transmit([BATCH])
        second = await wire.transmission(await wire.transmit([BATCH]))
        engine = create_async_engine(wire.service.database.admin_url)
        async with engine.begin() as connection:
            first = "(SELECT content FROM archive ORDER BY id LIMIT 1)"
            await connection.execute(text(f"UPDATE archive SET content = {first}"))
        await engine.dispose()
        answer = await wire.http.get(f"/interchanges/{second['interchange_id']}/content")
        assert answer.status_code == 500
        assert "CANARY" not in answer.text

    async def test_content_of_one_practice_does_not_open_for_another(self, wire: Any) -> None:
        content = await sent_content(wire)
        [row] = await wire.service.query(text("SELECT * FROM archive"))
        vault = wire.service.runtime.workplace.keys()
        mine = (row["practice_id"], "archive", "content", row["id"])
        assert vault.open(row["content"], *mine) == content
        with pytest.raises(CannotOpen):
            vault.open(row["content"], new_id(), *mine[1:])
