"""The patient's share of a planned visit, from the latest answer for the day and the payers' fee schedules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from common.ids import new_id
from common.uow import UnitOfWork
from eligibility.domain.check import Status
from eligibility.domain.estimate import estimate
from eligibility.domain.gaps import Planned
from eligibility.domain.picture import Network
from eligibility.domain.pricing import priced
from eligibility.domain.refusals import NoAnswerForDay
from eligibility.operations import showing
from eligibility.operations.reviewing import latest_answer
from eligibility.store import estimates
from eligibility.store.estimates import Fee, Given, Result


async def give_estimate(
    uow: UnitOfWork, patient_id: UUID, on: date, planned: tuple[Planned, ...], network: Network
) -> Given:
    """The patient's share of a planned visit, on the latest answer for the day. Raises NoAnswerForDay."""
    async with uow.begin() as tx:
        check = await latest_answer(tx, patient_id, on)
        if check.status is not Status.ANSWERED or check.payer_id is None:
            raise NoAnswerForDay(day=on)
        told = await showing.picture_of(tx, check)
        schedule = await estimates.schedule(tx, check.payer_id, {line.code for line in planned}, on)
        prices = priced(planned, schedule)
        result = Result(prices, estimate(told, planned, prices, network))
        given = Given(new_id(), tx.now, patient_id, on, check.id, check.payer_id, network, planned, result)
        tx.audit("create", "estimate", given.id, check_id=str(check.id))
        return tx.done(await estimates.add(tx, given))


async def put_fees(uow: UnitOfWork, payer_id: str, fees: Sequence[Fee]) -> int:
    """Add amounts to a payer's fee schedule, or change them."""
    async with uow.begin() as tx:
        return tx.done(await estimates.put_fees(tx, payer_id, fees))
