"""A claim before its judge: all that a rule may look at, and what a rule may say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from simulator.adjudication.claim import Claim, Line
from simulator.adjudication.codebook import Codebook, Procedure
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Payer


@dataclass(frozen=True, slots=True)
class PriorLine:
    """A line this payer decided before for the same member, on a claim that was not reversed since.

    `billing_npi` names the group: clinicians of one group count as one surgeon (rulebook 4.5).
    """

    cpt: str
    modifiers: tuple[str, ...]
    units: Decimal
    charge: Decimal
    service_on: date
    rendering_npi: str
    allowed: bool
    unprocessable: bool = False
    billing_npi: str = ""


@dataclass(frozen=True, slots=True)
class Denial:
    """A rule's verdict on one line. `reason` names codes and limits only, never a person."""

    line: int
    carc: str
    reason: str
    group: str = "CO"
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """`lines` are those that no earlier rule has denied; `history` is the member's, oldest first."""

    claim: Claim
    payer: Payer
    member: Member
    codebook: Codebook
    lines: tuple[Line, ...]
    history: tuple[PriorLine, ...] = ()

    def procedure(self, line: Line | PriorLine) -> Procedure:
        """The code's facts, or facts that limit nothing when the table does not know it."""
        return self.codebook.procedure(line.cpt, line.service_on) or Procedure(line.cpt)


Rule = Callable[[Case], Iterable[Denial]]
