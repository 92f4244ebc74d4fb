"""Kafka in: what claims says about denials and payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.handlers import Handlers, Received
from common.money import Money
from common.uow import UnitOfWork
from denials import operations
from denials.domain.case import Adjustment, Denial, DeniedLine

HANDLERS = Handlers()


@dataclass(frozen=True, slots=True)
class AdjustmentSeen:
    group: str
    carc: str
    amount: Money


@dataclass(frozen=True, slots=True)
class LineSeen:
    number: int
    cpt: str
    charge: Money
    denied: Money
    modifiers: tuple[str, ...] = ()
    adjustments: tuple[AdjustmentSeen, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimDenied:
    """This service's view of the event of claims."""

    claim_id: UUID
    encounter_id: UUID
    patient_id: UUID
    payer_id: str
    control_number: str
    remittance_id: UUID
    date_of_service: date
    adjudicated_on: date
    denied: Money
    lines: tuple[LineSeen, ...]
    payer_claim_number: str | None = None
    remarks: tuple[str, ...] = ()
    open_denied: Money | None = None


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """This service's view of the event of claims."""

    claim_id: UUID
    outcome: str
    remittance_id: UUID
    paid: Money
    open_denied: Money | None = None


@dataclass(frozen=True, slots=True)
class ClaimReversed:
    """This service's view of the event of claims."""

    claim_id: UUID
    open_denied: Money | None = None


@HANDLERS.on("org.dermbill.claims.ClaimDenied.v1")
async def claim_denied(uow: UnitOfWork, event: Received[ClaimDenied]) -> None:
    seen = event.data
    denial = Denial(
        remittance_id=seen.remittance_id,
        control_number=seen.control_number,
        payer_claim_number=seen.payer_claim_number,
        payer_id=seen.payer_id,
        date_of_service=seen.date_of_service,
        adjudicated_on=seen.adjudicated_on,
        denied=seen.denied if seen.open_denied is None else seen.open_denied,
        lines=tuple(_line(line) for line in seen.lines if line.denied),
        remarks=seen.remarks,
    )
    await operations.record_denial(
        uow,
        claim_id=seen.claim_id,
        encounter_id=seen.encounter_id,
        patient_id=seen.patient_id,
        denial=denial,
        newly=seen.denied,
    )


@HANDLERS.on("org.dermbill.claims.ClaimPaid.v1")
async def claim_paid(uow: UnitOfWork, event: Received[ClaimPaid]) -> None:
    seen = event.data
    if seen.outcome == "paid" or seen.open_denied == Money.zero():
        await operations.claim_paid(uow, seen.claim_id, seen.paid)
    elif seen.open_denied is not None:
        await operations.claim_paid_in_part(uow, seen.claim_id, seen.open_denied, remittance_id=seen.remittance_id)


@HANDLERS.on("org.dermbill.claims.ClaimReversed.v1")
async def claim_reversed(uow: UnitOfWork, event: Received[ClaimReversed]) -> None:
    if event.data.open_denied is not None:
        await operations.decision_reversed(uow, event.data.claim_id, event.data.open_denied)


def _line(line: LineSeen) -> DeniedLine:
    return DeniedLine(
        number=line.number,
        cpt=line.cpt,
        modifiers=line.modifiers,
        charge=line.charge,
        denied=line.denied,
        adjustments=tuple(Adjustment(a.group, a.carc, a.amount) for a in line.adjustments),
        remarks=line.remarks,
    )
