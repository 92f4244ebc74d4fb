"""Getting a provider enrolled with a payer, and keeping it so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from typing import Any
from uuid import UUID

from common.change import Change
from common.ids import new_id
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from credentialing.domain.dates import next_alert
from credentialing.domain.enrollment import Enrollment
from credentialing.domain.lifecycle import Stage
from credentialing.domain.payers import Terms
from credentialing.store import enrollments as store
from credentialing.store import registers

TAKES_EFFECT, FALLS_DUE = "enrollment-takes-effect", "enrollment-falls-due"

Act = Callable[[Enrollment, Terms, date], Change[Enrollment]]
"""An act on an enrollment under the payer's terms, today."""


async def open_enrollment(uow: UnitOfWork, npi: str, payer_id: str, location_code: str) -> Enrollment:
    """Say that this provider is to be enrolled there. Raises Unregistered, AlreadyOpen."""
    async with uow.begin() as tx:
        await registers.terms_of(tx, payer_id)
        enrollment = Enrollment(new_id(), await store.identity_of(tx, npi, payer_id, location_code))
        await store.add(tx, enrollment)
        tx.audit("create", "enrollment", enrollment.id)
        return tx.done(enrollment)


async def record(
    uow: UnitOfWork, enrollment_id: UUID, version: int, act: Act, name: str, reason: str | None, **facts: Any
) -> Enrollment:
    """Record what happened to the enrollment read at `version`; `facts` go into its history.

    Raises NotFound, Stale and what the act raises.
    """
    async with uow.begin() as tx:
        before = await store.load(tx, enrollment_id)
        if before.version != version:
            raise Stale(kind="enrollment", id=enrollment_id, version=version)
        terms = await registers.terms_of(tx, before.identity.payer_id)
        change = act(before, terms, uow.today)
        after = await store.save(tx, before, change, name, reason=reason, **facts)
        tx.audit("decide", "enrollment", after.id, act=name, version=after.version)
        _watch(tx, after, uow.workplace.zone)
        return tx.done(after)


async def take_effect(uow: UnitOfWork, enrollment_id: UUID) -> None:
    """The effective date has come; where it was moved since, the timer waits for the new one."""
    async with uow.begin() as tx:
        before = await store.load(tx, enrollment_id)
        if before.stage is not Stage.APPROVED or before.effective_from is None:
            return
        after = before
        if before.spans[-1].first <= uow.today:
            after = await store.save(tx, before, before.take_effect(today=uow.today), "took effect")
        _watch(tx, after, uow.workplace.zone)


async def fall_due(uow: UnitOfWork, enrollment_id: UUID) -> None:
    """A renewal comes near, or was missed: tell it, and wait for what comes next."""
    async with uow.begin() as tx:
        before = await store.load(tx, enrollment_id)
        terms = await registers.terms_of(tx, before.identity.payer_id)
        change = before.fall_due(terms, today=uow.today)
        after = before
        if change.events:
            lapsed = change.aggregate.stage is Stage.LAPSED
            act = "lapsed" if lapsed else "renewal near"
            after = await store.save(tx, before, change, act, due_on=before.due_on)
        _watch(tx, after, uow.workplace.zone)


def _watch(tx: Transaction, enrollment: Enrollment, zone: tzinfo) -> None:
    """Set the timers that the enrollment's stage calls for, and drop the others."""
    if enrollment.stage is Stage.APPROVED and enrollment.effective_from:
        tx.schedule(TAKES_EFFECT, enrollment.id, due_at=_begins(enrollment.spans[-1].first, zone))
    else:
        tx.cancel(TAKES_EFFECT, enrollment.id)
    if enrollment.stage is Stage.EFFECTIVE and enrollment.due_on and enrollment.renewal_filed_on is None:
        tx.schedule(FALLS_DUE, enrollment.id, due_at=_begins(next_alert(enrollment.due_on, enrollment.announced), zone))
    else:
        tx.cancel(FALLS_DUE, enrollment.id)


def _begins(day: date, zone: tzinfo) -> datetime:
    """The practice's midnight at which `day` begins."""
    return datetime.combine(day, time(), zone)
