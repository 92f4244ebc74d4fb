"""The patient's share of a planned visit, from the payers' answers for the day and their fee schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from common.http import RemoteRefusal, RemoteUnavailable
from common.ids import new_id
from common.money import Money
from common.uow import Transaction, UnitOfWork
from eligibility.domain.check import CoverageCheck
from eligibility.domain.estimate import Estimate, estimate
from eligibility.domain.gaps import Planned
from eligibility.domain.picture import Network
from eligibility.domain.pricing import priced
from eligibility.domain.refusals import NoAnswerForDay
from eligibility.domain.secondary import TWO_RULES, after_secondary
from eligibility.operations import showing
from eligibility.operations.patient_facts import ask_patients
from eligibility.store import checks, estimates
from eligibility.store.estimates import Fee, Given, Result, Second

SILENT_SECOND = "A second coverage is on file whose payer has not answered for the day: it is not reckoned."
ITS_PRICES = "Where the second payer's fee schedule has no amount, it is expected to allow what the first does."
ORDER_UNKNOWN = "The order of the patient's coverages could not be read: the latest answer is taken for the first."


async def give_estimate(
    uow: UnitOfWork, patient_id: UUID, on: date, planned: tuple[Planned, ...], network: Network
) -> Given:
    """The patient's share of a planned visit, on the answers for the day of the coverage that pays first and of the
    one behind it. Raises NoAnswerForDay.
    """
    order = await _order(uow, patient_id, on)
    async with uow.begin() as tx:
        answered = await checks.answered_for(tx, patient_id, on, on)
        first = _answer_of(answered, order[0]) if order else next(iter(answered), None)
        if first is None or first.payer_id is None:
            raise NoAnswerForDay(day=on)
        prices = priced(planned, await _schedule(tx, first, planned))
        told = estimate(await showing.picture_of(tx, first), planned, prices, network)
        second, assumed = None, (() if order is not None else (ORDER_UNKNOWN,))
        if order is not None and len(order) > 1:
            behind = _answer_of(answered, order[1])
            second = await _second(tx, (first, behind), told, planned, network) if behind else None
            assumed = () if behind else (SILENT_SECOND,)
        told = replace(told, assumptions=(*told.assumptions, *assumed))
        result = Result(prices, told, second)
        given = Given(new_id(), tx.now, patient_id, on, first.id, first.payer_id, network, planned, result)
        tx.audit("create", "estimate", given.id, check_id=str(first.id))
        return tx.done(await estimates.add(tx, given))


async def _order(uow: UnitOfWork, patient_id: UUID, on: date) -> list[UUID] | None:
    """The coverages in force on the day, in order of benefits; None where `patients` does not say."""
    try:
        facts = await ask_patients(uow, patient_id, on)
    except (RemoteUnavailable, RemoteRefusal):
        return None
    return [coverage.id for coverage in facts.coverages] if facts else None


def _answer_of(answered: Sequence[CoverageCheck], coverage_id: UUID) -> CoverageCheck | None:
    return next((check for check in answered if check.coverage_id == coverage_id), None)


async def _schedule(tx: Transaction, check: CoverageCheck, planned: tuple[Planned, ...]) -> Mapping[str, Money]:
    return await estimates.schedule(tx, check.payer_id or "", {line.code for line in planned}, check.on)


async def _second(
    tx: Transaction,
    answers: tuple[CoverageCheck, CoverageCheck],
    told: Estimate,
    planned: tuple[Planned, ...],
    network: Network,
) -> Second:
    first, behind = answers
    schedule = {**await _schedule(tx, first, planned), **await _schedule(tx, behind, planned)}
    prices = priced(planned, schedule)
    alone = estimate(await showing.picture_of(tx, behind), planned, prices, network)
    alone = replace(alone, assumptions=(*alone.assumptions, ITS_PRICES, TWO_RULES))
    return Second(behind.payer_id or "", behind.id, alone, after_secondary(told, alone, prices))


async def put_fees(uow: UnitOfWork, payer_id: str, fees: Sequence[Fee]) -> int:
    """Add amounts to a payer's fee schedule, or change them."""
    async with uow.begin() as tx:
        return tx.done(await estimates.put_fees(tx, payer_id, fees))
