"""Claims that another payer has to answer first (CO-22), or that do not say what it answered (CO-16; rulebook 9.5)."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial


def find(case: Case) -> Iterator[Denial]:
    later = case.claim.responsibility != "P"
    for line in case.lines:
        if later and case.claim.earlier is None:
            yield Denial(line.number, "16", "no payment of the payer before is on the claim", remarks=("MA04",))
        elif case.member.other_payer_first and not later:
            yield Denial(line.number, "22", "another coverage of the member comes first")
