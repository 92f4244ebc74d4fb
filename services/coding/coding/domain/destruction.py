"""Destruction: keratoses, benign, vascular and malignant lesions (rulebook 3.8 to 3.11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from codes import cpt
from coding.domain import cosmetic, genital_destruction, notice
from coding.domain.completeness import missing, several_in_one
from coding.domain.diagnoses import UNCERTAIN, UNKNOWN_NATURE, mismatch, starts
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.necessity import Necessity, of_benign
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.sites import group_of
from coding.domain.visit import Visit

# From this many lesions on, one code stands for all of them.
MANY = 15
# Upper ends of the vascular bands, sq cm: below the first, up to the second, and above.
_SMALL_AREA, _LARGE_AREA = Decimal("10.0"), Decimal("50.0")


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """The lines of every destruction of the session."""
    chosen = Chosen()
    by_type: dict[str, list[Lesion]] = {lesion_type: [] for lesion_type in _BY_TYPE}
    for lesion in lesions:
        questions = missing(lesion, "problem_ref", "site", "lesion_type", "technique")
        if questions:
            chosen += Chosen(findings=questions)
        else:
            by_type[str(lesion.procedure.lesion_type)].append(lesion)
    for lesion_type, entries in by_type.items():
        if entries:
            chosen += _BY_TYPE[lesion_type](visit, entries)
    return chosen


def _supported(visit: Visit, lesions: Sequence[Lesion], family: str, code: str) -> tuple[Finding, ...]:
    """A question for every lesion whose diagnosis can never support the family."""
    questions: list[Finding] = []
    for lesion in lesions:
        dx = diagnosis_of(visit, lesion.procedure) or ""
        question = mismatch(family, code, dx, f"{lesion.procedure.path}.problem_ref")
        if question:
            questions.append(question)
    return tuple(questions)


def _premalignant(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    questions = tuple(q for lesion in lesions for q in missing(lesion, "count"))
    questions += _supported(visit, lesions, "destruction-premalignant", "17000")
    if questions:
        return Chosen(findings=questions)
    count = sum(lesion.procedure.count or 0 for lesion in lesions)
    reason = because("AK-COUNT", lesions=count)
    if count >= MANY:
        return Chosen((service_for(visit, "17004", 1, lesions, reason),))
    services = [service_for(visit, "17000", 1, lesions, reason)]
    if count > 1:
        services.append(service_for(visit, "17003", count - 1, lesions, reason))
    return Chosen(tuple(services))


def _benign(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    genital = [lesion for lesion in lesions if genital_destruction.has_own_code(lesion)]
    skin = [lesion for lesion in lesions if lesion not in genital]
    chosen = genital_destruction.choose(visit, genital)
    questions = tuple(q for lesion in skin for q in missing(lesion, "count"))
    questions += _supported(visit, skin, "destruction-benign", "17110")
    if questions:
        return chosen + Chosen(findings=questions)
    by_need: dict[Necessity, list[Lesion]] = {need: [] for need in Necessity}
    for lesion in skin:
        by_need[of_benign(lesion.procedure, diagnosis_of(visit, lesion.procedure) or "")].append(lesion)
    covered = by_need[Necessity.COVERED] + by_need[Necessity.SYMPTOMATIC]
    if notice.expects_denial(visit) and not covered:
        covered, by_need[Necessity.UNDOCUMENTED] = by_need[Necessity.UNDOCUMENTED], []
    chosen += Chosen(findings=_about_need(by_need))
    if covered:
        chosen += Chosen((_benign_line(visit, covered),))
    elif by_need[Necessity.COSMETIC] and not by_need[Necessity.UNDOCUMENTED]:
        chosen += Chosen(self_pay=(_benign_line(visit, by_need[Necessity.COSMETIC]),))
    return chosen


def _benign_line(visit: Visit, lesions: Sequence[Lesion]):
    count = sum(lesion.procedure.count or 0 for lesion in lesions)
    code = "17111" if count >= MANY else "17110"
    return service_for(visit, code, 1, lesions, because("BENIGN-COUNT", lesions=count))


def _about_need(by_need: Mapping[Necessity, Sequence[Lesion]]) -> tuple[Finding, ...]:
    says: dict[Necessity, Callable[[str], Finding]] = {
        Necessity.SYMPTOMATIC: lambda path: note(
            Flag.MED_NEC_DOC, "The symptoms must stand in the note of this visit.", path
        ),
        Necessity.UNDOCUMENTED: lambda path: ask(
            Flag.MED_NEC_DOC, path, "Did the lesions bleed, itch, hurt or grow, or was this the patient's wish?"
        ),
        # The patient is not charged for lesions that fall into a unit the payer covers (rulebook 7.1).
        Necessity.COSMETIC: lambda path: note(Flag.COSMETIC, "Without symptoms: not sent to the payer.", path),
    }
    return tuple(
        says[need](f"{lesion.procedure.path}.symptoms")
        for need, lesions in by_need.items()
        for lesion in lesions
        if need in says
    )


# Redness and spider veins: never the vascular codes, whatever was treated (rulebook 3.10 and 7.1).
_REDNESS = ("I78.1", "L71")


def _vascular(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    wished = [lesion for lesion in lesions if starts(diagnosis_of(visit, lesion.procedure) or "", _REDNESS)]
    lesions = [lesion for lesion in lesions if lesion not in wished]
    chosen = cosmetic.choose(visit, wished)
    return chosen + _malformations(visit, lesions) if lesions else chosen


def _malformations(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    questions = tuple(q for lesion in lesions for q in missing(lesion, "area_sq_cm"))
    questions += _supported(visit, lesions, "destruction-vascular", "17106")
    if questions:
        return Chosen(findings=questions)
    area = cpt.rounded(sum((lesion.procedure.area_sq_cm or Decimal(0) for lesion in lesions), Decimal(0)))
    code = "17106" if area < _SMALL_AREA else "17107" if area <= _LARGE_AREA else "17108"
    return Chosen((service_for(visit, code, 1, lesions, because("VASCULAR-AREA", area_sq_cm=area)),))


def _malignant(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    chosen = Chosen()
    for lesion in lesions:
        chosen += _one_malignant(visit, lesion)
    return chosen


def _one_malignant(visit: Visit, lesion: Lesion) -> Chosen:
    family, procedure = "destruction-malignant", lesion.procedure
    questions = missing(lesion, "diameter_cm") + several_in_one(lesion)
    dx = diagnosis_of(visit, procedure) or ""
    if starts(dx, (*UNKNOWN_NATURE, *UNCERTAIN)):
        path = f"{procedure.path}.pathology_icd10"
        questions += (ask(Flag.AWAIT_PATH, path, "What did the pathology report say?"),)
    group = group_of(family, lesion.sites)
    if group is None:
        questions += (ask(Flag.MISSING_SITE, f"{procedure.path}.site", "Which one place on the body?"),)
    if questions or procedure.diameter_cm is None or group is None:
        return Chosen(findings=questions)
    code = cpt.in_band(family, group, procedure.diameter_cm, visit.date)
    number = code.number if code else ""
    question = mismatch(family, number, dx, f"{procedure.path}.problem_ref")
    if question:
        return Chosen(findings=(question,))
    reason = because("MALIGNANT-DIAMETER", diameter_cm=procedure.diameter_cm, site_group=group)
    return Chosen((service_for(visit, number, 1, [lesion], reason),))


_BY_TYPE: Mapping[str, Callable[[Visit, Sequence[Lesion]], Chosen]] = {
    "premalignant": _premalignant,
    "benign": _benign,
    "vascular_proliferative": _vascular,
    "malignant": _malignant,
}
