"""Which table a published file holds and for when, by the name CMS or CDC gave it (rulebook 15)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

_MONTH_OF_LETTER = {"A": 1, "B": 4, "C": 7, "D": 10}
# NCCI's version 0 would have begun with 1994.
_NCCI_YEAR_ZERO = 1994
_MONTHS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")


class Kind(StrEnum):
    """The tables that can be loaded."""

    PAIRS = "pairs"
    UNIT_LIMITS = "unit-limits"
    ADD_ONS = "add-ons"
    RELATIVE_VALUES = "relative-values"
    COST_INDICES = "cost-indices"
    DIAGNOSES = "diagnoses"
    SUPPLIES = "supplies"


@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter, written 2026Q1."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Quarter:
        """Raises ValueError for anything but four digits, Q and 1 to 4."""
        match = _QUARTER.match(text.upper())
        if match is None:
            raise ValueError("a quarter is written 2026Q1")
        return cls(int(match[1]), int(match[2]))

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        after = Quarter(self.year + self.number // 4, self.number % 4 + 1)
        return date.fromordinal(after.first.toordinal() - 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


_NAMES: tuple[tuple[re.Pattern[str], Kind, Callable[[re.Match[str]], Quarter] | None], ...] = (
    (
        re.compile(r"ccipra-v(\d{2})([0-3])r", re.IGNORECASE),
        Kind.PAIRS,
        lambda name: Quarter(_NCCI_YEAR_ZERO + int(name[1]), int(name[2]) + 1),
    ),
    (
        re.compile(r"mue_practitioner.*eff_(\d{2})-\d{2}-(\d{4})", re.IGNORECASE),
        Kind.UNIT_LIMITS,
        lambda name: Quarter.of(date(int(name[2]), int(name[1]), 1)),
    ),
    (re.compile(r"(?:aoc|add-?on)", re.IGNORECASE), Kind.ADD_ONS, None),
    (
        re.compile(r"pprrvu(\d{4})_(jan|apr|jul|oct)", re.IGNORECASE),
        Kind.RELATIVE_VALUES,
        lambda name: Quarter.of(date(int(name[1]), _MONTHS[name[2].lower()], 1)),
    ),
    (
        re.compile(r"pprrvu(\d{2})", re.IGNORECASE),
        Kind.RELATIVE_VALUES,
        lambda name: Quarter(2000 + int(name[1]), 1),
    ),
    (
        re.compile(r"rvu(\d{2})([a-d])", re.IGNORECASE),
        Kind.RELATIVE_VALUES,
        lambda name: Quarter.of(date(2000 + int(name[1]), _MONTH_OF_LETTER[name[2].upper()], 1)),
    ),
    (re.compile(r"gpci(\d{4})", re.IGNORECASE), Kind.COST_INDICES, lambda name: Quarter(int(name[1]), 1)),
    # The fiscal year begins in October of the year before.
    (re.compile(r"icd10cm_order_(\d{4})", re.IGNORECASE), Kind.DIAGNOSES, lambda name: Quarter(int(name[1]) - 1, 4)),
    (re.compile(r"hcpc(\d{4})", re.IGNORECASE), Kind.SUPPLIES, lambda name: Quarter(int(name[1]), 1)),
)  # fmt: skip


def recognised(path: Path) -> tuple[Kind | None, Quarter | None]:
    """The table and the quarter that the file's name tells; None for what it does not."""
    for pattern, kind, quarter in _NAMES:
        match = pattern.search(path.name)
        if match is not None:
            return kind, quarter(match) if quarter else None
    return None, None
