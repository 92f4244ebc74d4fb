"""HTTP in: the partners of the practice."""

from __future__ import annotations

from typing import Annotated, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select

from common.pagination import Cursor, Limit, Page, keyset
from common.web import Creates, IfMatch, Reads, Writes, etag, needs
from edi import tables
from edi.domain.partner import PartnerFacts
from edi.models.partners import MailboxOut, PartnerIn, PartnerOut
from edi.operations import partners as operations
from edi.operations.reach import Installation
from edi.store import partners

router = APIRouter(prefix="/partners", tags=["partners"])

READ, WRITE = "edi:read", "edi:write"


class Told(Installation, Protocol):
    """What the installation's settings say about partners."""

    edi_acknowledgement_hours: int
    time_zone: str


def settings_of(request: Request) -> Told:
    return request.app.state.runtime.settings


Settings = Annotated[Told, Depends(settings_of)]


def _facts(body: PartnerIn, settings: Told) -> PartnerFacts:
    return body.facts(acknowledgement_hours=settings.edi_acknowledgement_hours, time_zone=settings.time_zone)


@router.post("", status_code=201, dependencies=[needs(WRITE)])
async def register(body: PartnerIn, uow: Creates, settings: Settings, response: Response) -> PartnerOut:
    """Take a partner on; its mailbox is looked into at once and then every `poll_seconds`."""
    partner = await operations.register(uow.answering(PartnerOut.of), _facts(body, settings), installation=settings)
    response.headers["ETag"] = etag(partner.version)
    return PartnerOut.of(partner)


@router.get("", dependencies=[needs(READ)])
async def list_partners(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[PartnerOut]:
    """The practice's partners."""
    async with reads.begin() as tx:
        found = await partners.partners_of(tx, keyset(select(tables.partners), tables.partners.c.id, cursor, limit))
    return Page.of(found, limit, PartnerOut.of, id_of=lambda partner: partner.id)


@router.get("/{partner_id}", dependencies=[needs(READ)])
async def get(partner_id: UUID, reads: Reads, response: Response) -> PartnerOut:
    async with reads.begin() as tx:
        partner = await partners.load_partner(tx, partner_id)
    response.headers["ETag"] = etag(partner.version)
    return PartnerOut.of(partner)


@router.put("/{partner_id}", dependencies=[needs(WRITE)])
async def amend(
    partner_id: UUID,
    body: PartnerIn,
    version: IfMatch,
    uow: Writes,
    settings: Settings,
    response: Response,
) -> PartnerOut:
    """Correct a partner. What is queued already goes out as it was written, to the new address."""
    partner = await operations.amend(
        uow.answering(PartnerOut.of, 200),
        partner_id,
        version,
        _facts(body, settings),
        installation=settings,
    )
    response.headers["ETag"] = etag(partner.version)
    return PartnerOut.of(partner)


@router.get("/{partner_id}/mailbox", dependencies=[needs(READ)])
async def mailbox(partner_id: UUID, reads: Reads) -> MailboxOut:
    """How far the partner's mailbox was read, and whether looking into it fails."""
    async with reads.begin() as tx:
        found = await partners.load_mailbox(tx, partner_id)
    return MailboxOut.of(partner_id, found)
