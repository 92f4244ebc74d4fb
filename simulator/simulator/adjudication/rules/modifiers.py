"""Modifiers that do not fit (CO-4): forbidden together, on the wrong kind of line, or not this payer's habit."""

from collections.abc import Iterator

from codes.modifiers import conflicts
from simulator.adjudication.case import Case, Denial
from simulator.adjudication.claim import Line

X_MODIFIERS = frozenset({"XE", "XS", "XP", "XU"})


def find(case: Case) -> Iterator[Denial]:
    for line in case.lines:
        complaint = _habit(case, line) or _conflict(case, line)
        if complaint:
            yield Denial(line.number, "4", complaint)


def _habit(case: Case, line: Line) -> str:
    present = set(line.modifiers)
    wanted = case.payer.distinct_modifiers
    if wanted == "X" and "59" in present:
        return "this payer takes XE, XS, XP or XU in place of 59"
    if wanted == "59" and present & X_MODIFIERS:
        return "this payer takes 59 in place of XE, XS, XP or XU"
    return ""


def _conflict(case: Case, line: Line) -> str:
    found = conflicts(line.modifiers, evaluation=case.procedure(line).evaluation)
    return found[0] if found else ""
