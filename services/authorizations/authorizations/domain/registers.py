"""What the practice says of itself and of its payers, as requests need it."""

from __future__ import annotations

from dataclasses import dataclass

from authorizations.domain.clocks import NO_DAYS, PayerDays, Program
from authorizations.domain.request import BY_X12, Route


@dataclass(frozen=True, slots=True)
class Payer:
    """`program` says which clocks run; `days` are those its contract or its state gives it; `route` how it is asked."""

    payer_id: str
    name: str = ""
    program: Program = Program.COMMERCIAL
    days: PayerDays = NO_DAYS
    route: Route = BY_X12


@dataclass(frozen=True, slots=True)
class AskingProvider:
    """Who asks (loop 2010B): the group's name and NPI as its payers have them enrolled."""

    name: str
    npi: str
