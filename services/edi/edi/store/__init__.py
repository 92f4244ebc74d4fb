"""Rows to partners, transmissions and files, and back. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from common.change import Change
from common.ids import new_id
from common.refusal import NotFound, Stale
from common.store import save_version
from common.uow import Transaction
from edi.domain.access import Access, Folders
from edi.domain.events import SetError
from edi.domain.inbound import Known
from edi.domain.mailbox import Place
from edi.domain.numbering import ControlNumbers, latest
from edi.domain.partner import ANY_PAYER, Partner, PartnerFacts, Party
from edi.domain.refusals import NoRoute, PayerRoutedTwice, SenderTaken
from edi.domain.transmission import Status, Transmission
from edi.sealing import NAME, open_content, seal_content
from edi.tables import (
    archive,
    attempts,
    counters,
    files,
    interchanges,
    mailboxes,
    partners,
    routes,
    transmissions,
)

SET_ERRORS = TypeAdapter(tuple[SetError, ...])
ACCESS, FOLDERS = TypeAdapter(Access), TypeAdapter(Folders)
SENDER_KEY = "partners_base_url_sender_id_key"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """How far a partner's mailbox was read, and how the last look went."""

    place: Place
    failures: int
    last_error: str | None
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """Where some bytes are in the archive."""

    archive_id: UUID
    sha256: str
    size: int


async def add_partner(tx: Transaction, partner: Partner) -> None:
    """Raises SenderTaken, PayerRoutedTwice."""
    try:
        await tx.execute(
            insert(partners).values(
                id=partner.id, practice_id=tx.practice_id, version=partner.version, **_partner_columns(partner.facts)
            )
        )
    except IntegrityError as fault:
        raise _sender_taken(fault) from None
    await tx.execute(
        insert(counters).values(partner_id=partner.id, practice_id=tx.practice_id, interchanges=0, groups=0)
    )
    await tx.execute(insert(mailboxes).values(partner_id=partner.id, practice_id=tx.practice_id, taken=0, failures=0))
    await _route(tx, partner)


async def save_partner(tx: Transaction, partner: Partner) -> Partner:
    """Raises Stale, SenderTaken, PayerRoutedTwice."""
    try:
        version = await save_version(
            tx, partners, partner.id, partner.version, _partner_columns(partner.facts), kind="partner"
        )
    except IntegrityError as fault:
        raise _sender_taken(fault) from None
    await tx.execute(delete(routes).where(routes.c.partner_id == partner.id))
    await _route(tx, partner)
    return replace(partner, version=version)


async def _route(tx: Transaction, partner: Partner) -> None:
    for payer_id in partner.facts.payers:
        route = upsert(routes).values(practice_id=tx.practice_id, payer_id=payer_id, partner_id=partner.id)
        added = await tx.execute(route.on_conflict_do_nothing())
        if added.rowcount == 0:
            other = await tx.scalar(select(routes.c.partner_id).where(routes.c.payer_id == payer_id))
            raise PayerRoutedTwice(payer_id=payer_id, partner_id=other)


def _sender_taken(fault: IntegrityError) -> Exception:
    return SenderTaken() if SENDER_KEY in str(fault.orig) else fault


async def load_partner(tx: Transaction, partner_id: UUID) -> Partner:
    """Raises NotFound."""
    found = await partners_of(tx, select(partners).where(partners.c.id == partner_id))
    if not found:
        raise NotFound(kind="partner", id=partner_id)
    return found[0]


async def partners_of(tx: Transaction, statement: Select[Any]) -> list[Partner]:
    """The partners that a statement over `partners` finds, with their payers."""
    routed = routes.alias()
    mine = select(routed.c.payer_id).where(routed.c.partner_id == partners.c.id).order_by(routed.c.payer_id)
    rows = await tx.rows(statement.add_columns(func.array(mine.scalar_subquery()).label("payers")))
    return [_partner(row, tuple(row["payers"])) for row in rows]


async def partner_for(tx: Transaction, payer_id: str) -> Partner:
    """The partner that takes the payer's files: its own, else the one for all others. Raises NoRoute."""
    statement = (
        select(partners)
        .join(routes, routes.c.partner_id == partners.c.id)
        .where(routes.c.payer_id.in_((payer_id, ANY_PAYER)))
        .order_by(routes.c.payer_id == ANY_PAYER)
        .limit(1)
    )
    found = await partners_of(tx, statement)
    if not found:
        raise NoRoute(payer_id=payer_id)
    return found[0]


async def take_numbers(tx: Transaction, partner_id: UUID) -> ControlNumbers:
    """The next control numbers of a partner; whoever comes second waits until this transaction ends.

    Under the row lock a roll-back gives the numbers back before anybody else can take one, so there is no gap.
    """
    one_more = {"interchanges": counters.c.interchanges + 1, "groups": counters.c.groups + 1}
    statement = update(counters).where(counters.c.partner_id == partner_id).values(**one_more)
    row = await tx.row(statement.returning(counters.c.interchanges, counters.c.groups))
    if row is None:
        raise NotFound(kind="partner", id=partner_id)
    return latest(row["interchanges"], row["groups"])


