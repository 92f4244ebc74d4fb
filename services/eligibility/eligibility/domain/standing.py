"""Whether coverage holds on a day, and what speaks against it.

EB01 1 to 5 say active, 6 to 8 inactive (rulebook 8). A plan's dates that leave the day out speak against a line that
says active. Where the payer says both, the answer is unclear and both stay visible: nobody is told one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from codes.eligibility import ACTIVE, INACTIVE
from codes.service_types import WHOLE_PLAN
from eligibility.domain.heard import BenefitLine, Dated, Heard

# DTP01 of loops 2100C and 2110C: plan 291, eligibility 307, plan begin 346 and end 347, eligibility begin 356 and end
# 357, policy effective 348 and expiration 349 at member level (benefit begin and end below an EB), enrollment 336.
SPANS = frozenset({"291", "307"})
BEGINS = frozenset({"346", "348", "356"})
ENDS = frozenset({"347", "349", "357"})


class Standing(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    UNCLEAR = "unclear"
    NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class Held:
    """A standing and the EB lines that say it; `outside` when the dates sent leave the day out."""

    standing: Standing
    active: tuple[int, ...] = ()
    inactive: tuple[int, ...] = ()
    outside: bool = False


def includes(dates: Iterable[Dated], on: date) -> bool:
    """Whether the day lies inside every span, begin and end that the dates name; other qualifiers say nothing."""
    return all(_holds(dated, on) for dated in dates)


def plan_standing(heard: Heard, on: date) -> Held:
    """The standing of the plan as a whole: of service type 30 and of lines that name no service.

    Where the payer speaks of single services only, any of them stands for the plan.
    """
    lines = [line for line in heard.lines if WHOLE_PLAN in line.about]
    told = _held(lines, heard.dates, on)
    return told if told.standing is not Standing.NOT_SAID else _held(heard.lines, heard.dates, on)


def service_standing(heard: Heard, service: str, on: date) -> Held:
    """The standing of one service type or procedure, by lines that name it; NOT_SAID when none does."""
    return _held([line for line in heard.lines if service in line.about], heard.dates, on)


def _held(lines: Iterable[BenefitLine], dates: tuple[Dated, ...], on: date) -> Held:
    in_force = [line for line in lines if includes(line.dates, on)]
    active = tuple(line.number for line in in_force if line.information in ACTIVE)
    inactive = tuple(line.number for line in in_force if line.information in INACTIVE)
    outside = not includes(dates, on)
    if active and (inactive or outside):
        return Held(Standing.UNCLEAR, active, inactive, outside)
    if active:
        return Held(Standing.ACTIVE, active, inactive, outside)
    return Held(Standing.INACTIVE if inactive else Standing.NOT_SAID, active, inactive, outside)


def _holds(dated: Dated, on: date) -> bool:
    if dated.qualifier in SPANS:
        # A single day is the day the plan began: payers that know an end send a span.
        return dated.start <= on and (dated.end is None or on <= dated.end)
    if dated.qualifier in BEGINS:
        return dated.start <= on and (dated.end is None or on <= dated.end)
    if dated.qualifier in ENDS:
        return on <= (dated.end or dated.start)
    return True
