"""An authorization is wanted, asked for, amended, appealed, cancelled, decided by telephone, or looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from authorizations.domain.authorization import Authorization
from authorizations.domain.refusals import DatesUnfit, NothingAsked
from authorizations.domain.request import Certification
from authorizations.domain.said import Said
from authorizations.domain.wish import Kind, Wish
from authorizations.operations import counting
from authorizations.store import records as store
from common.change import Change
from common.ids import new_id
from common.phi import Phi
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork


async def open_authorization(uow: UnitOfWork, wish: Wish, *, submit: bool) -> Authorization:
    """Make a record; with `submit` the payer is asked at once. Raises NothingAsked, DatesUnfit."""
    _fit(wish)
    async with uow.begin() as tx:
        drafted = Authorization(new_id(), wish)
        if not submit:
            return tx.done(await store.add(tx, drafted, act="drafted"))
        asked = drafted.submitted(Certification.INITIAL, tx.now, uow.today).aggregate
        return tx.done(await store.add(tx, asked, act="submitted"))


async def record_referral(
    uow: UnitOfWork, wish: Wish, payer_id: str, said: Said, *, reason: Phi[str], today: date
) -> Authorization:
    """Write down a referral that came on paper, by fax or by telephone. Raises DatesUnfit, NumberNeeded."""
    _fit(wish)
    async with uow.begin() as tx:
        drafted = await store.add(tx, Authorization(new_id(), wish), act="drafted")
        return tx.done(await _decided(tx, drafted, payer_id, said, reason, today))


async def submit(
    uow: UnitOfWork, authorization_id: UUID, version: int, certification: Certification, wish: Wish | None
) -> Authorization:
    """Ask the payer: at first, again after something was mended, for more, by appeal, or to cancel.

    `wish` takes the place of what was asked before; of what is certified, once the payer agrees.
    Raises NotFound, Stale, NotPossibleNow, AnotherRequestIsOpen, NothingAsked, DatesUnfit.
    """
    async with uow.begin() as tx:
        one = await _read(tx, authorization_id, version)
        if wish is not None:
            _fit(replace(wish, kind=one.wish.kind))
        change = one.submitted(certification, tx.now, uow.today, wish)
        return tx.done(await store.save(tx, change, act=f"submitted {certification.name.lower()}"))


async def record(
    uow: UnitOfWork, authorization_id: UUID, version: int, payer_id: str, said: Said, *, reason: Phi[str], today: date
) -> Authorization:
    """Write down what the payer said by telephone or on its portal.

    Raises NotFound, Stale, NotPossibleNow, NumberNeeded.
    """
    async with uow.begin() as tx:
        one = await _read(tx, authorization_id, version)
        return tx.done(await _decided(tx, one, payer_id, said, reason, today))


async def settle(uow: UnitOfWork, authorization_id: UUID, version: int, *, reason: Phi[str]) -> Authorization:
    """A person looked at what asked for attention. Raises NotFound, Stale, NothingToSettle."""
    async with uow.begin() as tx:
        one = await _read(tx, authorization_id, version)
        return tx.done(await store.save(tx, Change(one.settled()), act="looked at", reason=reason))


async def assign(uow: UnitOfWork, authorization_id: UUID, version: int, owner: str) -> Authorization:
    """Give it to somebody. Raises NotFound, Stale."""
    async with uow.begin() as tx:
        one = await _read(tx, authorization_id, version)
        return tx.done(await store.save(tx, Change(one.owned_by(owner)), act="assigned"))


async def time_came(uow: UnitOfWork, authorization_id: UUID, kind: str) -> None:
    """A clock of the request ran out, the end is near, or the last day is over."""
    async with uow.begin() as tx:
        one = await store.load(tx, authorization_id, lock=True)
        change = _at(one, kind)
        if change.aggregate != one:
            await store.save(tx, change, act=kind)


def _at(one: Authorization, kind: str) -> Change[Authorization]:
    if kind == store.EXPIRING:
        return one.expiring()
    if kind == store.EXPIRED:
        return one.expired()
    return Change(one.overdue("decision-overdue" if kind == store.DECISION_DUE else "response-overdue"))


async def _decided(
    tx: Transaction, one: Authorization, payer_id: str, said: Said, reason: Phi[str], today: date
) -> Authorization:
    change = one.of_payer(payer_id).recorded(said, today=today)
    tx.audit("decide", "authorization", one.id, said=said.action)
    saved = await store.save(tx, change, act="decision recorded", reason=reason)
    await counting.count(tx, one.wish.patient_id)
    return await store.load(tx, saved.id)


def _fit(wish: Wish) -> None:
    """A referral may be for any service."""
    if not wish.services and wish.kind is Kind.SERVICES:
        raise NothingAsked
    if wish.last is not None and wish.last < wish.first:
        raise DatesUnfit(first=wish.first, last=wish.last)


async def _read(tx: Transaction, authorization_id: UUID, version: int) -> Authorization:
    one = await store.load(tx, authorization_id, lock=True)
    if one.version != version:
        raise Stale(kind="authorization", id=authorization_id, version=version)
    return one
