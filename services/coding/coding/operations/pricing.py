"""What the practice charges: its fee schedule is loaded, and put on the lines of a visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from coding import store
from coding.domain import charges
from coding.domain.coded_visit import CodedVisit
from common.money import Money
from common.uow import Transaction, UnitOfWork


async def priced(tx: Transaction, coded: CodedVisit, on: date) -> CodedVisit:
    """The visit with the charges in force on its date of service."""
    codes = {line.cpt for line in (*coded.lines, *coded.self_pay_lines)}
    return charges.priced(coded, await store.fee_schedule_on(tx, codes, on))


async def set_fees(uow: UnitOfWork, fees: Mapping[tuple[str, str], Money], *, effective_from: date) -> int:
    """Charges by code and part from a day on; those of earlier days stay for earlier services. Gives how many."""
    async with uow.begin() as tx:
        await store.set_fees(tx, fees, effective_from)
        tx.audit("update", "fee-schedule", tx.practice_id, charges=len(fees), effective_from=effective_from.isoformat())
        return tx.done(len(fees))
