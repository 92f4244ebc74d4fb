"""HTTP in: what goes out, and what partners said of it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select

from common.pagination import Cursor, Limit, Page, keyset
from common.web import Creates, Reads, needs
from edi.models.transmissions import AcknowledgementOut, TransmissionAccepted, TransmissionIn, TransmissionOut
from edi.operations import sending
from edi.store import transmissions as store
from edi.tables import acknowledgements, transmissions

router = APIRouter(tags=["transmissions"])

READ, WRITE = "edi:read", "edi:write"


@router.post("/transmissions", status_code=202, dependencies=[needs(WRITE)])
async def transmit(body: TransmissionIn, uow: Creates) -> TransmissionAccepted:
    """Send bodies to a payer. The answer is a promise: numbered, archived, and sent as soon as the partner answers."""
    transmission = await sending.transmit(
        uow.answering(TransmissionAccepted.of, 202),
        reference=body.reference,
        kind=body.kind,
        payer_id=body.payer_id,
        bodies=body.bodies,
    )
    return TransmissionAccepted.of(transmission)


@router.get("/transmissions", dependencies=[needs(READ)])
async def list_transmissions(
    reads: Reads,
    status: Literal["queued", "sent", "acknowledged", "failed"] | None = None,
    reference: UUID | None = None,
    partner_id: UUID | None = None,
    overdue: bool | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[TransmissionOut]:
    """Transmissions, oldest first; `overdue=true` for those whose 999 did not come in time."""
    statement = select(transmissions)
    for column, value in (
        (transmissions.c.status, status),
        (transmissions.c.reference, reference),
        (transmissions.c.partner_id, partner_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if overdue is not None:
        late = transmissions.c.overdue_at.is_not(None) & (transmissions.c.status == "sent")
        statement = statement.where(late if overdue else ~late)
    async with reads.begin() as tx:
        rows = await tx.rows(keyset(statement, transmissions.c.id, cursor, limit))
    return Page.of(rows, limit, lambda row: TransmissionOut.of(store.transmission_of(row)))


@router.get("/transmissions/{transmission_id}", dependencies=[needs(READ)])
async def get(transmission_id: UUID, reads: Reads) -> TransmissionOut:
    """One transmission with its attempts."""
    async with reads.begin() as tx:
        transmission = await store.load_transmission(tx, transmission_id)
        attempts = await store.attempts_of(tx, transmission_id)
    return TransmissionOut.of(transmission, attempts)


@router.get("/acknowledgements", dependencies=[needs(READ)])
async def list_acknowledgements(
    reads: Reads,
    applied: bool | None = None,
    transmission_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[AcknowledgementOut]:
    """Every 999 and TA1; `applied=false` for those that match nothing or came too late."""
    statement = select(acknowledgements)
    if applied is not None:
        statement = statement.where(acknowledgements.c.applied.is_(applied))
    if transmission_id is not None:
        statement = statement.where(acknowledgements.c.transmission_id == transmission_id)
    async with reads.begin() as tx:
        rows = await tx.rows(keyset(statement, acknowledgements.c.id, cursor, limit))
    return Page.of(rows, limit, AcknowledgementOut.of)
