"""What claims tells the other services: ids, codes, amounts and dates, nothing that names a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.money import Money


@dataclass(frozen=True, slots=True)
class ClaimHeld:
    """Scrubbing found what must be mended; `findings` are edit ids."""

    claim_id: UUID
    encounter_id: UUID
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubmittedLine:
    number: int
    cpt: str
    modifiers: tuple[str, ...]
    units: int
    charge: Money


@dataclass(frozen=True, slots=True)
class ClaimSubmitted:
    """One submission went out; `frequency` 1 original, 7 replacement of `payer_claim_number`.

    `responsibility` (SBR01) P to the patient's first payer, S and T to the next ones.
    """

    claim_id: UUID
    encounter_id: UUID
    patient_id: UUID
    payer_id: str
    control_number: str
    frequency: str
    charge: Money
    date_of_service: date
    lines: tuple[SubmittedLine, ...]
    transmission_id: UUID
    payer_claim_number: str | None = None
    responsibility: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimAccepted:
    """The payer took the claim for adjudication (277CA)."""

    claim_id: UUID
    control_number: str
    payer_claim_number: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimRejected:
    """It never reached adjudication. `source` 999 or 277CA; `categories` and `statuses` as the source codes them."""

    claim_id: UUID
    control_number: str
    source: str
    categories: tuple[str, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """The amounts of one remittance; `outcome` paid, or partly_paid while something is still open.

    What this remittance denied is told by a ClaimDenied after it. `open_denied` is what all remittances together leave
    open as denied, None where payments did not say.
    """

    claim_id: UUID
    control_number: str
    remittance_id: UUID
    outcome: str
    paid: Money
    adjusted: Money
    patient_responsibility: Money
    open_denied: Money | None = None


@dataclass(frozen=True, slots=True)
class ClaimReversed:
    """The payer took a decision back (CLP02 22): `paid` is what it takes, below zero; another decision may follow.

    `open_denied` is what the others still leave open as denied.
    """

    claim_id: UUID
    control_number: str
    remittance_id: UUID
    paid: Money
    open_denied: Money | None = None


@dataclass(frozen=True, slots=True)
class LineAdjustment:
    group: str
    carc: str
    amount: Money


@dataclass(frozen=True, slots=True)
class AdjudicatedLine:
    number: int
    cpt: str
    modifiers: tuple[str, ...]
    charge: Money
    paid: Money
    denied: Money
    adjustments: tuple[LineAdjustment, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimDenied:
    """The denied part of one remittance, with everything a denial case needs to begin.

    `denied` is what this remittance denied; `open_denied` what all of them together leave open as denied: more, where
    an earlier denial stands beside this one, None where payments did not say.
    """

    claim_id: UUID
    encounter_id: UUID
    patient_id: UUID
    payer_id: str
    control_number: str
    remittance_id: UUID
    date_of_service: date
    adjudicated_on: date
    charge: Money
    denied: Money
    lines: tuple[AdjudicatedLine, ...]
    remarks: tuple[str, ...]
    payer_claim_number: str | None = None
    open_denied: Money | None = None


@dataclass(frozen=True, slots=True)
class ClaimClosed:
    """Nothing more will be done: `reason` denial_upheld, not_billable or void."""

    claim_id: UUID
    reason: str
