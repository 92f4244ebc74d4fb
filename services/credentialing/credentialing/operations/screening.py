"""Looking providers up on the lists of exclusions, and deciding who is meant."""

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
    excluded_by,
    excluded_since,
    foremost,
    list_of,
)
from credentialing.domain.verification import Method, Result, Verification
from credentialing.store import exclusions as store
from credentialing.store import history
from credentialing.store.exclusions import ExclusionList, Screened
from credentialing.store.requirements import add_verification


async def screen(uow: UnitOfWork, npi: str) -> tuple[list[ExclusionList], tuple[Match, ...]]:
    """Look a provider up on every list now. Raises NotFound, NoExclusionList."""
    async with uow.begin() as tx:
        whose = await store.provider_with(tx, npi)
        found = await store.current_lists(tx)
        if not found:
            raise NoExclusionList
        matches = await _screen(tx, whose, found, uow.today)
        _again(tx, whose.id, uow.today, uow.workplace.zone)
        return tx.done((found, matches))


async def screen_in_time(uow: UnitOfWork, provider_id: UUID) -> None:
    """Look an active provider up on the lists that there are, and again in a month."""
    async with uow.begin() as tx:
        whose = await store.provider(tx, provider_id)
        if not whose.active:
            return
        found = await store.current_lists(tx)
        if found:
            await _screen(tx, whose, found, uow.today)
        _again(tx, whose.id, uow.today, uow.workplace.zone)


async def decide(uow: UnitOfWork, match_id: UUID, version: int, decision: Decision, reason: str) -> Match:
    """A person says who is meant, or that the agency took the provider back. Raises NotFound, Stale, NotDecidedSo."""
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


async def _screen(tx: Transaction, whose: Screened, lists: list[ExclusionList], today: date) -> tuple[Match, ...]:
    for found in lists:
        for likeness, entry in await store.like(tx, found, whose.person, today):
            fresh = await store.see(tx, whose, found, likeness, entry)
            if fresh is not None:
                facts = {"match_id": fresh.id, "list": found.source, "likeness": likeness.how.value}
                tx.audit("create", "exclusion match", fresh.id, likeness=likeness.how.value)
                await history.note(tx, whose.id, "found on an exclusion list", **facts)
        await store.note_screening(tx, whose, found, today)
    matches = await store.matches_of(tx, whose.id)
    await _conclude(tx, whose, matches, today)
    holder = Holder(HolderType.PROVIDER, whose.id, whose.person.npi)
    for found in lists:
        await add_verification(tx, holder, _verification(found, matches, today))
    return matches


async def _conclude(tx: Transaction, whose: Screened, matches: tuple[Match, ...], today: date) -> None:
    """Write by which lists the provider is excluded, and tell it, where that changed."""
    excluded = excluded_by(matches)
    if excluded == whose.excluded:
        return
    version = await store.exclude(tx, whose, excluded)
    if not excluded:
        tx.publish(ProviderReinstated(whose.id, whose.person.npi, today), key=whose.id, version=version)
        await history.note(tx, whose.id, "not excluded any more")
        return
    first = foremost(excluded)
    event = ProviderExcluded(
        whose.id, whose.person.npi, first.since, first.type, first.waiver_state, tuple(each.told for each in excluded)
    )
    tx.publish(event, key=whose.id, version=version)
    lists = ", ".join(each.source for each in excluded)
    await history.note(tx, whose.id, "excluded", excluded_on=excluded_since(excluded), lists=lists)


def _verification(found: ExclusionList, matches: tuple[Match, ...], today: date) -> Verification:
    standings = {match.standing for match in matches if match.source == found.source}
    result = Result.CONFIRMED
    if Standing.CONFIRMED in standings:
        result = Result.ADVERSE
    elif Standing.POSSIBLE in standings:
        result = Result.DIFFERS
    of = list_of(found.source)
    return Verification(
        item=of.inquiry,
        source=of.title,
        method=Method.ELECTRONIC,
        verified_on=today,
        result=result,
        reference=found.sha256[:16],
        state=of.state,
    )


def _again(tx: Transaction, provider_id: UUID, today: date, zone: tzinfo) -> None:
    next_ = today + timedelta(days=SCREENED_EVERY_DAYS)
    tx.schedule(SCREENING, provider_id, due_at=datetime.combine(next_, time(), zone))
