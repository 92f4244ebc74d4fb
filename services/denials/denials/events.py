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


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """This service's view of the event of claims."""

    claim_id: UUID
    outcome: str
    paid: Money


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
        denied=seen.denied,
        lines=tuple(_line(line) for line in seen.lines if line.denied),
        remarks=seen.remarks,
    )
    await operations.record_denial(
        uow,
        claim_id=seen.claim_id,
        encounter_id=seen.encounter_id,
        patient_id=seen.patient_id,
        denial=denial,
    )


@HANDLERS.on("org.dermbill.claims.ClaimPaid.v1")
async def claim_paid(uow: UnitOfWork, event: Received[ClaimPaid]) -> None:
    if event.data.outcome == "paid":
        await operations.claim_paid(uow, event.data.claim_id, event.data.paid)


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
