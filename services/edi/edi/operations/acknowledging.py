"""What partners say of our interchanges, matched by control number and kept whether or not it matches."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert

from common.ids import new_id
from common.uow import Transaction
from edi.domain.acknowledgement import GroupAck, InterchangeVerdict
from edi.domain.inbound import Found
from edi.domain.partner import Partner
from edi.domain.transmission import Fact, Status, Transmission
from edi.operations.sending import record_sent
from edi.store import transmissions
from edi.tables import acknowledgements

UNMATCHED = "unmatched"
NOT_SENT = "never-sent"
LATE = "already-decided"


@dataclass(frozen=True, slots=True)
class Word:
    """One acknowledgement, of a group (999) or of an interchange (TA1), and what became of it."""

    kind: str
    control: str
    outcome: str
    note: str | None = None
    transmission: Transmission | None = None
    reason: str | None = None


async def take_acknowledgements(tx: Transaction, partner: Partner, interchange_id: UUID, found: Found) -> None:
    """Apply every TA1 and 999 of an interchange, envelope first."""
    for verdict in found.verdicts:
        await _keep(tx, partner, interchange_id, await _interchange_verdict(tx, partner, verdict))
    for ack in found.group_acks:
        await _keep(tx, partner, interchange_id, await _group_ack(tx, partner, ack))


async def _interchange_verdict(tx: Transaction, partner: Partner, verdict: InterchangeVerdict) -> Word:
    word = Word("TA1", verdict.interchange_control, verdict.code, verdict.note)
    found = await transmissions.transmission_by(tx, partner.id, interchange_control=verdict.interchange_control)
    transmission, reason = await _arrived(tx, partner, found)
    if transmission is not None and reason is None and verdict.rejects:
        if transmission.can(Fact.REJECTED):
            transmission = await transmissions.save_transmission(tx, transmission.rejected(verdict))
            tx.cancel("no-acknowledgement", transmission.id)
        else:
            reason = LATE
    return _decided(word, transmission, reason)


async def _group_ack(tx: Transaction, partner: Partner, ack: GroupAck) -> Word:
    word = Word("999", ack.group_control, ack.outcome)
    found = await transmissions.transmission_by(tx, partner.id, group_control=ack.group_control)
    transmission, reason = await _arrived(tx, partner, found)
    if transmission is not None and reason is None:
        if transmission.can(Fact.ACKNOWLEDGED):
            transmission = await transmissions.save_transmission(tx, transmission.acknowledged(ack, tx.now))
            tx.cancel("no-acknowledgement", transmission.id)
        else:
            reason = LATE
    return _decided(word, transmission, reason)


async def _arrived(
    tx: Transaction, partner: Partner, transmission: Transmission | None
) -> tuple[Transmission | None, str | None]:
    """The transmission as sent: an acknowledgement may be faster than our own note that it arrived."""
    if transmission is None:
        return None, UNMATCHED
    if transmission.status is not Status.QUEUED:
        return transmission, None
    if not await transmissions.was_attempted(tx, transmission.id):
        return transmission, NOT_SENT
    return await record_sent(tx, transmission, partner), None


def _decided(word: Word, transmission: Transmission | None, reason: str | None) -> Word:
    return Word(word.kind, word.control, word.outcome, word.note, transmission, reason)


async def _keep(tx: Transaction, partner: Partner, interchange_id: UUID, word: Word) -> None:
    await tx.execute(
        insert(acknowledgements).values(
            id=new_id(),
            practice_id=tx.practice_id,
            partner_id=partner.id,
            interchange_id=interchange_id,
            kind=word.kind,
            control=word.control,
            outcome=word.outcome,
            note=word.note,
            transmission_id=word.transmission.id if word.transmission else None,
            applied=word.reason is None,
            reason=word.reason,
            received_at=tx.now,
        )
    )
