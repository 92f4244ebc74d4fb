"""Who: names, addresses, numbers, identifiers, and the segments PID, GT1 and MRG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hl7v2.errors import Place


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """CX: a number of somebody or something. `kind` is table 0203: MR, VN, AN, SS, NPI ..."""

    value: str
    authority: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Coded:
    """CWE or CE: a code, its text and its system, and the alternate ones."""

    code: str | None
    text: str | None = None
    system: str | None = None
    other_code: str | None = None
    other_text: str | None = None
    other_system: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """XPN. The empty string is HL7's null: delete it."""

    family: str | None
    given: str | None
    middle: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """XAD. The empty string is HL7's null: delete it."""

    line1: str | None
    line2: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Practitioner:
    """XCN: a clinician, and the kind (table 0203) and authority of the number."""

    id: str | None
    name: Name
    authority: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """PID. `phone` is PID-13; None where nothing was sent, the empty string for HL7's null."""

    place: Place
    identifiers: tuple[Identifier, ...]
    names: tuple[Name, ...]
    birth_date: date | None
    sex: str | None
    addresses: tuple[Address, ...]
    phone: str | None
    account: Identifier | None
    died: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Guarantor:
    """GT1: who answers for the bill. `relationship` is GT1-11, of the guarantor to the patient (table 0063)."""

    place: Place
    names: tuple[Name, ...]
    addresses: tuple[Address, ...]
    relationship: Coded | None
    phone: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Merge:
    """MRG: the identifiers under which the patient was known before."""

    place: Place
    identifiers: tuple[Identifier, ...]
