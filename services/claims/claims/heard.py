"""What claims reads of the events of other services: each view holds the fields that it uses, and passes over the rest.

What decides before the visit whether a claim may go is kept as it was told, and has its views in `domain/facts.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from claims.domain.claim import Standing
from claims.domain.coding import SelfPayLine
from claims.domain.correction import LineChange
from claims.domain.events import AdjudicatedLine, LineAdjustment
from claims.domain.facts import ListedExclusion
from common.money import Money


@dataclass(frozen=True, slots=True)
class PatientFile:
    """PatientChanged, CoverageRecorded and CoverageChanged of patients."""

    patient_id: UUID


@dataclass(frozen=True, slots=True)
class CodedLine:
    number: int
    cpt: str
    units: int
    modifiers: tuple[str, ...] = ()
    diagnosis_pointers: tuple[int, ...] = ()
    unit_charge: Money | None = None


@dataclass(frozen=True, slots=True)
class EncounterCoded:
    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    place_of_service: str
    rendering_npi: str
    diagnoses: tuple[str, ...]
    lines: tuple[CodedLine, ...]
    self_pay_lines: tuple[SelfPayLine, ...] = ()
    rules_edition: str = ""
    location_code: str | None = None


@dataclass(frozen=True, slots=True)
class RecodedLine:
    change: str
    cpt: str


@dataclass(frozen=True, slots=True)
class EncounterRecoded(EncounterCoded):
    changes: tuple[RecodedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class EncounterHeld:
    encounter_id: UUID
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EncounterNotBillable:
    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    disposition: str
    self_pay_lines: tuple[SelfPayLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TransmissionSent:
    transmission_id: UUID
    reference: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class SetError:
    segment: str
    position: int
    code: str
    element: int | None = None
    set_control: str = ""


@dataclass(frozen=True, slots=True)
class SetOutcome:
    set_control: str
    outcome: str


@dataclass(frozen=True, slots=True)
class TransmissionAcknowledged:
    reference: UUID
    outcome: str
    errors: tuple[SetError, ...] = ()
    sets: tuple[SetOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class TransmissionFailed:
    reference: UUID
    code: str


@dataclass(frozen=True, slots=True)
class InterchangeReceived:
    interchange_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class RemittancePosted:
    remittance_id: UUID
    claim_id: UUID
    control_number: str
    status_code: str
    reversal: bool
    adjudicated_on: date
    charge: Money
    paid: Money
    contractual: Money
    patient_responsibility: Money
    denied: Money
    lines: tuple[AdjudicatedLine, ...]
    remarks: tuple[str, ...] = ()
    payer_claim_number: str | None = None
    standing: Standing | None = None
    adjustments: tuple[LineAdjustment, ...] = ()
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class CorrectionRequested:
    case_id: UUID
    claim_id: UUID
    control_number: str
    changes: tuple[LineChange, ...]
    payer_claim_number: str | None = None
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
    case_id: UUID
    claim_id: UUID
    recovered: Money
    remittance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DenialUpheld:
    case_id: UUID
    claim_id: UUID
    write_off: Money
    remittance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    kind: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class CoverageGapFound:
    review_id: UUID
    patient_id: UUID
    date_of_service: date
    gaps: tuple[Gap, ...]
    payer_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderExcluded:
    provider_id: UUID
    npi: str
    excluded_on: date
    waiver_state: str | None = None
    exclusions: tuple[ListedExclusion, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderReinstated:
    provider_id: UUID
    npi: str
