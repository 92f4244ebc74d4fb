"""Shave removal 11300 to 11313: lesion diameter and site group, a line each (rulebook 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from codes import cpt
from coding.domain.completeness import missing, several_in_one
from coding.domain.diagnoses import mismatch
from coding.domain.findings import Flag, ask, note
from coding.domain.necessity import Necessity, of_benign
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.sites import group_of
from coding.domain.visit import Visit

FAMILY = "shave-removal"


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One line for each lesion shaved off."""
    chosen = Chosen()
    for lesion in lesions:
        chosen += _one(visit, lesion)
    return chosen


def _one(visit: Visit, lesion: Lesion) -> Chosen:
    procedure = lesion.procedure
    questions = missing(lesion, "problem_ref", "site", "diameter_cm") + several_in_one(lesion)
    group = group_of(FAMILY, lesion.sites)
    if lesion.sites is not None and group is None:
        questions += (ask(Flag.MISSING_SITE, f"{procedure.path}.site", "Which one place on the body?"),)
    if questions or procedure.diameter_cm is None or group is None:
        return Chosen(findings=questions)
    code = cpt.in_band(FAMILY, group, procedure.diameter_cm, visit.date)
    dx = diagnosis_of(visit, procedure) or ""
    number = code.number if code else ""
    question = mismatch(FAMILY, number, dx, f"{procedure.path}.problem_ref")
    if question:
        return Chosen(findings=(question,))
    reason = because("SHAVE-DIAMETER", diameter_cm=procedure.diameter_cm, site_group=group)
    service = service_for(visit, number, 1, [lesion], reason)
    path = f"{procedure.path}.symptoms"
    need = of_benign(procedure, dx)
    if need is Necessity.COSMETIC:
        cosmetic = note(Flag.COSMETIC, "A lesion without symptoms: not sent to the payer.", path)
        return Chosen(self_pay=(service,), findings=(cosmetic,))
    return Chosen((service,), findings=(note(Flag.MED_NEC_DOC, "The note must say why it had to go.", path),))
