"""Rows to partners, their counters and mailboxes, and back. Never commits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from edi.domain.access import Access, Folders
from edi.domain.mailbox import Place
from edi.domain.numbering import ControlNumbers, latest
from edi.domain.partner import ANY_PAYER, Partner, PartnerFacts, Party
from edi.domain.refusals import NoRoute, PayerRoutedTwice, SenderTaken
from edi.tables import (
    counters,
    mailboxes,
    partners,
    routes,
)

ACCESS, FOLDERS = TypeAdapter(Access), TypeAdapter(Folders)
SENDER_KEY = "partners_base_url_sender_id_key"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """How far a partner's mailbox was read, and how the last look went."""

    place: Place
    failures: int
    last_error: str | None
    polled_at: datetime | None


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
