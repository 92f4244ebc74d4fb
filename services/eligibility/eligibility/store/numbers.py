"""The numbers under which other systems keep their appointments, each for one appointment here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select

from common.uow import Transaction
from eligibility.tables import appointment_numbers as numbers


@dataclass(frozen=True, slots=True)
class Number:
    """An appointment's number in `system`, the application that keeps the book."""

    system: str
    number: str


async def appointment_of(tx: Transaction, number: Number) -> UUID | None:
    """The appointment of a number; nobody else decides about the number until the transaction ends."""
    held = func.hashtextextended(f"{tx.practice_id} {number.system} {number.number}", 0)
    await tx.execute(select(func.pg_advisory_xact_lock(held)))
    mine = (numbers.c.system == number.system) & (numbers.c.number == number.number)
    return await tx.scalar(select(numbers.c.appointment_id).where(mine))


async def add(tx: Transaction, number: Number, appointment_id: UUID) -> None:
    await tx.execute(
        insert(numbers).values(
            practice_id=tx.practice_id, system=number.system, number=number.number, appointment_id=appointment_id
        )
    )
