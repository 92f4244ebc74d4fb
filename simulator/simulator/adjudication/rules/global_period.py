"""Care that belongs to an earlier surgery: the payer remembers what it allowed (CO-97; rulebook 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from simulator.adjudication.case import Case, Denial, PriorLine
from simulator.adjudication.claim import Line

# Days after the surgery that its payment covers, and days before it. Rulebook 4.5: 000 covers the day alone, which
# the edits between codes of one day judge.
_AFTER = {"010": 10, "090": 90}
_BEFORE = {"010": 0, "090": 1}
_PROCEDURES = frozenset({"000", "010", "090"})
_STAGED_OR_UNRELATED = frozenset({"58", "78", "79"})
_UNRELATED_VISIT, _DECISION_FOR_SURGERY = "24", "57"


def find(case: Case) -> Iterator[Denial]:
    """Visits without 24 and procedures without 58, 78 or 79 inside the period of an allowed surgery of the group.

    The day before a 090 surgery belongs to it too, unless the visit decided for it (57). Tests (XXX) never do.
    """
    if not case.payer.global_periods:
        return
    surgeries = [one for one in _earlier(case) if one.allowed and case.procedure(one).global_days in _AFTER]
    for line in case.lines:
        found = next((one for one in surgeries if _belongs(case, line, one)), None)
        if found is not None:
            days = case.procedure(found).global_days
            reason = f"{line.cpt} within the {days} global period of {found.cpt}"
            yield Denial(line.number, "97", reason, remarks=("N525",))


def _earlier(case: Case) -> tuple[PriorLine, ...]:
    return tuple(one for one in case.history if one.billing_npi == case.claim.billing.npi)


def _belongs(case: Case, line: Line, surgery: PriorLine) -> bool:
    days = case.procedure(surgery).global_days
    if not _within(line.service_on, surgery.service_on, days):
        return False
    procedure, carried = case.procedure(line), set(line.modifiers)
    if procedure.evaluation:
        before = line.service_on < surgery.service_on
        return (_DECISION_FOR_SURGERY if before else _UNRELATED_VISIT) not in carried
    after = line.service_on > surgery.service_on
    return after and procedure.global_days in _PROCEDURES and not carried & _STAGED_OR_UNRELATED


def _within(day: date, surgery: date, global_days: str) -> bool:
    first = surgery - timedelta(days=_BEFORE[global_days])
    return day != surgery and first <= day <= surgery + timedelta(days=_AFTER[global_days])
