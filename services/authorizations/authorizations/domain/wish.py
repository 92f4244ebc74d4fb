"""What a payer is asked to agree to: services of the practice, or visits to it by a patient whom another one sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from authorizations.domain.clocks import Urgency
from authorizations.domain.counting import CertifiedService

DEFAULT_RENEWAL_DAYS = 14
"""Days before the end at which a renewal is called for (rulebook 7.4)."""


class Kind(StrEnum):
    """UM01: HS services by the practice, SC a referral of another practice to it."""

    SERVICES = "services"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Referring:
    """Who refers: the primary care provider, as a rule (rulebook 7.4)."""

    npi: str
    last_name: str | None = None
    first_name: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """PWK: a report that goes with the request. `report` PWK01, `by` PWK02, `control` our number for it."""

    report: str
    by: str
    control: str


@dataclass(frozen=True, slots=True)
class Course:
    """A biologic as it is given: HCPCS, dose as written, days between doses, the day the next refill is due."""

    drug: str
    dose: str
    every_days: int
    next_refill: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; a renewal is due `renewal_days` before the end.

    A referral may name no services, and is then for any. `visits` is how many it is for, `referring` who refers
    (`requester_npi` is that clinician's NPI). An empty `rendering_npi` is whoever of the practice treats. `delay` is
    UM10, why it is asked for after the first day.
    """

    patient_id: UUID
    kind: Kind
    services: tuple[CertifiedService, ...]
    first: date
    last: date | None
    place: str
    diagnoses: tuple[str, ...]
    rendering_npi: str
    urgency: Urgency = Urgency.STANDARD
    requester_npi: str | None = None
    coverage_id: UUID | None = None
    drug: bool = False
    renewal_days: int = DEFAULT_RENEWAL_DAYS
    attachments: tuple[Attachment, ...] = ()
    course: Course | None = None
    referring: Referring | None = None
    visits: int | None = None
    delay: str | None = None

    @property
    def clinicians(self) -> tuple[str, ...]:
        """The NPIs of who treats and who refers."""
        return tuple(filter(None, (self.rendering_npi, self.requester_npi)))

    @property
    def referred_by(self) -> Referring | None:
        """Who refers, by name where that is known; None of what is no referral."""
        if self.kind is not Kind.REFERRAL:
            return None
        return self.referring or (Referring(self.requester_npi) if self.requester_npi else None)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What was last asked for of an authorization that holds: more, longer or other than what was certified.

    `refused_on` and `reasons` (HCR03) are the payer's no; what was certified before stays.
    """

    wish: Wish
    certification: str
    refused_on: date | None = None
    reasons: tuple[str, ...] = ()
