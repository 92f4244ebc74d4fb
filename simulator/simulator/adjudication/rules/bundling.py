"""Services that are part of another on the same day (CO-97 or CO-236; rulebook 4.1 and 4.2)."""

from collections.abc import Iterator

from codes import modifiers
from simulator.adjudication.case import Case, Denial
from simulator.adjudication.claim import Line

_PROCEDURE_GLOBALS = frozenset({"000", "010", "090"})
_SEPARATE_VISIT = frozenset({"25", "57", "24"})


def find(case: Case) -> Iterator[Denial]:
    """The column 2 line is denied: always with indicator 0, with indicator 1 unless a modifier passes the edit."""
    for second in case.lines:
        first = next((line for line in case.lines if _bundles(case, line, second)), None)
        if first is not None:
            reason = f"{second.cpt} is part of {first.cpt} on the same day"
            yield Denial(second.number, case.payer.bundling_carc, reason, remarks=("M80",))
        elif _visit_without_25(case, second):
            reason = f"{second.cpt} with a procedure on the same day and no modifier 25"
            yield Denial(second.number, "97", reason, remarks=("M80",))


def _bundles(case: Case, first: Line, second: Line) -> bool:
    if first is second or first.service_on != second.service_on or first.rendering_npi != second.rendering_npi:
        return False
    indicator = case.codebook.pair(first.cpt, second.cpt, second.service_on)
    if indicator is None:
        return False
    return indicator == 0 or not _passes(case, first, second)


def _passes(case: Case, first: Line, second: Line) -> bool:
    carrying = set(second.modifiers)
    if case.payer.modifier_side == "either":
        carrying |= set(first.modifiers)
    known = (modifiers.lookup(code) for code in carrying)
    return any(one is not None and one.passes_ncci for one in known)


def _visit_without_25(case: Case, line: Line) -> bool:
    """New-patient visits have no NCCI edit with minor procedures; commercial payers ask for 25 all the same."""
    if not (case.payer.modifier_25_on_new_visits and case.procedure(line).new_patient):
        return False
    if _SEPARATE_VISIT & set(line.modifiers):
        return False
    return any(
        other.service_on == line.service_on and case.procedure(other).global_days in _PROCEDURE_GLOBALS
        for other in case.lines
    )
