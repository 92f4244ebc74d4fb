"""Units above the medically unlikely edit (CO-151; rulebook 4.4)."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from simulator.adjudication.case import Case, Denial

Day = tuple[str, date, str]


def find(case: Case) -> Iterator[Denial]:
    """By line for MAI 1; else over the day with what was allowed before, later lines losing first."""
    if not case.payer.checks_units:
        return
    used: Counter[Day] = Counter()
    for prior in case.history:
        if prior.allowed:
            _add(used, (prior.cpt, prior.service_on, prior.rendering_npi), prior.units)
    for line in case.lines:
        procedure = case.procedure(line)
        if procedure.mue is None:
            continue
        day = (line.cpt, line.service_on, line.rendering_npi)
        before = 0 if procedure.mue_by_line else used[day]
        if before + line.units > procedure.mue:
            reason = f"more than {procedure.mue} units of {line.cpt} in a day"
            yield Denial(line.number, "151", reason, remarks=("N362",))
        else:
            _add(used, day, line.units)


def _add(used: Counter[Day], day: Day, units: Decimal) -> None:
    # Fractions of a unit count as a whole one: an edit is a whole number.
    used[day] += int(units.to_integral_value(rounding="ROUND_CEILING"))
