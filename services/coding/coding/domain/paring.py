"""Paring of corns and calluses 11055 to 11057 (rulebook 3.14)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.findings import Flag, ask
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.visit import PayerType, Visit

_SEVERAL, _MANY = 2, 5


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One line for all that were pared. Medicare's class findings have no word on the form, so they are asked."""
    questions = tuple(q for lesion in lesions for q in missing(lesion, "problem_ref", "site", "count"))
    if questions:
        return Chosen(findings=questions)
    count = sum(lesion.procedure.count or 0 for lesion in lesions)
    code = "11057" if count >= _MANY else "11056" if count >= _SEVERAL else "11055"
    service = service_for(visit, code, 1, lesions, because("PARING-COUNT", lesions=count))
    if visit.payer.type is not PayerType.MEDICARE:
        return Chosen((service,))
    says = "Medicare pays foot care only with a systemic disease and class findings; are they documented?"
    return Chosen((service,), findings=(ask(Flag.MED_NEC_DOC, lesions[0].procedure.path, says),))
