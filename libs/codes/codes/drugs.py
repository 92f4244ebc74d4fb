"""Drugs billed by HCPCS code: what one billing unit holds (HCPCS Level II, CMS; rulebook 3.16, 3.18 and 7.4)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Drug:
    """One billing unit is `unit_size` of `unit`: mg, unit (of activity) or stick."""

    code: str
    label: str
    unit_size: Decimal
    unit: str


def lookup(code: str) -> Drug | None:
    """The drug, or None when its billing unit is not known here."""
    return table().get(code.strip().upper())


@lru_cache(maxsize=1)
def table() -> Mapping[str, Drug]:
    """Every drug by code."""
    text = files("codes").joinpath("data/drugs.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: Drug(row["code"], row["label"], Decimal(row["unit_size"]), row["unit"]) for row in rows}
