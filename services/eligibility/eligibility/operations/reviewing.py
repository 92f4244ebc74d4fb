"""What is planned is held against what is covered, and estimated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from common.ids import new_id
from common.uow import Transaction, UnitOfWork
from eligibility.domain.check import CoverageCheck, Status
from eligibility.domain.estimate import estimate
from eligibility.domain.events import CoverageGapFound
from eligibility.domain.gaps import Planned, gaps
from eligibility.domain.picture import Network, Picture
from eligibility.domain.pricing import priced
from eligibility.domain.refusals import NoAnswerForDay
from eligibility.operations import showing
from eligibility.store import appointments, checks, estimates, reviews
from eligibility.store.estimates import Fee, Given, Result
from eligibility.store.reviews import Review

NO_COVERAGE = "no-coverage"


async def review(uow: UnitOfWork, patient_id: UUID, on: date, planned: tuple[Planned, ...], network: Network) -> Review:
    """Find the gaps of a planned visit. Raises NoAnswerForDay."""
    async with uow.begin() as tx:
        check = await _latest(tx, patient_id, on)
        told = await showing.picture_of(tx, check) if check.status is Status.ANSWERED else None
        return tx.done(await _keep(tx, check, told, planned, network))


async def review_ended(tx: Transaction, check: CoverageCheck) -> None:
    """A check ended: hold what its appointments plan against it. Coverage that is not on file is a gap too."""
    if check.is_open:
        return
    for appointment in await appointments.of_check(tx, check.id):
        if not appointment.planned:
            continue
        if check.status is Status.ANSWERED:
            told = await showing.picture_of(tx, check)
        elif NO_COVERAGE in check.codes:
            told = None
        else:
            continue
        await _keep(tx, check, told, appointment.planned, Network.UNKNOWN, appointment_id=appointment.id)


async def give_estimate(
    uow: UnitOfWork, patient_id: UUID, on: date, planned: tuple[Planned, ...], network: Network
) -> Given:
    """The patient's share of a planned visit, on the latest answer for the day. Raises NoAnswerForDay."""
    async with uow.begin() as tx:
        check = await _latest(tx, patient_id, on)
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


async def _keep(
    tx: Transaction,
    check: CoverageCheck,
    told: Picture | None,
    planned: tuple[Planned, ...],
    network: Network,
    *,
    appointment_id: UUID | None = None,
) -> Review:
    found = gaps(told, planned, network)
    made = Review(new_id(), tx.now, check.patient_id, check.on, check.id, network, planned, found, appointment_id)
    await reviews.add(tx, made)
    tx.audit("create", "gap review", made.id, gaps=len(found))
    if found:
        event = CoverageGapFound(
            made.id, made.patient_id, made.on, tuple(one.gap for one in found), check.payer_id, check.id
        )
        tx.publish(event, key=made.id, version=1)
    return made


async def _latest(tx: Transaction, patient_id: UUID, on: date) -> CoverageCheck:
    """The latest answered check of the day; else one that found no coverage on file. Raises NoAnswerForDay."""
    answered = await checks.answered_for(tx, patient_id, on, on)
    if answered:
        return answered[0]
    uncovered = await checks.without_coverage(tx, patient_id, on)
    if uncovered is None:
        raise NoAnswerForDay(day=on)
    return uncovered
