"""What the practice says of itself and of its payers, as requests need it."""

from __future__ import annotations

from dataclasses import dataclass

from authorizations.domain.clocks import NO_DAYS, PayerDays, Program
from authorizations.domain.plans import PlanType
from authorizations.domain.request import BY_X12, Route


@dataclass(frozen=True, slots=True)
class Payer:
    """`program` says which clocks run; `days` are those its contract or its state gives it; `route` how it is asked.

    `plan_type` is the one kind of plan that it has, as far as the practice sees it; None where it has several, or
    nobody said. It hears requests so many `retro_days` after their first day, None where that is not known.
    """

    payer_id: str
    name: str = ""
    program: Program = Program.COMMERCIAL
    days: PayerDays = NO_DAYS
    route: Route = BY_X12
    plan_type: PlanType | None = None
    retro_days: int | None = None

    @property
    def known_plan_type(self) -> PlanType | None:
        """What is known of its plans: original Medicare has no primary care provider who sends."""
        return PlanType.INDEMNITY if self.program is Program.MEDICARE else self.plan_type


@dataclass(frozen=True, slots=True)
class Office:
    """N3 and N4: where the practice has its office; `zip` is five or nine digits."""

    line1: str
    city: str
    state: str
    zip: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """PER: whom at the practice the payer may ask."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class AskingProvider:
    """Who asks (loop 2010B): the group's name and NPI as payers have them enrolled, and what else they want of it."""

    name: str
    npi: str
    tin: str | None = None
    office: Office | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Clinician:
    """Who treats or refers (loop 2010EA): the name that belongs to an NPI, and the taxonomy (PRV03)."""

    npi: str
    last_name: str
    first_name: str | None = None
    taxonomy: str | None = None
