"""The default rules, as the project ships them."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from authorizations.domain.needed import Rule, Verdict


@lru_cache(maxsize=1)
def default_rules() -> tuple[Rule, ...]:
    """What holds where the practice has no rule of its own; data/default_rules.csv, facts of rulebook 7.4."""
    text = files("authorizations").joinpath("data/default_rules.csv").read_text("utf-8")
    return tuple(
        Rule(
            id=row["id"],
            verdict=Verdict(row["verdict"]),
            codes=tuple(row["codes"].split()),
            says=row["says"],
            source=row["source"],
            places=tuple(row["places"].split()),
            units_above=int(row["units_above"]) if row["units_above"] else None,
            drug=bool(row["drug"]),
            renewal_days=int(row["renewal_days"]) if row["renewal_days"] else None,
        )
        for row in csv.DictReader(text.splitlines())
    )
