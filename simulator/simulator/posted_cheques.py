"""The postings of claims and cheques, gathered from memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.expected_posting import Posting
from simulator.records import ChequeRecord, ClaimRecord, Payable
from simulator.store import Store


def postings_of(store: Store, record: ClaimRecord) -> tuple[Posting, ...]:
    """What has been put on cheques of the claim, in the order of the cheques."""
    payables = [one for one in store.payables_of(record.id) if one.cheque is not None]
    return tuple(_postings(store, sorted(payables, key=lambda one: (one.cheque or 0, one.id))))


def postings_on(store: Store, cheque: ChequeRecord) -> tuple[Posting, ...]:
    """Every CLP of the cheque, in its order."""
    return tuple(_postings(store, store.payables_on(cheque)))


def _postings(store: Store, payables: Iterable[Payable]) -> Iterator[Posting]:
    for payable in payables:
        if payable.decision is not None and payable.cheque is not None:
            yield Posting(store.claim(payable.claim).claim, payable, payable.decision, payable.trace)
