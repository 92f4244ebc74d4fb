"""Holding a claim: its money waits for somebody, and the payer says for whom."""

from __future__ import annotations

from dataclasses import replace

from simulator.claim_standing import Hold
from simulator.clock import Clock
from simulator.payer_desk import CHEQUE_STEP, cheque_day
from simulator.records import ClaimRecord
from simulator.store import Store


def hold(store: Store, clock: Clock, record: ClaimRecord, wanted: Hold) -> None:
    """Let a decided claim wait. Raises ValueError for one that is not decided or is paid already."""
    if record.status != "decided":
        raise ValueError("only a claim that is decided and not paid yet can be held")
    store.save_hold(record.id, wanted, clock.now() + wanted.days)
    later = (record.finalised_at if record.finalised_at is not None else clock.now()) + wanted.days
    store.save_claim(replace(record, finalised_at=later))
    payers = store.payers()
    for payable in store.postpone(record.id, wanted.days):
        store.schedule(cheque_day(payers[payable.payer_id], payable.ripe_at), CHEQUE_STEP, payable.payer_id)
