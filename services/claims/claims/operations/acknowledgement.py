"""A 277CA came in: fetch it from edi, read it, and tell each claim what was said of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from claims.domain.acknowledgement import Acknowledgement, acknowledge, must_wait
from claims.domain.claim import Claim
from claims.domain.numbering import batch_and_set
from claims.domain.refusals import UnreadableAcknowledgement
from claims.operations.following import catch_up
from claims.store import acknowledgements, batches
from claims.store import claims as store
from common.change import Change
from common.uow import Transaction, UnitOfWork
from x12 import ClaimAck, LevelAck, StatusReport, X12Error, read_claim_acks

READ = "read-acknowledgement"

LARGEST_FILE = 50 * 1024 * 1024
# Claims whose rows one transaction locks.
CHUNK = 50


@dataclass(frozen=True, slots=True)
class BatchRejection:
    """Said of a set of a batch as a whole; `reference` is BHT03 of our 837, `said` lacks the control numbers."""

    reference: str
    said: Acknowledgement


@dataclass(frozen=True, slots=True)
class Reading:
    """What one 277CA says of claims, and of batches that were rejected without naming their claims."""

    said: tuple[Acknowledgement, ...]
    rejected: tuple[BatchRejection, ...]


async def announce(uow: UnitOfWork, interchange_id: UUID) -> None:
    """Have a 277CA that edi holds read soon."""
    async with uow.begin() as tx:
        tx.schedule(READ, interchange_id, due_at=tx.now)


async def read_acknowledgement(uow: UnitOfWork, interchange_id: UUID) -> None:
    """Fetch and apply a 277CA; a second reading finds everything on file and changes nothing.

    Raises UnreadableAcknowledgement, RemoteUnavailable, RemoteRefusal.
    """
    content = await uow.clients["edi"].get_bytes(
        f"/interchanges/{interchange_id}/content", practice_id=uow.practice_id, limit=LARGEST_FILE
    )
    # Reading is work for a processor: a thread does it, so that the event loop goes on.
    reading = await asyncio.to_thread(read, interchange_id, content)
    for rejection in reading.rejected:
        await _reject_batch(uow, rejection)
    waiting = iter(reading.said)
    while chunk := list(islice(waiting, CHUNK)):
        async with uow.begin() as tx:
            await _apply(tx, chunk)


def read(interchange_id: UUID, content: bytes) -> Reading:
    """Raises UnreadableAcknowledgement at the first thing that makes the file untrustworthy."""
    said: list[Acknowledgement] = []
    levels: list[BatchRejection] = []
    named: set[str] = set()
    try:
        for position, part in enumerate(read_claim_acks(content)):
            if isinstance(part.value, ClaimAck):
                named.add(part.value.receiver.trace)
                said.append(_of_claim(interchange_id, position, part.value))
            else:
                levels.extend(_of_level(interchange_id, position, part.value))
    except X12Error as fault:
        raise UnreadableAcknowledgement(
            interchange_id=interchange_id, fault=type(fault).__name__, segment=fault.position.segment
        ) from None
    return Reading(tuple(said), tuple(level for level in levels if level.reference not in named))


def _of_claim(interchange_id: UUID, position: int, ack: ClaimAck) -> Acknowledgement:
    reports = (*ack.reports, *(report for line in ack.lines for report in line.reports))
    return _said(
        interchange_id,
        position,
        ack.control_number,
        ack.source.entity,
        reports,
        ack.source.created,
        ack.payer_control_number or None,
    )


def _of_level(interchange_id: UUID, position: int, ack: LevelAck) -> Iterator[BatchRejection]:
    reference = ack.trace if ack.level == "receiver" else ack.receiver.trace if ack.receiver else ""
    if reference and ack.reports and not all(report.accepted for report in ack.reports):
        said = _said(interchange_id, position, "", ack.source.entity, ack.reports, ack.source.created, None)
        yield BatchRejection(reference, said)


def _said(
    interchange_id: UUID,
    position: int,
    control_number: str,
    said_by: str,
    reports: Iterable[StatusReport],
    created: datetime,
    payer_claim_number: str | None,
) -> Acknowledgement:
    told = tuple(reports)
    statuses = tuple(status for report in told for status in report.statuses)
    actions = {report.action for report in told}
    return Acknowledgement(
        interchange_id=interchange_id,
        position=position,
        control_number=control_number,
        said_by=said_by,
        action="U" if "U" in actions else "WQ" if "WQ" in actions else "",
        categories=tuple(status.category for status in statuses),
        statuses=tuple(status.code for status in statuses),
        said_at=created if created.tzinfo else created.replace(tzinfo=UTC),
        payer_claim_number=payer_claim_number,
    )


async def _reject_batch(uow: UnitOfWork, rejection: BatchRejection) -> None:
    async with uow.begin() as tx:
        reference, set_number = batch_and_set(rejection.reference)
        batch = await batches.of_reference(tx, reference)
        if batch is None or set_number is None:
            await acknowledgements.keep(tx, rejection.said, None, applied=False)
            return
        carried = await store.of_batch(tx, batch.id)
        numbers = (
            one.control_number
            for claim in carried
            for one in claim.submissions
            if (one.batch_id, one.set_number) == (batch.id, set_number)
        )
        await _apply(tx, [replace(rejection.said, control_number=number) for number in numbers])


async def _apply(tx: Transaction, chunk: list[Acknowledgement]) -> None:
    ids = await store.claim_ids_of(tx, (said.control_number for said in chunk))
    known = {claim.id: claim for claim in await store.of_ids(tx, ids.values())}
    fresh: dict[UUID, list[Acknowledgement]] = defaultdict(list)
    for said in chunk:
        claim = known.get(ids[said.control_number]) if said.control_number in ids else None
        waits = claim is not None and must_wait(claim, said)
        new = await acknowledgements.keep(
            tx, said, claim.id if claim else None, applied=claim is not None and not waits
        )
        if new and claim is not None and not waits:
            fresh[claim.id].append(said)
    for claim_id, heard in sorted(fresh.items()):
        change = _heard(known[claim_id], heard, tx.now)
        await store.save(tx, known[claim_id], change)
        await catch_up(tx, change.aggregate)


def _heard(claim: Claim, said: Iterable[Acknowledgement], now: datetime) -> Change[Claim]:
    change = Change(claim)
    for word in said:
        after = acknowledge(change.aggregate, word, now)
        change = Change(after.aggregate, (*change.events, *after.events))
    return change
