"""NCCI procedure-to-procedure edits between dermatology codes: which of two codes contains the other.

The pairs are the facts of rulebook 4.2, 3.5 and 3.18 (CMS practitioner edits of 2024Q3); data/ncci.csv keeps
them as ranges. Column 1 is paid and column 2 is not, unless the indicator and the facts allow a modifier. A
practice that holds the CMS licence loads the whole table over this one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from codes import cpt

# The quarter of the edits; dates of service before it have none here.
EDITION = "2024Q3"
IN_FORCE_FROM = date(2024, 7, 1)


@dataclass(frozen=True, slots=True)
class Edit:
    """`column1` contains `column2`. With `modifier_allowed`, a modifier on column 2 passes if facts prove it.

    `deleted_on` is the last day the edit is active, inclusive (rulebook 4.1).
    """

    column1: str
    column2: str
    modifier_allowed: bool
    effective: date = IN_FORCE_FROM
    deleted_on: date | None = None
    edition: str = EDITION

    def is_active_on(self, day: date) -> bool:
        return self.effective <= day and (self.deleted_on is None or day <= self.deleted_on)


def edit(column1: str, column2: str, on: date) -> Edit | None:
    """The edit in force on that date of service with these codes in these columns, or None.

    Direction matters: ask both ways round for an unordered pair.
    """
    found = table().get((column1, column2))
    return found if found is not None and found.is_active_on(on) else None


@lru_cache(maxsize=1)
def table() -> Mapping[tuple[str, str], Edit]:
    """Every edit by (column 1, column 2)."""
    edits: dict[tuple[str, str], Edit] = {}
    text = files("codes").joinpath("data/ncci.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        for column1, column2 in _pairs(row["column1"], row["column2"]):
            edits.setdefault((column1, column2), Edit(column1, column2, row["indicator"] == "1"))
    return edits


def _pairs(left: str, right: str) -> Iterator[tuple[str, str]]:
    if left.startswith("@bands:"):
        yield from _bands(left.removeprefix("@bands:"))
        return
    for column1 in _expand(left):
        for column2 in _expand(right):
            if column1 != column2:
                yield column1, column2


def _expand(words: str) -> Iterator[str]:
    for word in words.split():
        if word.startswith("@global:"):
            days = word.removeprefix("@global:")
            yield from (code.number for code in cpt.table().values() if code.global_days == days)
        elif "-" in word:
            low, high = word.split("-")
            yield from (number for number in cpt.table() if low <= number <= high and len(number) == 5)
        else:
            yield word


def _bands(family: str) -> Iterator[tuple[str, str]]:
    """Within one class and site group every longer closure contains every shorter one: lengths are summed."""
    codes = [code for code in cpt.table().values() if code.family == family and code.band is not None]
    for longer in codes:
        for shorter in codes:
            same_group = longer.site_group == shorter.site_group
            if same_group and longer.band and shorter.band and shorter.band.low < longer.band.low:
                yield longer.number, shorter.number
