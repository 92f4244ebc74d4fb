"""The multiple-procedure reduction: the dearest in full, the others at half (rulebook 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from simulator.adjudication.case import Case
from simulator.adjudication.claim import Line
from simulator.adjudication.fee_schedule import cents, unit_rate

_REDUCED = "2"
_HALF = Decimal("0.5")


def reductions(case: Case, lines: Iterable[Line]) -> Mapping[int, Decimal]:
    """Dollars taken off each line number; lines that keep everything are not in the answer.

    Indicator 2 lines of one day and one clinician are ranked by the rate of a unit, then by line number; every
    unit but the first of the first line is paid at half. Add-ons and all other indicators are untouched.
    """
    days: dict[object, list[Line]] = {}
    for line in lines:
        if case.procedure(line).multiple == _REDUCED:
            days.setdefault((line.service_on, line.rendering_npi), []).append(line)
    found: dict[int, Decimal] = {}
    for group in days.values():
        ranked = sorted(group, key=lambda line: (-unit_rate(case, line), line.number))
        for place, line in enumerate(ranked):
            halved = line.units if place else max(line.units - 1, Decimal(0))
            reduction = cents(unit_rate(case, line) * halved * _HALF)
            if reduction:
                found[line.number] = reduction
    return found
