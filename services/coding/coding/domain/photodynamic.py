"""Photodynamic therapy 96567, 96573 and 96574: one code a day, by who did it (rulebook 3.18)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.diagnoses import starts
from coding.domain.findings import Finding, Flag, ask, bundled
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.sites import read_sites, surely_apart
from coding.domain.visit import Kind, PayerType, Procedure, Visit

_KERATOSIS = ("L57.0",)
_BY_POLICY = ("C44", "D04")
_DEBRIDED = re.compile(r"curett|abra|debrid|scrap|shav")
_WORDS_FOR_NONE = frozenset({"none", "no", "not done"})
# From the most that one day may bill to the least.
_RANK = ("96574", "96573", "96567")


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """The day's one code. What the light treated is not counted as destroyed too."""
    questions = tuple(question for lesion in lesions for question in _questions(visit, lesion))
    if questions:
        return Chosen(findings=questions)
    codes = {_code(lesion.procedure) for lesion in lesions}
    code = next(one for one in _RANK if one in codes)
    billed = [lesion.procedure for lesion in lesions if _code(lesion.procedure) == code]
    debridement = ", ".join(sorted({procedure.debridement for procedure in billed if procedure.debridement}))
    reason = because("PDT", performed_by=billed[0].performed_by, debridement=debridement or None)
    treated = bundled("17004", "Lesions treated with light are not counted as destroyed too.")
    held = [bundled(other, "One code of photodynamic therapy a day.") for other in _RANK if other in codes - {code}]
    service = service_for(visit, code, 1, lesions, reason)
    return Chosen((service,), findings=(treated, *held, *_counted_twice(visit, lesions)))


def _questions(visit: Visit, lesion: Lesion) -> tuple[Finding, ...]:
    procedure = lesion.procedure
    questions = missing(lesion, "problem_ref")
    if procedure.performed_by is None:
        says = "Did the clinician apply the drug and give the light, or did staff?"
        questions += (ask(Flag.MISSING_TECHNIQUE, f"{procedure.path}.performed_by", says),)
    dx = diagnosis_of(visit, procedure)
    if dx is None or starts(dx, _KERATOSIS):
        return questions
    approved = visit.authorization is not None and visit.authorization.number
    if starts(dx, _BY_POLICY) and approved and visit.payer.type is not PayerType.MEDICARE:
        return questions
    says = f"Photodynamic therapy is for actinic keratosis; does this payer's policy take {dx}?"
    return (*questions, ask(Flag.DX_MISMATCH, f"{procedure.path}.problem_ref", says))


def _code(procedure: Procedure) -> str:
    if procedure.performed_by == "staff":
        return "96567"
    words = (procedure.debridement or "").lower().strip()
    return "96574" if _DEBRIDED.search(words) and words not in _WORDS_FOR_NONE else "96573"


def _counted_twice(visit: Visit, lesions: Sequence[Lesion]) -> tuple[Finding, ...]:
    """No edit joins light and destruction, so the engine itself asks when both may mean the same lesions."""
    destroyed = [
        procedure
        for procedure in visit.procedures
        if procedure.kind is Kind.DESTRUCTION and procedure.lesion_type == "premalignant"
    ]
    says = "Were the destroyed keratoses others than those treated with light, at another place?"
    return tuple(
        ask(Flag.ASK_DISTINCT, f"{procedure.path}.site", says)
        for procedure in destroyed
        if any(not _apart(procedure, lesion) for lesion in lesions)
    )


def _apart(procedure: Procedure, lesion: Lesion) -> bool:
    sites = read_sites(procedure.site)
    if not sites or not lesion.sites:
        return False
    return all(surely_apart(one, other) for one in sites for other in lesion.sites)