async def lock_mailbox(tx: Transaction, partner_id: UUID) -> Mailbox:
    """The mailbox, held so that one file of the partner is taken in at a time. Raises NotFound."""
    return _mailbox(
        await tx.row(select(mailboxes).where(mailboxes.c.partner_id == partner_id).with_for_update()), partner_id
    )


async def load_mailbox(tx: Transaction, partner_id: UUID) -> Mailbox:
    """Raises NotFound."""
    return _mailbox(await tx.row(select(mailboxes).where(mailboxes.c.partner_id == partner_id)), partner_id)


async def save_mailbox(tx: Transaction, partner_id: UUID, mailbox: Mailbox) -> None:
    await tx.execute(
        update(mailboxes)
        .where(mailboxes.c.partner_id == partner_id)
        .values(
            cursor=mailbox.place.cursor,
            taken=mailbox.place.taken,
            failures=mailbox.failures,
            last_error=mailbox.last_error,
            polled_at=mailbox.polled_at,
        )
    )


async def keep(tx: Transaction, content: bytes, sha256: str) -> Stored:
    """Put bytes into the archive, sealed; `size` and digest are those of the bytes themselves."""
    stored = Stored(new_id(), sha256, len(content))
    await tx.execute(
        insert(archive).values(
            id=stored.archive_id,
            practice_id=tx.practice_id,
            sha256=sha256,
            size=stored.size,
            content=seal_content(tx.vault, tx.practice_id, stored.archive_id, content),
            stored_at=tx.now,
        )
    )
    return stored


async def slice_of(tx: Transaction, archive_id: UUID, start: int, size: int) -> bytes:
    """`size` bytes of the archive from `start`, counted from 0; sealed as a whole, it is opened as a whole.

    Raises CannotOpen.
    """
    sealed = await tx.scalar(select(archive.c.content).where(archive.c.id == archive_id))
    return open_content(tx.vault, tx.practice_id, archive_id, sealed)[start : start + size]


async def add_transmission(tx: Transaction, transmission: Transmission) -> None:
    await tx.execute(
        insert(transmissions).values(practice_id=tx.practice_id, **_columns(transmission), version=transmission.version)
    )


