"""What adjudication needs to know of procedure codes, however the tables are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Procedure:
    """One code's facts: relative values by place, multiple-procedure and bilateral indicators, units limit.

    `global_days` is 000, 010, 090, ZZZ or XXX; `mue_by_line` is MAI 1 (rulebook 4.4); `parents` are the codes
    one of which an add-on needs (rulebook 4.3).
    """

    code: str
    nonfacility_rvu: Decimal | None = None
    facility_rvu: Decimal | None = None
    multiple: str = "0"
    bilateral: str = "0"
    global_days: str = "XXX"
    mue: int | None = None
    mue_by_line: bool = False
    parents: frozenset[str] = frozenset()
    evaluation: bool = False
    new_patient: bool = False


Indicator = Literal[0, 1]


@dataclass(frozen=True, slots=True)
class Codebook:
    """`procedure(code, day)` and `pair(column1, column2, day)`: None when there is no such code or edit."""

    procedure: Callable[[str, date], Procedure | None]
    pair: Callable[[str, str, date], Indicator | None]
