"""Visit forms: what a clinician documented, in the words of the coding service. Pure; every figure is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Facts = dict[str, Any]

# Problems the clinic follows at visits of their own: code and our words for them.
FOLLOWED: Sequence[tuple[str, str]] = (
    ("L40.0", "plaque psoriasis, topical therapy changed"),
    ("L70.0", "acne, treatment changed"),
    ("L20.89", "atopic dermatitis, flare"),
    ("L71.8", "papulopustular rosacea"),
    ("L50.1", "hives without a known cause"),
    ("L30.1", "dyshidrotic eczema of the hands"),
    ("L65.0", "telogen effluvium"),
)


def problem(ref: str, icd10: str, text: str) -> Facts:
    return {"ref": ref, "icd10": icd10, "text": text}


def evaluation(mdm: str, *refs: str, separate: bool = True) -> Facts:
    """An E/M. `separate` says that it went beyond the procedure of the day."""
    found: Facts = {
        "mdm": mdm,
        "minutes": None,
        "separately_identifiable": separate,
        "decision_for_major_surgery": False,
    }
    return found | ({"em_problem_refs": list(refs)} if refs else {})


def biopsy(ref: str, technique: str | None, site: str, count: int = 1) -> Facts:
    return {"kind": "biopsy", "technique": technique, "site": site, "count": count, "problem_ref": ref}


def freezing(ref: str, lesion_type: str, site: str, count: int | None, symptoms: Sequence[str] = ()) -> Facts:
    found: Facts = {
        "kind": "destruction",
        "lesion_type": lesion_type,
        "technique": "cryotherapy",
        "site": site,
        "count": count,
        "problem_ref": ref,
    }
    return found | ({"symptoms": list(symptoms)} if symptoms else {})


def curettage(ref: str, site: str, diameter_cm: float) -> Facts:
    return {
        "kind": "destruction",
        "lesion_type": "malignant",
        "technique": "curettage and electrodesiccation",
        "site": site,
        "count": 1,
        "diameter_cm": diameter_cm,
        "problem_ref": ref,
    }


def excision(
    ref: str, lesion_type: str, site: str, diameter_cm: float | None, margin_cm: float | None, pathology: str | None
) -> Facts:
    return {
        "kind": "excision",
        "lesion_type": lesion_type,
        "site": site,
        "diameter_cm": diameter_cm,
        "margin_cm": margin_cm,
        "pathology_icd10": pathology,
        "problem_ref": ref,
    }


def closure(ref: str, site: str, length_cm: float) -> Facts:
    return {
        "kind": "repair",
        "complexity": "intermediate",
        "site": site,
        "length_cm": length_cm,
        "problem_ref": ref,
    }


def shave(ref: str, site: str, diameter_cm: float) -> Facts:
    return {
        "kind": "shave_removal",
        "site": site,
        "count": 1,
        "diameter_cm": diameter_cm,
        "symptoms": ["irritation"],
        "problem_ref": ref,
    }


def tags(ref: str, count: int, symptoms: Sequence[str]) -> Facts:
    return {
        "kind": "skin_tag_removal",
        "technique": "scissor",
        "site": "neck and axillae",
        "count": count,
        "symptoms": list(symptoms),
        "problem_ref": ref,
    }


def visit(problems: Sequence[Facts], procedures: Sequence[Facts] = (), em: Facts | None = None, **more: Any) -> Facts:
    """What was documented; the day, the patient and the payer are put to it by `dated`."""
    return {"em": em, "telehealth": None, "problems": list(problems), "procedures": list(procedures), **more}


def dated(facts: Mapping[str, Any], *, day: str, age: int, sex: str, payer: Facts) -> Facts:
    """The whole form. A visit is of an established patient unless its facts say otherwise."""
    facts = dict(facts)
    new = facts.pop("new_or_established", "established")
    return {
        "date": day,
        "place_of_service": facts.pop("place_of_service", "11"),
        "payer": payer,
        "patient": {"age": age, "sex": sex, "new_or_established": new},
        **facts,
    }
