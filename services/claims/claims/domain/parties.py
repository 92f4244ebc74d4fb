"""Who a claim is about, by whom and to whom: frozen on the claim when it is assembled.

What identifies a person is `Phi`, an address as one leaf (docs/adr/0009); a provider's is public and plain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.phi import Phi

NOTHING = Phi("")


@dataclass(frozen=True, slots=True)
class Address:
    line1: str
    city: str
    state: str
    zip: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A patient or a subscriber; `sex` is M, F or U as DMG03 says it."""

    last_name: Phi[str]
    first_name: Phi[str]
    middle_name: Phi[str] = NOTHING
    birth_date: Phi[date] | None = None
    sex: str = ""
    address: Phi[Address] | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage that is billed. `responsibility` SBR01 (P, S, T); `relationship` of the patient to the
    subscriber: 18 self, 01 spouse, 19 child, G8 other.
    """

    coverage_id: UUID
    payer_id: str
    member_id: Phi[str]
    responsibility: str
    relationship: str
    subscriber: Person
    group_number: Phi[str] = NOTHING


@dataclass(frozen=True, slots=True)
class Practice:
    """The billing provider: loops 2010AA and 1000A. `tax_id_kind` is EI for an employer's number, SY for a
    person's.
    """

    name: str
    npi: str
    tax_id: str
    taxonomy: str
    address: Address
    contact_name: str
    contact_phone: str
    tax_id_kind: str = "EI"
    clia_number: str = ""
    time_zone: str = "America/New_York"


@dataclass(frozen=True, slots=True)
class RenderingProvider:
    npi: str
    last_name: str
    first_name: str
    taxonomy: str


@dataclass(frozen=True, slots=True)
class Location:
    """A place where the practice sees patients, by its own code. `npi` is empty where it has none of its own."""

    code: str
    name: str
    address: Address
    npi: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """What the practice knows of a payer; contract is truth (rulebook 9.3).

    `filing_indicator` is SBR09 (rulebook 9.1). `filing_limit_days` runs from the date of service,
    `denial_window_days` (corrected claims and appeals) from the remittance. `takes_frequency_codes`: whether the
    payer takes frequency 7 and 8 (Medicare Part B does not, rulebook 9.4). A batch leaves at most `batch_seconds`
    after its first claim was ready and carries at most `batch_size`.
    """

    payer_id: str
    name: str
    filing_indicator: str
    filing_limit_days: int
    takes_frequency_codes: bool
    x_modifiers: bool
    denial_window_days: int = 90
    batch_size: int = 50
    batch_seconds: int = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the registers and `patients` said on `taken_on`. None where they knew nothing: a finding, not a guess.

    `further_payers` is how many coverages in force come after `coverage`. `location` is where the visit was; None also
    where the visit names none.
    """

    taken_on: date
    patient: Person
    coverage: Coverage | None
    payer: Payer | None
    practice: Practice | None
    rendering: RenderingProvider | None
    further_payers: int = 0
    location: Location | None = None
