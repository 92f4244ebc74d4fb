"""Incision and drainage 10060 to 10140: simple and single, or complicated or several (rulebook 3.15)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.diagnoses import starts
from coding.domain.findings import Flag, ask
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.visit import Visit

_PILONIDAL = ("L05",)
_COLLECTION = ("L76.3", "M96.84", "S")
_ACNE = ("L70",)


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One line for all the abscesses of the session; a pilonidal cyst or a hematoma has its own code."""
    chosen = Chosen()
    abscesses: list[Lesion] = []
    for lesion in lesions:
        questions = missing(lesion, "problem_ref", "count")
        dx = diagnosis_of(visit, lesion.procedure) or ""
        if not questions and starts(dx, _ACNE):
            says = "Was an abscess drained, or were acne lesions opened?"
            questions = (ask(Flag.MISSING_TECHNIQUE, f"{lesion.procedure.path}.problem_ref", says),)
        if questions:
            chosen += Chosen(findings=questions)
        elif starts(dx, _PILONIDAL):
            chosen += _pilonidal(visit, lesion)
        elif starts(dx, _COLLECTION):
            reason = because("DRAINED", collections=lesion.procedure.count, kind="blood or fluid")
            chosen += Chosen((service_for(visit, "10140", lesion.procedure.count or 1, [lesion], reason),))
        else:
            abscesses.append(lesion)
    if abscesses:
        chosen += _abscesses(visit, abscesses)
    return chosen


def _pilonidal(visit: Visit, lesion: Lesion) -> Chosen:
    complicated = lesion.procedure.complicated is True
    code = "10081" if complicated else "10080"
    return Chosen((service_for(visit, code, 1, [lesion], because("DRAINED", complicated=complicated)),))


def _abscesses(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """What nobody called complicated is simple: not knowing never bills more."""
    count = sum(lesion.procedure.count or 0 for lesion in lesions)
    complicated = any(lesion.procedure.complicated for lesion in lesions)
    code = "10061" if complicated or count > 1 else "10060"
    return Chosen((service_for(visit, code, 1, lesions, because("DRAINED", abscesses=count, complicated=complicated)),))
