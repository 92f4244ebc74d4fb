"""Looking providers up on OIG's list of exclusions, and deciding who is meant."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from credentialing.domain.events import ProviderExcluded, ProviderReinstated
from credentialing.domain.holders import Holder, HolderType
from credentialing.domain.refusals import NoExclusionList
from credentialing.domain.sanctions import (
    SCREENED_EVERY_DAYS,
    SCREENING,
    Decision,
    Match,
    Standing,
    excluded_since,
)
from credentialing.domain.verification import Inquiry, Method, Result, Verification
from credentialing.store import exclusions as store
from credentialing.store import history
from credentialing.store.exclusions import ExclusionList, Screened
from credentialing.store.requirements import add_verification


async def screen(uow: UnitOfWork, npi: str) -> tuple[ExclusionList, tuple[Match, ...]]:
    """Look a provider up now. Raises NotFound, NoExclusionList."""
    async with uow.begin() as tx:
        whose = await store.provider_with(tx, npi)
        found = await store.current_list(tx)
        if found is None:
            raise NoExclusionList
        matches = await _screen(tx, whose, found, uow.today)
        _again(tx, whose.id, uow.today, uow.workplace.zone)
        return tx.done((found, matches))


async def screen_in_time(uow: UnitOfWork, provider_id: UUID) -> None:
    """Look an active provider up, where there is a list, and again in a month."""
    async with uow.begin() as tx:
        whose = await store.provider(tx, provider_id)
        if not whose.active:
            return
        found = await store.current_list(tx)
        if found is not None:
            await _screen(tx, whose, found, uow.today)
        _again(tx, whose.id, uow.today, uow.workplace.zone)


async def decide(uow: UnitOfWork, match_id: UUID, version: int, decision: Decision, reason: str) -> Match:
    """A person says who is meant, or that OIG took the provider back. Raises NotFound, Stale, NotDecidedSo."""
    async with uow.begin() as tx:
        before = await store.load(tx, match_id)
        if before.version != version:
            raise Stale(kind="exclusion match", id=match_id, version=version)
        after = await store.save(tx, before.decided(decision))
        tx.audit("decide", "exclusion match", after.id, decision=decision.value)
        await history.note(tx, after.provider_id, decision.value, reason=reason, match_id=after.id)
        whose = await store.provider(tx, after.provider_id)
        await _conclude(tx, whose, await store.matches_of(tx, whose.id), uow.today)
        return tx.done(after)


async def _screen(tx: Transaction, whose: Screened, found: ExclusionList, today: date) -> tuple[Match, ...]:
    for likeness, entry in await store.like(tx, found, whose.person, today):
        fresh = await store.see(tx, whose, found, likeness, entry)
        if fresh is not None:
            tx.audit("create", "exclusion match", fresh.id, likeness=likeness.value)
            await history.note(tx, whose.id, "found on the exclusion list", match_id=fresh.id, likeness=likeness.value)
    matches = await store.matches_of(tx, whose.id)
    await store.note_screening(tx, whose, found, today)
    await _conclude(tx, whose, matches, today)
    await add_verification(
        tx, Holder(HolderType.PROVIDER, whose.id, whose.person.npi), _verification(found, matches, today)
    )
    return matches


async def _conclude(tx: Transaction, whose: Screened, matches: tuple[Match, ...], today: date) -> None:
    """Write since when the provider is excluded, and tell it, where that changed."""
    since = excluded_since(matches)
    if since == whose.excluded_on:
        return
    version = await store.exclude(tx, whose, since)
    if since is None:
        tx.publish(ProviderReinstated(whose.id, whose.person.npi, today), key=whose.id, version=version)
        await history.note(tx, whose.id, "not excluded any more")
        return
    entry = next(
        match.entry for match in matches if match.standing is Standing.CONFIRMED and match.entry.excluded_on == since
    )
    event = ProviderExcluded(whose.id, whose.person.npi, since, entry.type, entry.waiver_state or None)
    tx.publish(event, key=whose.id, version=version)
    await history.note(tx, whose.id, "excluded", excluded_on=since, type=entry.type)


def _verification(found: ExclusionList, matches: tuple[Match, ...], today: date) -> Verification:
    standings = {match.standing for match in matches}
    result = Result.CONFIRMED
    if Standing.CONFIRMED in standings:
        result = Result.ADVERSE
    elif Standing.POSSIBLE in standings:
        result = Result.DIFFERS
    return Verification(
        item=Inquiry.OIG,
        source="OIG List of Excluded Individuals and Entities",
        method=Method.ELECTRONIC,
        verified_on=today,
        result=result,
        reference=found.sha256[:16],
    )


def _again(tx: Transaction, provider_id: UUID, today: date, zone: tzinfo) -> None:
    next_ = today + timedelta(days=SCREENED_EVERY_DAYS)
    tx.schedule(SCREENING, provider_id, due_at=datetime.combine(next_, time(), zone))
