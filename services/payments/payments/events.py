"""Kafka in: claims tells what was submitted, edi that a remittance came, denials that a denial stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.handlers import Handlers, Received
from common.money import Money
from common.uow import UnitOfWork
from payments.domain.claim_account import ClaimAccount, Submission
from payments.domain.lines import BilledLine
from payments.operations import intake, receivables, write_offs

HANDLERS = Handlers()

REMITTANCE = "835"
# Reasons for which a closed claim has no charge; what was given up as denied is written off instead.
WITHDRAWN = frozenset({"void", "not_billable"})
# SBR01 of the patient's first payer.
FIRST_PAYER = "P"


@dataclass(frozen=True, slots=True)
class SubmittedLine:
    number: int
    cpt: str
    modifiers: tuple[str, ...]
    charge: Money


@dataclass(frozen=True, slots=True)
class ClaimSubmitted:
    claim_id: UUID
    encounter_id: UUID
    patient_id: UUID
    payer_id: str
    control_number: str
    frequency: str
    charge: Money
    date_of_service: date
    lines: tuple[SubmittedLine, ...]
    responsibility: str | None = None


@dataclass(frozen=True, slots=True)
class InterchangeReceived:
    interchange_id: UUID
    kind: str
    interchange_control: str


@dataclass(frozen=True, slots=True)
class DenialUpheld:
    claim_id: UUID
    write_off: Money


@dataclass(frozen=True, slots=True)
class ClaimClosed:
    claim_id: UUID
    reason: str


@HANDLERS.on("org.dermbill.claims.ClaimSubmitted.v1")
async def claim_submitted(uow: UnitOfWork, event: Received[ClaimSubmitted]) -> None:
    said, day = event.data, uow.today
    account = ClaimAccount(
        claim_id=said.claim_id,
        encounter_id=said.encounter_id,
        patient_id=said.patient_id,
        payer_id=said.payer_id,
        date_of_service=said.date_of_service,
        first_billed=day,
        heard_version=event.version,
    )
    lines = tuple(BilledLine(line.number, line.cpt, line.modifiers, line.charge) for line in said.lines)
    submission = Submission(said.control_number, said.frequency, said.charge, lines)
    later = said.responsibility not in (None, FIRST_PAYER)
    await receivables.claim_submitted(uow, account, submission, later_payer=later, today=day)


@HANDLERS.on("org.dermbill.claims.ClaimClosed.v1")
async def claim_closed(uow: UnitOfWork, event: Received[ClaimClosed]) -> None:
    if event.data.reason in WITHDRAWN:
        await receivables.claim_withdrawn(uow, event.data.claim_id, event.version, today=uow.today)


@HANDLERS.on("org.dermbill.edi.InterchangeReceived.v1")
async def interchange_received(uow: UnitOfWork, event: Received[InterchangeReceived]) -> None:
    if event.data.kind == REMITTANCE:
        await intake.announce(uow, event.data.interchange_id, event.data.interchange_control)


@HANDLERS.on("org.dermbill.denials.DenialUpheld.v1")
async def denial_upheld(uow: UnitOfWork, event: Received[DenialUpheld]) -> None:
    said = event.data
    await write_offs.denial_upheld(uow, said.claim_id, said.write_off, event_id=event.id, today=uow.today)
