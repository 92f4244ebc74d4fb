"""Add-on services whose primary is not there or was denied (CO-107; rulebook 4.3)."""

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial


def find(case: Case) -> Iterator[Denial]:
    for line in case.lines:
        parents = case.procedure(line).parents
        if not parents:
            continue
        beside = {other.cpt for other in case.lines if other.service_on == line.service_on}
        before = {one.cpt for one in case.history if one.allowed and one.service_on == line.service_on}
        if not parents & (beside | before):
            yield Denial(line.number, "107", f"{line.cpt} without its primary service")
