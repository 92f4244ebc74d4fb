"""What this service tells the others: ids, payer ids, dates, codes and amounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from common.money import Money


@dataclass(frozen=True, slots=True)
class CoverageVerified:
    """The payer says that the coverage is active on `date_of_service`.

    Amounts are of the plan as a whole, in network, for the individual, and absent where the payer said none or several.
    `copays` and `coinsurances` are by service type. `authorization_required` are the service types that need one.
    `settled_by_staff` when a person decided what an unclear answer means.
    """

    check_id: UUID
    patient_id: UUID
    coverage_id: UUID
    payer_id: str
    date_of_service: date
    checked_on: date
    deductible_remaining: Money | None = None
    out_of_pocket_remaining: Money | None = None
    copays: tuple[ServiceCopay, ...] = ()
    coinsurances: tuple[ServiceCoinsurance, ...] = ()
    authorization_required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    other_payer_first: bool = False
    settled_by_staff: bool = False


@dataclass(frozen=True, slots=True)
class ServiceCopay:
    service_type: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ServiceCoinsurance:
    """`share` of the allowed amount, as a fraction of one."""

    service_type: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class CoverageInactive:
    """The payer says that the coverage is not in force on `date_of_service`."""

    check_id: UUID
    patient_id: UUID
    coverage_id: UUID
    payer_id: str
    date_of_service: date
    checked_on: date
    settled_by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Something planned that the coverage leaves out, wholly or until something is done; `kind` says what.

    `line` counts from 1 in what was planned, 0 for the visit as a whole.
    """

    kind: str
    line: int = 0
    code: str = ""
    service_type: str = ""


@dataclass(frozen=True, slots=True)
class CoverageGapFound:
    """What is planned for a day, or was coded of it, and what is covered do not meet.

    Of a coded visit it names the encounter, and the version of the coding (EncounterCoded, EncounterRecoded).
    """

    review_id: UUID
    patient_id: UUID
    date_of_service: date
    gaps: tuple[Gap, ...]
    payer_id: str | None = None
    check_id: UUID | None = None
    encounter_id: UUID | None = None
    coded_version: int | None = None
