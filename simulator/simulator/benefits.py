"""What a payer answers to a question about coverage (270): from its roster, and from what a test wrote beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal

from simulator.adjudication.member import Member
from simulator.adjudication.payer import STRICT, Payer

_MEMBER_ID = re.compile(r"[A-Z0-9]{2,80}")

# AAA03 (guide 005010X279A1): 42 cannot answer now; 72 bad id; 73 bad name; 75 not found; 79 bad participant.
Reject = Literal["", "42", "72", "73", "75", "79"]
UNKNOWN_PAYER, BAD_ID, BAD_NAME, NOT_FOUND = "79", "72", "73", "75"

ACTIVE, INACTIVE, COINSURANCE, COPAY, DEDUCTIBLE, LIMITS, OUT_OF_POCKET, OTHER_PAYER = (
    "1",
    "6",
    "A",
    "B",
    "C",
    "F",
    "G",
    "R",
)
_HEALTH_PLAN, _OFFICE_VISIT, _REMAINING, _VISIT = "30", "98", "29", "27"


@dataclass(frozen=True, slots=True)
class Benefit:
    """One EB: `code` EB01, `services` EB03, `level` EB02 (IND, FAM), `period` EB06, `network` EB12 (Y, N, W)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    code: str
    services: tuple[str, ...] = (_HEALTH_PLAN,)
    level: str = ""
    plan: str = ""
    period: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    quantity_kind: str = ""
    quantity: Decimal | None = None
    authorization: Literal["", "Y", "N", "U"] = ""
    network: Literal["", "Y", "N", "W"] = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """A payer beside this one, as COB is told: P primary, S secondary, T tertiary."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    name: str
    payer_id: str
    responsibility: Literal["P", "S", "T"] = "P"
    member_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Benefits:
    """What is known of a member beyond what claims are decided by. Nothing of it has to be there.

    `last_name` and `birth_date` are what a question has to match, where they are known. `reject` answers every
    question with that AAA. `more` are benefits beside those that follow from the roster: limits, networks, services.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    member_id: str = field(repr=False)
    plan: str = ""
    group_number: str = ""
    last_name: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    reject: Reject = ""
    more: tuple[Benefit, ...] = ()
    other_payers: tuple[OtherPayer, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """Who is asked about, on which day, for which service types (30 for the plan as a whole)."""

    payer_id: str
    member_id: str
    last_name: str
    on: date
    services: tuple[str, ...] = (_HEALTH_PLAN,)


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """Either `reject`, or what the member has on that day."""

    reject: Reject = ""
    member: Member | None = None
    benefits: Benefits | None = None
    lines: tuple[Benefit, ...] = ()

    @property
    def active(self) -> bool:
        return any(line.code == ACTIVE for line in self.lines)


def coverage(
    question: CoverageQuestion, payer: Payer | None, member: Member | None, known: Benefits | None
) -> CoverageAnswer:
    """What the payer says. A member that its walk-in terms cover is known to it, whatever the name."""
    if payer is None:
        return CoverageAnswer(UNKNOWN_PAYER)
    if known is not None and known.reject:
        return CoverageAnswer(known.reject)
    if not _MEMBER_ID.fullmatch(question.member_id.upper()):
        return CoverageAnswer(BAD_ID)
    member = member or payer.walk_in
    if member is None:
        return CoverageAnswer(NOT_FOUND)
    known = known or Benefits(question.member_id)
    if known.last_name and known.last_name.upper() != question.last_name.upper():
        return CoverageAnswer(BAD_NAME)
    if not member.covered_on(question.on):
        return CoverageAnswer("", member, known, (Benefit(INACTIVE, plan=known.plan),))
    return CoverageAnswer("", member, known, tuple(_lines(question, payer, member, known)))


def _lines(question: CoverageQuestion, payer: Payer, member: Member, known: Benefits) -> list[Benefit]:
    plan = known.plan or payer.name
    found = [Benefit(ACTIVE, services, plan=plan) for services in ((one,) for one in question.services)]
    found.append(Benefit(DEDUCTIBLE, level="IND", period=_REMAINING, amount=member.deductible_remaining))
    found.append(Benefit(COINSURANCE, percent=member.coinsurance))
    found.append(Benefit(COPAY, (_OFFICE_VISIT,), period=_VISIT, amount=member.copay))
    if member.out_of_pocket_remaining is not None:
        found.append(Benefit(OUT_OF_POCKET, level="IND", period=_REMAINING, amount=member.out_of_pocket_remaining))
    if member.other_payer_first and not known.other_payers:
        found.append(Benefit(OTHER_PAYER, message="ANOTHER COVERAGE IS PRIMARY"))
    return [*found, *known.more]
