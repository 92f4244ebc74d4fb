"""Excision 11400 to 11646: behaviour by the report, size by excised diameter, group by site (rulebook 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from codes import cpt
from coding.domain.completeness import missing, several_in_one
from coding.domain.diagnoses import UNKNOWN_NATURE, is_malignant, starts
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.necessity import Necessity, of_benign
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.sites import group_of
from coding.domain.visit import Procedure, Visit

# Lesions that other families remove: deep fat tumours by depth, tags whatever the method.
_ELSEWHERE = {
    "D17": (Flag.NO_CODE, "Was the fat tumour below the skin? Its code goes by depth, not by these bands."),
    "L91.8": (Flag.DX_MISMATCH, "Skin tags are counted, not excised by size; was another lesion meant?"),
}


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One line for each excised lesion."""
    chosen = Chosen()
    for lesion in lesions:
        chosen += _one(visit, lesion)
    return chosen


def excised_diameter(diameter_cm: Decimal, margin_cm: Decimal) -> Decimal:
    """Lesion plus the narrowest margin on both sides, in cm, to a tenth."""
    return cpt.rounded(diameter_cm + 2 * margin_cm)


def _one(visit: Visit, lesion: Lesion) -> Chosen:
    procedure = lesion.procedure
    questions = missing(lesion, "problem_ref", "site", "lesion_type", "diameter_cm", "margin_cm")
    questions += several_in_one(lesion) + _await_report(procedure)
    dx = procedure.pathology_icd10 or ""
    questions += _for_another_family(procedure, dx)
    family = "malignant-excision" if is_malignant(dx) else "benign-excision"
    group = group_of(family, lesion.sites)
    if lesion.sites is not None and group is None:
        path = f"{procedure.path}.site"
        questions += (ask(Flag.MISSING_SITE, path, "Which one place of skin? Mucosa has other codes."),)
    if questions or procedure.diameter_cm is None or procedure.margin_cm is None or group is None:
        return Chosen(findings=questions)
    size = excised_diameter(procedure.diameter_cm, procedure.margin_cm)
    code = cpt.in_band(family, group, size, visit.date)
    if code is None:
        return Chosen(findings=(ask(Flag.NO_CODE, procedure.path, "No excision code holds this size."),))
    reasons = (
        because("EXCISED-DIAMETER", lesion_cm=procedure.diameter_cm, margin_cm=procedure.margin_cm,
                excised_cm=size, site_group=group),
        because("BEHAVIOUR", pathology=dx),
    )  # fmt: skip
    service = service_for(visit, code.number, 1, [lesion], *reasons)
    findings = _about_behaviour(procedure, dx)
    if family == "malignant-excision" or procedure.lesion_type != "benign":
        return Chosen((service,), findings=findings)
    need = of_benign(procedure, dx)
    path = f"{procedure.path}.symptoms"
    if need is Necessity.COSMETIC:
        cosmetic = note(Flag.COSMETIC, "A benign lesion without symptoms: not sent to the payer.", path)
        return Chosen(self_pay=(service,), findings=(*findings, cosmetic))
    necessity = note(Flag.MED_NEC_DOC, "The note must say why the benign lesion had to go.", path)
    return Chosen((service,), findings=(*findings, necessity))


def _await_report(procedure: Procedure) -> tuple[Finding, ...]:
    """An excision waits for its report: the report decides between two families (rulebook 2, step 3)."""
    dx = procedure.pathology_icd10
    if dx is not None and not starts(dx, UNKNOWN_NATURE):
        return ()
    path = f"{procedure.path}.pathology_icd10"
    return (ask(Flag.AWAIT_PATH, path, "What did the pathology report say?"),)


def _for_another_family(procedure: Procedure, dx: str) -> tuple[Finding, ...]:
    path = f"{procedure.path}.pathology_icd10"
    found = tuple(ask(flag, path, says) for code, (flag, says) in _ELSEWHERE.items() if starts(dx, (code,)))
    if dx.startswith("C") and not is_malignant(dx):
        found += (ask(Flag.DX_MISMATCH, path, f"{dx} is not a skin cancer of these codes; which code fits?"),)
    return found


def _about_behaviour(procedure: Procedure, dx: str) -> tuple[Finding, ...]:
    if procedure.lesion_type == "uncertain" or is_malignant(dx) == (procedure.lesion_type == "malignant"):
        return ()
    says = f"Recorded as {procedure.lesion_type}, reported as {dx}: coded by the report."
    return (note(Flag.DX_MISMATCH, says, f"{procedure.path}.lesion_type"),)
