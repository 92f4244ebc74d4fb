"""What was done and found: PV1, DG1, PR1, FT1 and OBX."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hl7v2.errors import Place
from hl7v2.fields import Moment
from hl7v2.model.people import Coded, Identifier, Practitioner


@dataclass(frozen=True, slots=True, repr=False)
class Location:
    """PL: the point of care, the room, and the facility."""

    point_of_care: str | None
    room: str | None = None
    facility: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """PV1. `patient_class` is table 0004; `number` PV1-19."""

    place: Place
    patient_class: str | None
    location: Location | None
    attending: tuple[Practitioner, ...]
    number: Identifier | None
    began: Moment | None


@dataclass(frozen=True, slots=True, repr=False)
class Diagnosis:
    """DG1. `kind` is table 0052: A admitting, W working, F final."""

    place: Place
    code: Coded | None
    kind: str | None
    priority: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ProcedureCode:
    """PR1: a procedure by its code, with modifiers."""

    place: Place
    code: Coded | None
    on: Moment | None
    practitioners: tuple[Practitioner, ...]
    modifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Charge:
    """FT1 and the PR1 segments under it. `kind` is FT1-6 (CG charge, CD credit, AJ adjustment, PY payment).

    Either FT1-25 (`procedure`) or FT1-7 (`charge_code`) holds what was done; `amount` is the charge in all.
    """

    place: Place
    id: str | None
    on: Moment | None
    kind: str | None
    charge_code: Coded | None
    quantity: Decimal | None
    amount: Decimal | None
    location: Location | None
    diagnoses: tuple[Coded, ...]
    performed_by: tuple[Practitioner, ...]
    ordered_by: tuple[Practitioner, ...]
    procedure: Coded | None
    modifiers: tuple[str, ...]
    procedures: tuple[ProcedureCode, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Observation:
    """OBX. `kind` is OBX-2 (NM, ST, CWE ...).

    `values` are the first components of the repetitions of OBX-5 as they were sent; what is more than a short line (a
    report, a picture) is not among them.
    """

    place: Place
    kind: str | None
    code: Coded | None
    sub_id: str | None
    values: tuple[str, ...]
    units: str | None
    status: str | None
