"""Time in: coded visits are put to the rules and requests to payers, clocks run out, authorizations end."""

from __future__ import annotations

from authorizations.operations import asking, deciding, hearing, inquiring, notified, requesting
from authorizations.store.encounters import DECIDE
from authorizations.store.needs import RULES_CHANGED
from authorizations.store.records import ASK, DECISION_DUE, EXPIRED, EXPIRING, INQUIRE, RESPONSE_DUE
from common.deadlines import Deadlines
from common.timers import Timer
from common.uow import UnitOfWork

DEADLINES = Deadlines()


@DEADLINES.when(ASK)
async def ask_payer(uow: UnitOfWork, timer: Timer) -> None:
    await asking.ask(uow, timer.key)


@DEADLINES.when(INQUIRE)
async def inquire(uow: UnitOfWork, timer: Timer) -> None:
    await inquiring.inquire(uow, timer.key)


@DEADLINES.when(DECIDE)
async def decide_need(uow: UnitOfWork, timer: Timer) -> None:
    await deciding.decide_one(uow, timer.key)


@DEADLINES.when(deciding.LEARN)
async def learn_coverages(uow: UnitOfWork, timer: Timer) -> None:
    await deciding.learn_coverages(uow, timer.key)


@DEADLINES.when(RULES_CHANGED)
async def rules_changed(uow: UnitOfWork, timer: Timer) -> None:
    await deciding.decide_anew(uow)


@DEADLINES.when(hearing.READ)
async def read_answers(uow: UnitOfWork, timer: Timer) -> None:
    await hearing.read_answers(uow, timer.key)


@DEADLINES.when(notified.READ)
async def read_notification(uow: UnitOfWork, timer: Timer) -> None:
    await notified.read(uow, timer.key)


@DEADLINES.when(RESPONSE_DUE)
async def response_due(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)


@DEADLINES.when(DECISION_DUE)
async def decision_due(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)


@DEADLINES.when(EXPIRING)
async def expiring(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)


@DEADLINES.when(EXPIRED)
async def expired(uow: UnitOfWork, timer: Timer) -> None:
    await requesting.time_came(uow, timer.key, timer.kind)
