"""What is planned, and what was coded, is held against what is covered."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from common.ids import new_id
from common.uow import Transaction, UnitOfWork
from eligibility.domain.check import CoverageCheck, Status
from eligibility.domain.coded_visit import CodedVisit, of_claim
from eligibility.domain.events import CoverageGapFound
from eligibility.domain.gaps import Planned, gaps
from eligibility.domain.picture import Network, Picture
from eligibility.domain.refusals import NoAnswerForDay
from eligibility.operations import showing
from eligibility.store import appointments, checks, coded_visits, registers, reviews
from eligibility.store.reviews import Review

NO_COVERAGE = "no-coverage"


async def review(uow: UnitOfWork, patient_id: UUID, on: date, planned: tuple[Planned, ...], network: Network) -> Review:
    """Find the gaps of a planned visit. Raises NoAnswerForDay."""
    async with uow.begin() as tx:
        check = await latest_answer(tx, patient_id, on)
        told = await showing.picture_of(tx, check) if check.status is Status.ANSWERED else None
        return tx.done(await _keep(tx, check, told, planned, network))


async def review_ended(tx: Transaction, check: CoverageCheck) -> None:
    """A check ended: hold what its appointments plan against it, and the coded visits that waited for it.

    Of an appointment, coverage that is not on file is a gap too.
    """
    if check.is_open:
        return
    await _of_coded_visits(tx, check)
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


async def review_coded(uow: UnitOfWork, visit: CodedVisit) -> None:
    """A visit was coded, or coded anew: held against the latest answer for its day, as soon as there is one."""
    async with uow.begin() as tx:
        if not await coded_visits.hear(tx, visit) or not visit.waits:
            return
        if not await _against_the_latest(tx, visit):
            # An answer that is kept at this very moment sees no visit yet, and is not seen here.
            coded_visits.look_again(tx, visit)


async def look_again(uow: UnitOfWork, encounter_id: UUID) -> None:
    """A coded visit found no answer: one may have been kept in the moment in which it came."""
    async with uow.begin() as tx:
        visit = await coded_visits.load(tx, encounter_id)
        if visit is not None and visit.waits:
            await _against_the_latest(tx, visit)


async def _against_the_latest(tx: Transaction, visit: CodedVisit) -> bool:
    window = await _window(tx)
    known = await checks.answered_for(tx, visit.patient_id, visit.on - window, visit.on + window)
    if not known:
        return False
    # That of the day itself where there is one; else the latest, which is near enough for a claim.
    await _keep_coded(tx, next((one for one in known if one.on == visit.on), known[0]), visit)
    return True


async def _of_coded_visits(tx: Transaction, check: CoverageCheck) -> None:
    """A check was answered: hold the coded visits that waited for it against it."""
    if check.status is not Status.ANSWERED:
        return
    visits = await coded_visits.waiting(tx, check.patient_id)
    window = await _window(tx) if visits else timedelta(0)
    for visit in visits:
        if abs(visit.on - check.on) <= window:
            await _keep_coded(tx, check, visit)


async def _window(tx: Transaction) -> timedelta:
    asking = await registers.asking_provider(tx)
    return timedelta(days=asking.claim_window_days if asking else 0)


async def _keep_coded(tx: Transaction, check: CoverageCheck, visit: CodedVisit) -> None:
    told = (await showing.show(tx, check, visit.on)).picture
    found = of_claim(gaps(told, visit.services, Network.UNKNOWN))
    made = Review(
        new_id(),
        tx.now,
        visit.patient_id,
        visit.on,
        check.id,
        Network.UNKNOWN,
        visit.services,
        found,
        encounter_id=visit.encounter_id,
        coding=visit.version,
    )
    await coded_visits.reviewed(tx, visit.encounter_id)
    await _tell(tx, check, made)


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
    return await _tell(tx, check, made)


async def _tell(tx: Transaction, check: CoverageCheck, made: Review) -> Review:
    await reviews.add(tx, made)
    tx.audit("create", "gap review", made.id, gaps=len(made.found))
    if made.found:
        event = CoverageGapFound(
            made.id,
            made.patient_id,
            made.on,
            tuple(one.gap for one in made.found),
            check.payer_id,
            check.id,
            made.encounter_id,
            made.coding,
        )
        tx.publish(event, key=made.id, version=1, correlation=made.encounter_id)
    return made


async def latest_answer(tx: Transaction, patient_id: UUID, on: date) -> CoverageCheck:
    """The latest answered check of the day; else one that found no coverage on file. Raises NoAnswerForDay."""
    answered = await checks.answered_for(tx, patient_id, on, on)
    if answered:
        return answered[0]
    uncovered = await checks.without_coverage(tx, patient_id, on)
    if uncovered is None:
        raise NoAnswerForDay(day=on)
    return uncovered
