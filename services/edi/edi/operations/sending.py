"""Out: from a request to the partner's receipt, so that a crash at any point neither loses nor doubles a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from common.change import Change
from common.failpoints import failpoint, named
from common.http import RemoteRefusal, RemoteUnavailable
from common.ids import new_id
from common.refusal import Refusal
from common.uow import Transaction, UnitOfWork
from edi.domain import bodies as body_rules
from edi.domain.core import refuses_the_payload
from edi.domain.kinds import WRITTEN
from edi.domain.partner import Partner
from edi.domain.refusals import PartnerRefused
from edi.domain.transmission import FINAL_ANSWERS, Status, Transmission
from edi.operations import archive, writing
from edi.operations.line import Parcel, refusal_word
from edi.operations.reading import digest
from edi.operations.wires import open_line
from edi.store import files, partners, transmissions

ATTEMPTED = named("edi.attempted", "an attempt is written down; the partner was not called")
NOTED = named("edi.noted", "the partner has the file and it is noted as sent")


async def transmit(
    uow: UnitOfWork, *, reference: UUID, kind: str, payer_id: str, bodies: Sequence[str]
) -> Transmission:
    """Take bodies to be sent to a payer. The file is written, numbered and archived here; a timer sends it.

    Raises UnknownKind, BadBody, NoRoute, CannotBeWritten.
    """
    body_rules.check(bodies, body_rules.postable(kind))
    async with uow.begin() as tx:
        partner = await partners.partner_for(tx, payer_id)
        transmission = await enqueue(tx, partner, reference, kind, bodies, payer_id=payer_id)
        tx.audit("create", "transmission", transmission.id, transaction=kind, sets=transmission.sets)
        return tx.done(transmission)


async def enqueue(
    tx: Transaction,
    partner: Partner,
    reference: UUID,
    kind: str,
    bodies: Sequence[str],
    *,
    payer_id: str | None = None,
) -> Transmission:
    """Numbers, archive, intent and timer in one transaction: all of them or none. Raises CannotBeWritten."""
    numbers = await partners.take_numbers(tx, partner.id)
    content = writing.interchange(partner.facts, numbers, WRITTEN[kind], bodies, tx.now)
    stored = await files.keep(tx, content, digest(content))
    interchange_id = await archive.outbound(tx, partner, numbers, kind, len(bodies), stored)
    transmission = Transmission(
        id=new_id(),
        partner_id=partner.id,
        interchange_id=interchange_id,
        reference=reference,
        kind=kind,
        payer_id=payer_id,
        sets=len(bodies),
        ordinal=numbers.ordinal,
        interchange_control=numbers.interchange_text,
        group_control=numbers.group_text,
        queued_at=tx.now,
        version=1,
    )
    await transmissions.add_transmission(tx, transmission)
    tx.schedule("send-transmission", transmission.id, due_at=tx.now, version=transmission.version)
    return transmission


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One attempt, written down: what goes where."""

    transmission_id: UUID
    partner: Partner
    parcel: Parcel


async def send(uow: UnitOfWork, transmission_id: UUID) -> None:
    """Bring a queued transmission to its partner, once.

    The attempt is committed before the call: whoever finds it afterwards asks the partner first. Raises
    RemoteUnavailable to be called again, PartnerRefused, ControlNumberTaken and what opening the wire raises when
    somebody has to mend something.
    """
    dispatch = await _begin(uow, transmission_id)
    if dispatch is None:
        return
    failpoint(ATTEMPTED)

    async def staged() -> None:
        await _staged(uow, dispatch)

    try:
        async with open_line(dispatch.partner, uow) as line:
            await line.hand_over(dispatch.parcel, staged)
    except RemoteRefusal as refusal:
        await _refused(uow, dispatch, refusal)
    except RemoteUnavailable as fault:
        await _ended(uow, dispatch, fault.reason)
        raise
    except Refusal as refusal:
        await _ended(uow, dispatch, refusal.code)
        raise
    else:
        await _sent(uow, dispatch)
        failpoint(NOTED)


