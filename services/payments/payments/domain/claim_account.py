"""A claim as payments knows it: who it is for and under which numbers it was sent. Its money is in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.money import Money
from payments.domain.lines import BilledLine

VOID = "8"


@dataclass(frozen=True, slots=True)
class Submission:
    """One sending of a claim; the control number (CLM01) names exactly this one."""

    control_number: str
    frequency: str
    charge: Money
    lines: tuple[BilledLine, ...]


@dataclass(frozen=True, slots=True)
class ClaimAccount:
    """`heard_version` is the claim's version at the last submission heard of; `version` counts our own events."""

    claim_id: UUID
    encounter_id: UUID
    patient_id: UUID
    payer_id: str
    date_of_service: date
    first_billed: date
    heard_version: int
    version: int = 0
