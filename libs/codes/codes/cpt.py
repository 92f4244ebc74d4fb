"""Procedure codes of a dermatology practice: facts by number, with our own short labels and no others.

The numbers' facts (global period, fee schedule indicators, add-on parents, unit limits) come from the CMS
files that the rulebook names (S2 to S4); the labels are ours. A practice that holds the CMS and AMA licences
loads later editions over this table.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib.resources import files

# The quarter of the unit limits and add-on file the table was made from (rulebook section 0).
EDITION = "2024Q3"
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Band:
    """The measures a code covers, in cm or sq cm; both ends belong to it, `high` None means no upper end."""

    measure: str
    low: Decimal
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        return self.low <= value and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Code:
    """One procedure code.

    `global_days` is the fee schedule's own word: 000, 010, 090, ZZZ (follows its parent) or XXX.
    `multiple_procedure`, `bilateral`, `assistant`, `pctc` and `status` are its indicators. `parents`: the
    codes that an add-on may stand beside. `valid_from` and `valid_to` bound the dates of service, both
    inclusive.
    """

    number: str
    family: str
    label: str
    site_group: str
    band: Band | None
    global_days: str
    multiple_procedure: str
    bilateral: str
    assistant: str
    status: str
    pctc: str
    mue: int | None
    mai: int | None
    parents: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None

    @property
    def is_add_on(self) -> bool:
        return bool(self.parents)

    @property
    def is_evaluation(self) -> bool:
        return self.family in EVALUATION_FAMILIES

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


EVALUATION_FAMILIES = frozenset({"em-new", "em-est", "consult"})


@lru_cache(maxsize=4096)
def lookup(number: str) -> Code | None:
    """The code, whether or not it is still in use; None when the table does not know it."""
    return table().get(number)


def is_valid(number: str, on: date) -> bool:
    """True when the table knows the code and it may be used on that date of service."""
    code = lookup(number)
    return code is not None and code.is_valid_on(on)


def rounded(measure: Decimal) -> Decimal:
    """To a tenth, half up: how a measure is read before its band is chosen (rulebook section 3)."""
    return measure.quantize(_TENTH, ROUND_HALF_UP)


def in_band(family: str, site_group: str, measure: Decimal, on: date) -> Code | None:
    """The code of this family and site group whose band holds the measure, rounded to a tenth first.

    None when no band holds it (a complex closure of 1.0 cm has none).
    """
    value = rounded(measure)
    for code in _by_family().get((family, site_group), ()):
        if code.band is not None and code.band.holds(value) and code.is_valid_on(on):
            return code
    return None


@lru_cache(maxsize=1024)
def add_on_of(parent: str, family: str) -> Code | None:
    """The family's add-on that may stand beside `parent`; None when there is none."""
    return next((code for code in table().values() if code.family == family and parent in code.parents), None)


@lru_cache(maxsize=1)
def table() -> Mapping[str, Code]:
    """Every code of the table by number."""
    text = files("codes").joinpath("data/cpt.csv").read_text("utf-8")
    return {row["code"]: _code(row) for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=1)
def _by_family() -> Mapping[tuple[str, str], tuple[Code, ...]]:
    groups: dict[tuple[str, str], tuple[Code, ...]] = {}
    for code in table().values():
        key = (code.family, code.site_group)
        groups[key] = (*groups.get(key, ()), code)
    return groups


def _code(row: Mapping[str, str]) -> Code:
    return Code(
        number=row["code"],
        family=row["family"],
        label=row["label"],
        site_group=row["site_group"],
        band=_band(row),
        global_days=row["global"],
        multiple_procedure=row["multiple_procedure"],
        bilateral=row["bilateral"],
        assistant=row["assistant"],
        status=row["status"],
        pctc=row["pctc"],
        mue=int(row["mue"]) if row["mue"] else None,
        mai=int(row["mai"]) if row["mai"] else None,
        parents=tuple(row["parents"].split()),
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
    )


def _band(row: Mapping[str, str]) -> Band | None:
    if not row["low"]:
        return None
    return Band(row["measure"], Decimal(row["low"]), Decimal(row["high"]) if row["high"] else None)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
