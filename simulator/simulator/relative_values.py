"""Total relative values by code, 2025: the ground of the synthetic contract rates."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def relative_values() -> Mapping[str, tuple[Decimal, Decimal]]:
    """Code to (non-facility, facility) total relative value."""
    text = files("simulator").joinpath("data/relative_values.csv").read_text("utf-8")
    return {
        row["code"]: (Decimal(row["nonfacility"]), Decimal(row["facility"]))
        for row in csv.DictReader(text.splitlines())
    }
