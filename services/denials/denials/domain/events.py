"""What this service tells the others.

`remittance_id` names the denial that is answered: a payer may have denied anew meanwhile, and then the answer is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.money import Money


@dataclass(frozen=True, slots=True)
class DenialCaseOpened:
    """A denial is being worked; `respond_by` is the last day of the first act that can help."""

    case_id: UUID
    claim_id: UUID
    category: str
    carcs: tuple[str, ...]
    denied: Money
    respond_by: date


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a correction changes on one line; None leaves it as it is."""

    line: int
    modifiers: tuple[str, ...] | None = None
    diagnosis_pointers: tuple[int, ...] | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectionRequested:
    """Send the claim again as a replacement, with these changes."""

    case_id: UUID
    claim_id: UUID
    control_number: str
    payer_claim_number: str | None
    changes: tuple[LineChange, ...]
    authorization_number: str | None = None
    remittance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AppealFiled:
    case_id: UUID
    claim_id: UUID
    level: int
    filed_on: date
    decision_due: date
    remittance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DenialOverturned:
    """The payer paid after all; `recovered` is what this case brought in."""

    case_id: UUID
    claim_id: UUID
    recovered: Money
    remittance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DenialUpheld:
    """Nothing more will be tried; `write_off` leaves the receivable."""

    case_id: UUID
    claim_id: UUID
    write_off: Money
    remittance_id: UUID | None = None