async def _begin(uow: UnitOfWork, transmission_id: UUID) -> Dispatch | None:
    async with uow.begin() as tx:
        transmission = await transmissions.load_transmission(tx, transmission_id, lock=True)
        if transmission.status is not Status.QUEUED:
            return None
        partner = await partners.load_partner(tx, transmission.partner_id)
        interchange = await files.load_interchange(tx, transmission.interchange_id)
        parcel = Parcel(
            id=transmission.id,
            kind=transmission.kind,
            sender=interchange["sender_id"],
            control=transmission.interchange_control,
            content=await files.slice_of(tx, interchange["archive_id"], interchange["start"], interchange["size"]),
            sha256=interchange["sha256"],
            attempt=await transmissions.begin_attempt(tx, transmission_id),
            staged=await transmissions.staged_attempt(tx, transmission_id),
        )
        return Dispatch(transmission_id, partner, parcel)


async def _staged(uow: UnitOfWork, dispatch: Dispatch) -> None:
    """The transmission is held, so that this attempt is still the latest when it is noted."""
    async with uow.begin() as tx:
        await transmissions.load_transmission(tx, dispatch.transmission_id, lock=True)
        await transmissions.stage_attempt(tx, dispatch.transmission_id, dispatch.parcel.attempt)


async def _sent(uow: UnitOfWork, dispatch: Dispatch) -> None:
    async with uow.begin() as tx:
        await transmissions.end_attempt(tx, dispatch.transmission_id, dispatch.parcel.attempt, "sent")
        transmission = await transmissions.load_transmission(tx, dispatch.transmission_id, lock=True)
        if transmission.status is Status.QUEUED:
            await record_sent(tx, transmission, dispatch.partner)


async def record_sent(tx: Transaction, transmission: Transmission, partner: Partner) -> Transmission:
    """The partner has it: told to the others, and its 999 waited for."""
    change = transmission.sent(tx.now, timedelta(hours=partner.facts.acknowledgement_hours))
    sent = await transmissions.save_transmission(tx, change)
    if sent.acknowledge_by is not None:
        tx.schedule("no-acknowledgement", sent.id, due_at=sent.acknowledge_by)
    return sent


async def _refused(uow: UnitOfWork, dispatch: Dispatch, refusal: RemoteRefusal) -> None:
    """Failed for good when the answer speaks of the interchange; otherwise raises PartnerRefused for staff."""
    status, word = int(refusal.status), refusal_word(refusal)
    async with uow.begin() as tx:
        await transmissions.end_attempt(tx, dispatch.transmission_id, dispatch.parcel.attempt, word)
        transmission = await transmissions.load_transmission(tx, dispatch.transmission_id, lock=True)
        if transmission.status is not Status.QUEUED:
            return
        if status in FINAL_ANSWERS and refuses_the_payload(refusal.code):
            await transmissions.save_transmission(tx, transmission.refused(word))
            return
    raise PartnerRefused(
        partner_id=dispatch.partner.id,
        status=status,
        answer=refusal.code,
        transmission_id=dispatch.transmission_id,
    )


async def _ended(uow: UnitOfWork, dispatch: Dispatch, outcome: str) -> None:
    async with uow.begin() as tx:
        await transmissions.end_attempt(tx, dispatch.transmission_id, dispatch.parcel.attempt, outcome)


async def flag_overdue(uow: UnitOfWork, transmission_id: UUID) -> None:
    """Flag a transmission whose 999 is not back in time; staff see it in the list."""
    async with uow.begin() as tx:
        transmission = await transmissions.load_transmission(tx, transmission_id, lock=True)
        flagged = transmission.overdue(tx.now)
        if flagged is not None:
            await transmissions.save_transmission(tx, Change(flagged))
            tx.audit("decide", "transmission", transmission_id, flag="no-acknowledgement")
