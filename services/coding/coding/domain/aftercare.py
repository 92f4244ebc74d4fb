"""Suture removal: aftercare of one's own surgery, or work of its own (rulebook 3.19 and 4.5)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain import global_periods
from coding.domain.completeness import missing
from coding.domain.findings import Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.visit import Visit

AFTERCARE = "99024"


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """Sutures of one's own surgery are 99024 without charge; another surgeon's go with the visit."""
    chosen = Chosen()
    for lesion in lesions[:1]:
        questions = missing(lesion, "problem_ref")
        chosen += Chosen(findings=questions) if questions else _one(visit, lesion)
    return chosen


def _one(visit: Visit, lesion: Lesion) -> Chosen:
    procedure = lesion.procedure
    running = global_periods.running(visit)
    if running and not procedure.other_surgeon:
        reason = because("AFTERCARE", surgery=running[0].cpt, surgery_date=running[0].date)
        says = f"Aftercare of {running[0].cpt} is included in it."
        return Chosen((service_for(visit, AFTERCARE, 1, [lesion], reason),), findings=(note(Flag.GLOBAL, says),))
    reason = because("SUTURES", other_surgeon=procedure.other_surgeon)
    if procedure.under_anesthesia:
        return Chosen((service_for(visit, "15851", 1, [lesion], reason),))
    if procedure.other_surgeon:
        return Chosen((service_for(visit, "15853", 1, [lesion], reason),))
    says = "Whose sutures were these, and when was that surgery?"
    return Chosen(findings=(ask(Flag.GLOBAL, f"{procedure.path}.other_surgeon", says),))
