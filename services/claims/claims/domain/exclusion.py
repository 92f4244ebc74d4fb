"""Whether the clinician is excluded from the program that would pay (42 CFR 1001.1901; rulebook 13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from claims.domain.bill import Bill, Hold
from claims.domain.facts import MEDICAID, Facts

# What pays with federal money, by SBR09 (42 USC 1320a-7b(f)): Medicare and Medicare Advantage, Medicaid, TRICARE, VA.
PROGRAMS: Mapping[str, str] = {"MB": "medicare", "16": "medicare", "MC": MEDICAID, "CH": "tricare", "VA": "veterans"}


def excluded(bill: Bill, facts: Facts) -> Iterator[Hold]:
    """One hold for all lists that bar the clinician from the bill's program, in its state, on its day."""
    lists = [
        listed
        for heard in facts.exclusions
        if heard.npi == bill.rendering_npi
        for listed in heard.lists
        if bill.program and listed.bars(bill.program, bill.state, bill.on)
    ]
    if lists:
        named = ", ".join(f"{listed.list} since {listed.excluded_on}" for listed in lists)
        yield bill.hold("PROVIDER_EXCLUDED", f"Clinician {bill.rendering_npi} is excluded: {named}.")
