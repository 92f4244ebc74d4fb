"""In: a file from a partner's mailbox or from a person, into the archive and on to whom it concerns, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, insert, update

from common.ids import new_id
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from edi.domain.events import InterchangeReceived
from edi.domain.inbound import FileStatus, Flaw, Found, Known, Reading, Reason, sort_out
from edi.domain.mailbox import Place
from edi.domain.partner import Partner
from edi.domain.refusals import NothingToRead, NotInQuarantine, StillMalformed
from edi.operations import archive
from edi.operations.acknowledging import take_acknowledgements
from edi.operations.reading import digest, read_file
from edi.operations.sending import enqueue
from edi.sealing import NAME
from edi.store import files as store
from edi.store import partners, pickups
from edi.store.files import Stored
from edi.tables import files

FLAWS = TypeAdapter(tuple[Flaw, ...])


@dataclass(frozen=True, slots=True)
class Move:
    """A file is the next one of the mailbox: it moves the place from `before` to `after`."""

    before: Place
    after: Place


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file at the door. `content` is None when it could not be fetched; `fault` says what was wrong on the way.

    `mark` tells the bytes of a file that is cleared away once we have it, so that it is taken in once.
    """

    partner: Partner
    source: str
    name: str
    content: bytes | None
    fault: Flaw | None = None
    fault_reason: Reason | None = None
    move: Move | None = None
    mark: str | None = None


async def receive(uow: UnitOfWork, arrival: Arrival) -> UUID:
    """Take a file in; gives its id. Whatever it is, it is kept, and the mailbox moves on in the same transaction.

    Raises Stale when another process has taken the file from the mailbox meanwhile.
    """
    reading = await _read(arrival)
    async with uow.begin() as tx:
        mailbox = await partners.lock_mailbox(tx, arrival.partner.id)
        if arrival.move is not None:
            if mailbox.place != arrival.move.before:
                raise Stale(kind="mailbox", id=arrival.partner.id, version=arrival.move.before.taken)
            moved = partners.Mailbox(arrival.move.after, 0, None, mailbox.polled_at)
            await partners.save_mailbox(tx, arrival.partner.id, moved)
        return tx.done(await _once(tx, arrival, reading))


async def _once(tx: Transaction, arrival: Arrival, reading: Reading) -> UUID:
    """Under the lock of the mailbox: the file that was taken in by that name with those bytes, or a new one."""
    if arrival.mark is None:
        return await take_in(tx, arrival, reading)
    seen = await pickups.of(tx, arrival.partner.id, arrival.name)
    if seen is not None and seen["mark"] == arrival.mark and seen["file_id"] is not None:
        return seen["file_id"]
    file_id = await take_in(tx, arrival, reading)
    await pickups.note(tx, arrival.partner.id, arrival.name, arrival.mark, file_id=file_id)
    return file_id


async def upload(uow: UnitOfWork, partner_id: UUID, content: bytes) -> UUID:
    """Take in a file that a person has from the partner, as if it had come from the mailbox. Raises NotFound."""
    async with replace(uow, request=None, render=None).begin() as tx:
        partner = await partners.load_partner(tx, partner_id)
    return await receive(uow, Arrival(partner, "upload", f"upload-{digest(content)[:12]}", content))


async def _read(arrival: Arrival) -> Reading:
    if arrival.content is None or arrival.fault is not None:
        return Reading(reason=arrival.fault_reason, flaws=(arrival.fault,) if arrival.fault else ())
    return await asyncio.to_thread(read_file, arrival.content, arrival.partner.facts.ours.id)


async def take_in(tx: Transaction, arrival: Arrival, reading: Reading) -> UUID:
    """Keep a file that was read and, where nothing is wrong with it, pass on what it holds; gives its id."""
    file_id, partner = new_id(), arrival.partner
    stored: Stored | None = None
    if arrival.content is not None:
        sha256 = digest(arrival.content)
        earlier = await store.same_file(tx, partner.id, sha256)
        if earlier is not None:
            kept = Stored(earlier["archive_id"], sha256, len(arrival.content))
            await _add_file(
                tx, file_id, arrival, kept, FileStatus.DUPLICATE, Reason.SAME_FILE, duplicate_of=earlier["id"]
            )
            return file_id
        stored = await store.keep(tx, arrival.content, sha256)
    sorted_ = sort_out(reading.found, await _known(tx, partner.id, reading))
    reason = reading.reason or _repeated(sorted_)
    status = FileStatus.QUARANTINED if reason else _status(sorted_)
    await _add_file(tx, file_id, arrival, stored, status, reason, flaws=reading.flaws)
    if stored is not None and reason is None:
        await _process(tx, partner, file_id, stored.archive_id, reading.found, sorted_)
    return file_id


