"""What people and payers write freely: read by whoever may ask payments, and by nobody who holds its database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from stored import everything_stored, tamper
from tests.payments.conftest import cheque, claim, interchange

from common.vault import CannotOpen
from payments.store import queue, remittances

REFERENCE = "Canaryfamily-visa"
MEMBER = "CANARYMBI1"


async def paid_outside(practice: Any, number: str) -> dict[str, Any]:
    claim_id = await practice.submits(number, "150.00")
    body = {"claim_id": str(claim_id), "amount": "15.00", "method": "external", "reference": REFERENCE + number}
    answer = await practice.post("/patient-payments", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def offset(practice: Any, number: int) -> str:
    """A cheque from which a payer takes money back, naming a member; gives the remittance's id."""
    told = interchange(
        cheque(f"T{number}", claim("100023-1", "150.00", "80.00", [("CO", "45", "70.00")]), levels=[("L6", "2.10")]),
        number=number,
    )
    marked = told.replace(b"*L6*", f"*L6:{MEMBER}*".encode())
    assert marked != told
    await practice.is_told_of(marked)
    await practice.payments.run_timers()
    return (await practice.get("/remittances"))["items"][-1]["id"]


class TestFreeText:
    async def test_is_told_to_a_reader_and_stands_nowhere_in_plain(self, practice: Any) -> None:
        told = await paid_outside(practice, "100023-1")
        again = {name: told[name] for name in ("claim_id", "amount", "method", "reference")}
        refused = await practice.post("/patient-payments", again)
        remittance = await practice.get(f"/remittances/{await offset(practice, 7)}")
        assert told["reference"].startswith(REFERENCE)
        assert (refused.status_code, "anary" in refused.text) == (409, False)
        assert remittance["provider_level"] == [{"reason": "L6", "reference": MEMBER, "amount": "2.10"}]
        held = await everything_stored(practice.payments)
        assert told["id"].encode() in held
        assert b"anaryfamily" not in held
        assert MEMBER.encode() not in held

    async def test_of_a_queue_item_is_renewed_in_its_place(self, practice: Any) -> None:
        """A payment whose posting fails again keeps its item, with the newer findings."""
        await practice.receives(cheque("T1", claim("999999-9", "150.00", "80.00", [("CO", "45", "70.00")])))
        [item] = await practice.queue()
        assert "999999-9" in item["findings"][0]
        async with practice.payments.uow(practice.id).begin() as tx:
            await queue.put(
                tx,
                queue.Kind.UNMATCHED,
                "nothing-open",
                ["Newer."],
                interchange_id=item["interchange_id"],
                remittance_id=item["remittance_id"],
                claim_payment_id=item["claim_payment_id"],
            )
        [renewed] = await practice.queue()
        assert (renewed["id"], renewed["code"], renewed["findings"]) == (item["id"], "nothing-open", ["Newer."])
        [row] = await practice.payments.query(text("SELECT q::text AS whole FROM queue_items AS q"))
        assert "Newer" not in row["whole"]

    async def test_opens_on_its_own_row_alone(self, practice: Any) -> None:
        await practice.submits("100023-1", "150.00")
        one, other = await offset(practice, 7), await offset(practice, 8)
        moved = "(SELECT sealed_references FROM remittances WHERE id = :one)"
        statement = f"UPDATE remittances SET sealed_references = {moved} WHERE id = :other"
        await tamper(practice.payments, statement, one=one, other=other)
        async with practice.payments.uow(practice.id).begin() as tx:
            with pytest.raises(CannotOpen):
                await remittances.find(tx, other)  # pyright: ignore[reportArgumentType]
