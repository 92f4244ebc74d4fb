"""SIU: an appointment and what it needs (SCH, TQ1, RGS, AIS, AIG, AIL, AIP)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hl7v2.errors import Place
from hl7v2.fields import Moment
from hl7v2.model.people import Coded, Identifier, Practitioner
from hl7v2.model.visit import Location


@dataclass(frozen=True, slots=True, repr=False)
class Resource:
    """One AIS (a service), AIG (a thing), AIL (a place) or AIP (a person) of the appointment; `segment` says which."""

    place: Place
    segment: str
    code: Coded | None
    location: Location | None
    practitioners: tuple[Practitioner, ...]
    starts: Moment | None
    duration: Decimal | None
    duration_units: str | None
    status: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Appointment:
    """SCH with its resources. `placer` is SCH-1, `filler` SCH-2: the number that lasts over all messages of it.

    `status` is SCH-25 (table 0278). `starts` is SCH-11, else TQ1-7, else the first resource's start.
    """

    place: Place
    placer: Identifier | None
    filler: Identifier | None
    event_reason: Coded | None
    reason: Coded | None
    kind: Coded | None
    duration: Decimal | None
    duration_units: str | None
    starts: Moment | None
    ends: Moment | None
    status: str | None
    resources: tuple[Resource, ...] = ()
