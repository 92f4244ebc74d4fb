"""A check is wanted, asked again, withdrawn, or looked at and settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common.change import Change
from common.ids import new_id
from common.phi import Phi
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from eligibility.domain.check import Cause, CoverageCheck, Status
from eligibility.domain.picture import Picture
from eligibility.domain.standing import Standing
from eligibility.operations import showing
from eligibility.store import checks as store


@dataclass(frozen=True, slots=True)
class Wish:
    """Which patient, for which day; the coverage that pays first and the payer's usual services unless told; `anew`
    whatever was answered before.
    """

    patient_id: UUID
    on: date
    cause: Cause = Cause.DESK
    coverage_id: UUID | None = None
    service_types: tuple[str, ...] = ()
    anew: bool = False

    def check(self, now: datetime) -> CoverageCheck:
        """A check that waits to be asked at once."""
        return CoverageCheck(
            id=new_id(),
            patient_id=self.patient_id,
            on=self.on,
            cause=self.cause,
            service_types=self.service_types,
            wanted_coverage=self.coverage_id,
            anew=self.anew,
            ask_at=now,
        )


async def want_check(uow: UnitOfWork, wish: Wish) -> CoverageCheck:
    """Have a payer asked."""
    async with uow.begin() as tx:
        return tx.done(await open_check(tx, wish))


async def open_check(tx: Transaction, wish: Wish) -> CoverageCheck:
    return await store.add(tx, Change(wish.check(tx.now)))


async def ask_again(uow: UnitOfWork, check_id: UUID, version: int) -> CoverageCheck:
    """Ask once more after something was mended. Raises NotFound, Stale, NotPossibleNow."""
    async with uow.begin() as tx:
        check = await _read(tx, check_id, version)
        saved = await store.save(tx, Change(check.asked_again(tx.now)), act="asked again")
        return tx.done(saved)


async def settle(
    uow: UnitOfWork, check_id: UUID, version: int, *, standing: Standing | None, reason: Phi[str], today: date
) -> CoverageCheck:
    """A person looked at the check. Raises NotFound, Stale, NothingToSettle, StandingIsClear."""
    async with uow.begin() as tx:
        check = await _read(tx, check_id, version)
        told = await _picture(tx, check)
        change = check.settled(standing, told, today=today)
        tx.audit("decide", "coverage check", check.id, standing=standing.value if standing else None)
        return tx.done(await store.save(tx, change, act="settled", reason=reason))


async def _picture(tx: Transaction, check: CoverageCheck) -> Picture | None:
    return await showing.picture_of(tx, check) if check.status is Status.ANSWERED else None


async def _read(tx: Transaction, check_id: UUID, version: int) -> CoverageCheck:
    check = await store.load(tx, check_id, lock=True)
    if check.version != version:
        raise Stale(kind="check", id=check_id, version=version)
    return check