async def load_transmission(tx: Transaction, transmission_id: UUID, *, lock: bool = False) -> Transmission:
    """Raises NotFound."""
    statement = select(transmissions).where(transmissions.c.id == transmission_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound(kind="transmission", id=transmission_id)
    return transmission_of(row)


async def transmission_by(tx: Transaction, partner_id: UUID, **control: str) -> Transmission | None:
    """The latest transmission to a partner with that control number (numbers wrap), held for a change."""
    statement = select(transmissions).where(transmissions.c.partner_id == partner_id)
    for name, value in control.items():
        statement = statement.where(transmissions.c[name] == value)
    row = await tx.row(statement.order_by(transmissions.c.ordinal.desc()).limit(1).with_for_update())
    return transmission_of(row) if row is not None else None


async def save_transmission(tx: Transaction, change: Change[Transmission]) -> Transmission:
    """Save and publish, one version for every event. Raises Stale when somebody was faster."""
    transmission = change.aggregate
    version = await save_version(
        tx, transmissions, transmission.id, transmission.version, _columns(transmission), kind="transmission"
    )
    for event in change.events:
        tx.publish(event, key=transmission.id, version=version, correlation=transmission.reference)
    return replace(transmission, version=version)


async def begin_attempt(tx: Transaction, transmission_id: UUID) -> int:
    """Write down that the partner is about to be called; gives the number of the attempt, from 1."""
    before = await tx.scalar(
        select(func.count()).select_from(attempts).where(attempts.c.transmission_id == transmission_id)
    )
    number = int(before) + 1
    await tx.execute(
        insert(attempts).values(
            practice_id=tx.practice_id, transmission_id=transmission_id, number=number, started_at=tx.now
        )
    )
    return number


async def staged_attempt(tx: Transaction, transmission_id: UUID) -> int | None:
    """The attempt that brought the whole file to the partner under a name for the time being; None when none did."""
    return await tx.scalar(
        select(func.max(attempts.c.number)).where(
            attempts.c.transmission_id == transmission_id, attempts.c.staged_at.is_not(None)
        )
    )


async def stage_attempt(tx: Transaction, transmission_id: UUID, number: int) -> None:
    """Note that the whole file is there. Raises Stale when a later attempt has begun, which knows nothing of it."""
    latest = select(func.max(attempts.c.number)).where(attempts.c.transmission_id == transmission_id)
    if await tx.scalar(latest) != number:
        raise Stale(kind="attempt", id=transmission_id, version=number)
    await tx.execute(
        update(attempts)
        .where(attempts.c.transmission_id == transmission_id, attempts.c.number == number)
        .values(staged_at=tx.now)
    )


async def forget_staged(tx: Transaction, partner_id: UUID) -> None:
    """A partner's queued files are nowhere yet: it has moved."""
    queued = select(transmissions.c.id).where(
        transmissions.c.partner_id == partner_id, transmissions.c.status == Status.QUEUED.value
    )
    await tx.execute(update(attempts).where(attempts.c.transmission_id.in_(queued)).values(staged_at=None))


async def end_attempt(tx: Transaction, transmission_id: UUID, number: int, outcome: str) -> None:
    await tx.execute(
        update(attempts)
        .where(attempts.c.transmission_id == transmission_id, attempts.c.number == number)
        .values(ended_at=tx.now, outcome=outcome)
    )


async def was_attempted(tx: Transaction, transmission_id: UUID) -> bool:
    found = await tx.scalar(select(attempts.c.number).where(attempts.c.transmission_id == transmission_id).limit(1))
    return found is not None


async def attempts_of(tx: Transaction, transmission_id: UUID) -> Sequence[RowMapping]:
    return await tx.rows(
        select(attempts).where(attempts.c.transmission_id == transmission_id).order_by(attempts.c.number)
    )


async def same_file(tx: Transaction, partner_id: UUID, sha256: str) -> RowMapping | None:
    """The first file with these bytes from that partner."""
    return await tx.row(
        select(files).where(files.c.partner_id == partner_id, files.c.sha256 == sha256).order_by(files.c.id).limit(1)
    )


async def known_interchanges(tx: Transaction, partner_id: UUID, controls: Sequence[str]) -> list[Known]:
    """Interchanges received from the partner under those ISA13, latest last; duplicates left out."""
    rows = await tx.rows(
        select(interchanges)
        .where(
            interchanges.c.partner_id == partner_id,
            interchanges.c.direction == "in",
            interchanges.c.control.in_(controls),
            interchanges.c.duplicate_of.is_(None),
        )
        .order_by(interchanges.c.id)
    )
    return [
        Known(row["id"], row["sha256"], (row["sender_id"], row["control"], tuple(sorted(row["groups"]))))
        for row in rows
    ]


async def load_file(tx: Transaction, file_id: UUID, *, lock: bool = False) -> RowMapping:
    """Raises NotFound."""
    statement = select(files).where(files.c.id == file_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound(kind="file", id=file_id)
    return row


def named(tx: Transaction, row: RowMapping) -> dict[str, Any]:
    """The row of a file with its name opened."""
    name = NAME.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_name"])
    return {**row, "name": name or ""}


async def load_interchange(tx: Transaction, interchange_id: UUID) -> RowMapping:
    """Raises NotFound."""
    row = await tx.row(select(interchanges).where(interchanges.c.id == interchange_id))
    if row is None:
        raise NotFound(kind="interchange", id=interchange_id)
    return row


def transmission_of(row: RowMapping) -> Transmission:
    values = {field.name: row[field.name] for field in fields(Transmission)}
    values |= {"status": Status(row["status"]), "errors": SET_ERRORS.validate_python(row["errors"])}
    return Transmission(**values)


def _columns(transmission: Transmission) -> dict[str, Any]:
    values = {field.name: getattr(transmission, field.name) for field in fields(Transmission)}
    values["status"] = transmission.status.value
    values["errors"] = SET_ERRORS.dump_python(transmission.errors, mode="json")
    del values["version"]
    return values


def _mailbox(row: RowMapping | None, partner_id: UUID) -> Mailbox:
    if row is None:
        raise NotFound(kind="partner", id=partner_id)
    return Mailbox(Place(row["cursor"], row["taken"]), row["failures"], row["last_error"], row["polled_at"])


def _partner(row: RowMapping, payers: tuple[str, ...]) -> Partner:
    facts = PartnerFacts(
        name=row["name"],
        base_url=row["base_url"],
        ours=Party(row["sender_qualifier"], row["sender_id"], row["sender_group_id"]),
        theirs=Party(row["receiver_qualifier"], row["receiver_id"], row["receiver_group_id"]),
        usage=row["usage"],
        payers=payers,
        delimiters=row["delimiters"],
        poll_seconds=row["poll_seconds"],
        acknowledgement_hours=row["acknowledgement_hours"],
        time_zone=row["time_zone"],
        wire=row["wire"],
        access=ACCESS.validate_python(row["access"]),
        folders=FOLDERS.validate_python(row["folders"]) if row["folders"] is not None else None,
        real_time_path=row["real_time_path"],
    )
    return Partner(row["id"], facts, row["version"])


def _partner_columns(facts: PartnerFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "base_url": facts.base_url,
        "sender_qualifier": facts.ours.qualifier,
        "sender_id": facts.ours.id,
        "sender_group_id": facts.ours.group_id,
        "receiver_qualifier": facts.theirs.qualifier,
        "receiver_id": facts.theirs.id,
        "receiver_group_id": facts.theirs.group_id,
        "usage": facts.usage,
        "delimiters": facts.delimiters,
        "poll_seconds": facts.poll_seconds,
        "acknowledgement_hours": facts.acknowledgement_hours,
        "time_zone": facts.time_zone,
        "wire": facts.wire,
        "access": ACCESS.dump_python(facts.access, mode="json"),
        "folders": FOLDERS.dump_python(facts.folders, mode="json") if facts.folders else None,
        "real_time_path": facts.real_time_path,
    }
