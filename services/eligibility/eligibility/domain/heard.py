"""What a 271 says of one patient, line by line and as sent: the input of every rule here (guide 005010X279A1).

Amounts are dollars as Decimal, percentages fractions of one, dates calendar dates. Words that may name a person are
kept out of every `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from codes.eligibility import FOLLOW_UPS
from codes.service_types import WHOLE_PLAN


@dataclass(frozen=True, slots=True)
class Dated:
    """A DTP: one day, or a span with its last day."""

    qualifier: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """An AAA: the level that said it (payer, provider, subscriber, dependent, benefit), AAA03 and AAA04."""

    level: str
    reason: str
    follow_up: str = ""

    @property
    def may_ask_again(self) -> bool:
        """Whether the payer lets the same question be asked again, AAA04."""
        known = FOLLOW_UPS.get(self.follow_up)
        return known is not None and known.resend


@dataclass(frozen=True, slots=True)
class Related:
    """Loop 2120: who else matters; `entity` is NM101 (P3 primary care provider, PRP primary payer ...)."""

    entity: str
    id_qualifier: str = ""
    id: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """HSD: `quantity` of `kind` (VS visits) per `unit`, over `periods` of `period`."""

    kind: str = ""
    quantity: Decimal | None = None
    period: str = ""
    periods: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """One EB with everything below it; `number` is its place among the patient's lines, from 1."""

    number: int
    information: str
    level: str = ""
    services: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = field(default="", repr=False)
    period: str = ""
    amount: Decimal | None = None
    fraction: Decimal | None = None
    quantity_kind: str = ""
    quantity: Decimal | None = None
    authorization: str = ""
    network: str = ""
    procedure: str = ""
    places: tuple[str, ...] = ()
    dates: tuple[Dated, ...] = ()
    delivered: tuple[Delivered, ...] = ()
    related: tuple[Related, ...] = ()
    references: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    messages: tuple[str, ...] = field(default=(), repr=False)

    @property
    def about(self) -> tuple[str, ...]:
        """What the line speaks of: a procedure (EB13), else its service types (EB03), else the plan as a whole."""
        if self.procedure:
            return (about_procedure(self.procedure),)
        return self.services or (WHOLE_PLAN,)


def about_procedure(code: str) -> str:
    """How a procedure is named beside the service types."""
    return f"procedure {code}"


@dataclass(frozen=True, slots=True)
class Heard:
    """A 271 about one patient. `differs` names what the payer has otherwise than we asked: member-id, name,
    birth-date, sex.
    """

    turned_away: tuple[TurnedAway, ...] = ()
    dates: tuple[Dated, ...] = ()
    lines: tuple[BenefitLine, ...] = ()
    differs: tuple[str, ...] = ()
