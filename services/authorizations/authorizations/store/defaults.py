"""The default rules, as the project ships them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files

from authorizations.domain.needed import About, Rule, Verdict
from authorizations.domain.plans import PlanType


@lru_cache(maxsize=1)
def default_rules() -> tuple[Rule, ...]:
    """What holds where the practice has no rule of its own: of services, then of referrals (rulebook 7.4)."""
    return (*_of_services(), *_of_referrals())


def _of_services() -> Iterator[Rule]:
    return (
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
        for row in _rows("default_rules.csv")
    )


def _of_referrals() -> Iterator[Rule]:
    return (
        Rule(
            id=row["id"],
            verdict=Verdict(row["verdict"]),
            codes=tuple(row["codes"].split()),
            says=row["says"],
            source=row["source"],
            about=About.REFERRAL,
            plan_types=tuple(PlanType(name) for name in row["plan_types"].split()),
        )
        for row in _rows("default_referral_rules.csv")
    )


def _rows(name: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(files("authorizations").joinpath(f"data/{name}").read_text("utf-8").splitlines())
