"""What became of an encounter is kept, and the other services are told when it is news to them."""

from __future__ import annotations

from coding import store
from coding.domain.encounter import CODED_EVENTS, Encounter
from common.phi import Phi
from common.uow import Transaction


async def announce(
    tx: Transaction, encounter: Encounter, before: Encounter | None, *, act: str, reason: Phi[str] | None = None
) -> None:
    """Keep this version in the history, and tell the others unless `before` said the very same."""
    news = encounter.says_more_than(before)
    told = await store.last_told(tx, encounter.id, CODED_EVENTS) if before and news else None
    event = encounter.announcement_after(told)
    await store.note(tx, encounter, act=act, reason=reason, published=type(event).__name__ if news else None)
    if news:
        tx.publish(event, key=encounter.id, version=encounter.version)
