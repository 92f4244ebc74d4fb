"""The code tables that the three payers share: `codes` for the facts, our own file for the relative values."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from codes import cpt, mue, ncci
from simulator.adjudication.codebook import Codebook, Indicator, Procedure
from simulator.relative_values import relative_values


@lru_cache(maxsize=2048)
def procedure(number: str, on: date) -> Procedure | None:
    """The facts of a code on that date of service, or None when the tables do not know it."""
    code = cpt.lookup(number)
    if code is None:
        return None
    nonfacility, facility = relative_values().get(number, (None, None))
    limit = mue.limit(number, on)
    return Procedure(
        number,
        nonfacility,
        facility,
        multiple=code.multiple_procedure,
        bilateral=code.bilateral,
        global_days=code.global_days,
        mue=None if limit is None else limit.units,
        mue_by_line=limit is not None and limit.adjudication is mue.Adjudication.LINE,
        parents=frozenset(code.parents),
        evaluation=code.is_evaluation,
        new_patient=code.family == "em-new",
    )


def pair(column1: str, column2: str, on: date) -> Indicator | None:
    """0 when no modifier can pass the edit, 1 when one can, None when there is no edit (rulebook 4.1)."""
    edit = ncci.edit(column1, column2, on)
    if edit is None:
        return None
    return 1 if edit.modifier_allowed else 0


CODEBOOK = Codebook(procedure, pair)
