"""What the practice says of itself and of its payers, as requests need it."""

from __future__ import annotations

from dataclasses import dataclass

from authorizations.domain.clocks import NO_DAYS, PayerDays, Program


@dataclass(frozen=True, slots=True)
class Payer:
    """`program` says which clocks run; `days` are those its contract or its state gives it."""

    payer_id: str
    name: str = ""
    program: Program = Program.COMMERCIAL
    days: PayerDays = NO_DAYS


@dataclass(frozen=True, slots=True)
class AskingProvider:
    """Who asks (loop 2010B): the group's name and NPI as its payers have them enrolled."""

    name: str
    npi: str
