"""A claim as a payer takes it in: no more of the 837P than adjudication and the remittance need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose claim it is; never shown in a `repr`."""

    last_name: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    member_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """A billing or rendering provider; `tax_id` and the name are given for the billing one."""

    npi: str
    name: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A service line. `diagnoses` are the codes its pointers reach, with no point; money is in dollars.

    `authorization` is its own number, where it is not its claim's.
    """

    number: int
    cpt: str
    charge: Decimal
    units: Decimal
    service_on: date
    modifiers: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    place_of_service: str = ""
    rendering_npi: str = ""
    control_number: str = ""
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What the payers before left of a line to the patient (CAS PR of loop 2430)."""

    line: int
    patient: Decimal


@dataclass(frozen=True, slots=True)
class EarlierPayer:
    """What the payers before decided, as the claim says it (loops 2320 and 2430; rulebook 9.5).

    `paid` is AMT D; `left_over` is by line, or empty when the claim gives it in one sum, `patient`.
    """

    payer_id: str
    paid: Decimal
    patient: Decimal
    left_over: tuple[LeftOver, ...] = ()
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One CLM. `relationship` is the patient's to the subscriber: 18 when they are one and the same.

    `original_reference` is REF F8, the payer's own number of the claim that this one replaces or voids. `earlier` is
    there on a claim to a later payer that says what the one before paid.
    """

    control_number: str
    payer_id: str
    subscriber: Person
    patient: Person
    billing: Provider
    lines: tuple[Line, ...]
    charge: Decimal
    received_on: date
    place_of_service: str = "11"
    frequency: str = ORIGINAL
    original_reference: str = ""
    authorization: str = ""
    referral: str = ""
    clia_number: str = ""
    relationship: str = "18"
    responsibility: Literal["P", "S", "T"] | str = "P"
    earlier: EarlierPayer | None = None

    @property
    def member_id(self) -> str:
        return self.subscriber.member_id

    def authorization_of(self, line: Line) -> str:
        """REF G1 of the line, else of the claim; empty when there is neither."""
        return line.authorization or self.authorization
