"""Medically unlikely edits: the most units of a code that one clinician may bill for a patient in a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache

from codes import cpt

# The quarter the values were published for; dates before it have no value here (rulebook section 0).
IN_FORCE_FROM = date(2024, 7, 1)


class Adjudication(IntEnum):
    """How hard the limit is: per line, absolute per day, or per day with an appeal (rulebook 4.4)."""

    LINE = 1
    ABSOLUTE = 2
    CLINICAL = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """`units` in a day; `edition` names the quarter that said so."""

    number: str
    units: int
    adjudication: Adjudication
    edition: str = cpt.EDITION


@lru_cache(maxsize=4096)
def limit(number: str, on: date) -> Limit | None:
    """The limit for the code on that date of service, or None when none is known.

    The newest edition held stays in force until a later one is loaded.
    """
    code = cpt.lookup(number)
    if code is None or code.mue is None or code.mai is None or on < IN_FORCE_FROM:
        return None
    return Limit(number, code.mue, Adjudication(code.mai))
