"""Injection into lesions 11900 and 11901: lesions are counted, not needle sticks (rulebook 3.16)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.visit import Visit

_MOST_OF_FIRST = 7


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One line for the session."""
    questions = tuple(q for lesion in lesions for q in missing(lesion, "problem_ref", "site", "count"))
    if questions:
        return Chosen(findings=questions)
    count = sum(lesion.procedure.count or 0 for lesion in lesions)
    code = "11900" if count <= _MOST_OF_FIRST else "11901"
    return Chosen((service_for(visit, code, 1, lesions, because("INJECTED-COUNT", lesions=count)),))