async def release(uow: UnitOfWork, file_id: UUID, corrected: bytes | None = None) -> UUID:
    """Process a quarantined file after all, as it is or with a corrected content.

    A person who releases it has decided that control numbers used before are no duplicate; the same bytes still
    are. Raises NotFound, NotInQuarantine, NothingToRead, StillMalformed.
    """
    async with uow.begin() as tx:
        row = await store.load_file(tx, file_id)
        partner = await partners.load_partner(tx, row["partner_id"])
        await partners.lock_mailbox(tx, partner.id)
        row = await store.load_file(tx, file_id, lock=True)
        content = corrected if corrected is not None else await _content_of(tx, row)
        _check_quarantined(row)
        reading = await asyncio.to_thread(read_file, content, partner.facts.ours.id)
        if reading.reason is not None:
            raise StillMalformed(file_id=file_id, reason=reading.reason.value, count=len(reading.flaws))
        await _release(tx, partner, row, reading, corrected)
        return tx.done(file_id)


async def _release(
    tx: Transaction, partner: Partner, row: RowMapping, reading: Reading, corrected: bytes | None
) -> None:
    archive_id, correction = row["archive_id"], None
    if corrected is not None:
        archive_id = correction = (await store.keep(tx, corrected, digest(corrected))).archive_id
    sorted_ = sort_out(reading.found, await _known(tx, partner.id, reading))
    wanted = [(None, None) if reason is Reason.NUMBERS_REPEATED else (reason, of) for reason, of in sorted_]
    values = {
        "status": _status(wanted).value,
        "released_at": tx.now,
        "corrected_by": correction,
        "version": row["version"] + 1,
    }
    await tx.execute(update(files).where(files.c.id == row["id"]).values(**values))
    await _process(tx, partner, row["id"], archive_id, reading.found, wanted)
    tx.audit("decide", "file", row["id"], released=row["reason"], corrected=corrected is not None)


async def _content_of(tx: Transaction, row: RowMapping) -> bytes:
    if row["archive_id"] is None:
        raise NothingToRead(file_id=row["id"])
    return await store.slice_of(tx, row["archive_id"], 0, row["size"])


def _check_quarantined(row: RowMapping) -> None:
    if row["status"] != FileStatus.QUARANTINED:
        raise NotInQuarantine(file_id=row["id"], status=row["status"])


Sorted = Sequence[tuple[Reason | None, UUID | None]]


def _repeated(sorted_: Sorted) -> Reason | None:
    repeated = any(reason is Reason.NUMBERS_REPEATED for reason, _ in sorted_)
    return Reason.NUMBERS_REPEATED if repeated else None


def _status(sorted_: Sorted) -> FileStatus:
    """A file is a duplicate when every interchange in it is one."""
    fresh = any(reason is None for reason, _ in sorted_)
    return FileStatus.PROCESSED if fresh else FileStatus.DUPLICATE


async def _known(tx: Transaction, partner_id: UUID, reading: Reading) -> list[Known]:
    return await store.known_interchanges(tx, partner_id, [each.control for each in reading.found])


async def _process(
    tx: Transaction, partner: Partner, file_id: UUID, archive_id: UUID, found: Sequence[Found], sorted_: Sorted
) -> None:
    for ordinal, (each, (reason, duplicate_of)) in enumerate(zip(found, sorted_, strict=True), start=1):
        shown = reason or (Reason.UNKNOWN_KIND if each.has_strangers else None)
        interchange_id = await archive.inbound(
            tx, partner.id, file_id, archive_id, ordinal, each, reason=shown, duplicate_of=duplicate_of
        )
        if reason is None:
            await _pass_on(tx, partner, interchange_id, each)


async def _pass_on(tx: Transaction, partner: Partner, interchange_id: UUID, found: Found) -> None:
    await take_acknowledgements(tx, partner, interchange_id, found)
    for version, (kind, sets) in enumerate(found.news, start=1):
        event = InterchangeReceived(interchange_id, kind, partner.id, found.control, sets)
        tx.publish(event, key=interchange_id, version=version)
    if found.acknowledgement:
        await enqueue(tx, partner, interchange_id, "999", found.acknowledgement)


async def _add_file(
    tx: Transaction,
    file_id: UUID,
    arrival: Arrival,
    stored: Stored | None,
    status: FileStatus,
    reason: Reason | None,
    *,
    flaws: tuple[Flaw, ...] = (),
    duplicate_of: UUID | None = None,
) -> None:
    await tx.execute(
        insert(files).values(
            id=file_id,
            practice_id=tx.practice_id,
            version=1,
            partner_id=arrival.partner.id,
            source=arrival.source,
            sealed_name=NAME.seal(tx.vault, tx.practice_id, file_id, arrival.name),
            archive_id=stored.archive_id if stored else None,
            sha256=stored.sha256 if stored else None,
            size=stored.size if stored else None,
            status=status.value,
            reason=reason.value if reason else None,
            flaws=FLAWS.dump_python(flaws, mode="json"),
            duplicate_of=duplicate_of,
            received_at=tx.now,
        )
    )
    tx.audit("create", "file", file_id, status=status.value, source=arrival.source)
