"""From the visit form (plain JSON values) to facts. What the form does not know is refused, by path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from codes import place_of_service
from coding.domain import form
from coding.domain.form import Form
from coding.domain.refusals import VisitUnreadable
from coding.domain.visit import (
    Authorization,
    Evaluation,
    GlobalPeriod,
    Kind,
    Notice,
    Patient,
    Payer,
    PayerType,
    Problem,
    Procedure,
    Telehealth,
    Visit,
)
from common.phi import Phi

MOST_PROCEDURES = 100
MOST_PROBLEMS = 50

_KIND, _PAYER, _PLACE = form.one_of(*Kind), form.one_of(*PayerType), form.one_of(*place_of_service.TABLE)
_KINDS = {str(kind): kind for kind in Kind}
_COMPONENT = form.one_of("global", "professional", "technical")
_SEX, _STANDING = form.one_of("F", "M", "U"), form.one_of("new", "established")
_MODE, _WHERE = form.one_of("audio_video", "audio_only"), form.one_of("home", "other")
_MDM = form.one_of("nurse_only", "straightforward", "low", "moderate", "high")
_GLOBAL_DAYS = form.one_of(0, 10, 90)
_NOTICE, _NOTICE_OPTION = form.one_of("mandatory", "voluntary"), form.one_of(1, 2, 3)
_LINK = {"problem_ref": form.word, "site": form.words}
_SAME = {"same_lesion_as_next": form.flag}
_LESION = {**_LINK, **_SAME, "count": form.count}
_TECHNIQUE = {"technique": form.words}

# Which facts each kind of procedure may have, and how each is read (the visit form's own table).
PROCEDURE_FACTS: Mapping[Kind, Mapping[str, form.Reader]] = {
    Kind.BIOPSY: {
        **_LESION,
        "technique": form.one_of("tangential", "punch", "incisional"),
        "distinct_lesions": form.flag,
        "mucosal": form.flag,
        "includes_lid_margin": form.flag,
        "prior_pathology_within_60_days": form.flag,
        "frozen_section_read_before_mohs": form.flag,
    },
    Kind.SHAVE_REMOVAL: {
        **_LESION, "diameter_cm": form.measure, "symptoms": form.listed, "pathology_icd10": form.diagnosis,
    },
    Kind.EXCISION: {
        **_LESION,
        "lesion_type": form.one_of("benign", "malignant", "uncertain"),
        "diameter_cm": form.measure,
        "margin_cm": form.measure_or_zero,
        "pathology_icd10": form.diagnosis,
        "staged_or_more_extensive": form.flag,
        "symptoms": form.listed,
    },
    Kind.REPAIR: {
        **_LINK,
        "complexity": form.one_of("simple", "intermediate", "complex"),
        "length_cm": form.measure,
        "complex_criteria": form.listed,
    },
    Kind.ATT: {
        **_LINK,
        "area_sq_cm": form.measure,
        "primary_defect_sq_cm": form.measure,
        "secondary_defect_sq_cm": form.measure,
    },
    Kind.GRAFT: {
        **_LINK,
        "graft_type": form.one_of("full_thickness", "split", "pinch", "skin_substitute"),
        "area_sq_cm": form.measure,
        "donor_closure": form.words,
    },
    Kind.DESTRUCTION: {
        **_LESION,
        **_TECHNIQUE,
        "lesion_type": form.one_of("premalignant", "benign", "malignant", "vascular_proliferative"),
        "diameter_cm": form.measure,
        "area_sq_cm": form.measure,
        "pathology_icd10": form.diagnosis,
        "symptoms": form.listed,
    },
    Kind.MOHS: {**_LINK, "stages": form.stages},
    Kind.SKIN_TAG_REMOVAL: {
        **_LESION, **_TECHNIQUE, "symptoms": form.listed, "patient_requests_medicare_denial": form.flag,
    },
    Kind.PARING: _LESION,
    Kind.INCISION_DRAINAGE: {**_LESION, "complicated": form.flag},
    Kind.INJECTION_INTRALESIONAL: _LESION,
    Kind.NAIL: {**_LESION, **_TECHNIQUE, "anesthesia": form.words},
    Kind.HIDRADENITIS_EXCISION: {**_LINK, "bilateral": form.flag, "complex_closure": form.flag},
    Kind.PHOTOTHERAPY: {**_LESION, **_TECHNIQUE, "area_sq_cm": form.measure, "performed_by": form.words},
    Kind.EXCIMER: {**_LESION, **_TECHNIQUE, "area_sq_cm": form.measure, "performed_by": form.words},
    Kind.PDT: {
        **_LESION, **_TECHNIQUE, "area_sq_cm": form.measure,
        "performed_by": form.one_of("physician", "staff"), "debridement": form.words,
    },
    Kind.PATCH_TEST: {**_LESION, **_TECHNIQUE},
    Kind.PATHOLOGY: {
        **_LINK,
        "level": form.one_of("II", "III", "IV", "V", "VI"),
        "specimen": form.words,
        "stain": form.words,
        "antibodies_single_stain": form.count,
        "blocks": form.count,
    },
    Kind.BOTULINUM_HYPERHIDROSIS: _LESION,
    Kind.DRUG: {
        **_LINK, "hcpcs": form.word, "dose_mg": form.measure, "dose_units": form.measure, "sticks": form.count,
        "vial_units": form.measure, "wasted_units": form.measure_or_zero, "package": form.words,
    },
    Kind.COSMETIC: {**_LESION, **_TECHNIQUE},
    Kind.SUTURE_REMOVAL: {**_LINK, "other_surgeon": form.flag, "under_anesthesia": form.flag},
}  # fmt: skip


def read_visit(document: Mapping[str, Any]) -> Visit:
    """The facts of one encounter, from the `encounter` object of the visit form.

    Raises VisitUnreadable naming every path that is wrong and what it may say instead. Values are not repeated
    in the sentences: a form's free text may speak of a person.
    """
    faults = form.Faults()
    visit = _visit(Form(document, "", faults))
    if faults.found or visit is None:
        raise VisitUnreadable(faults.found)
    _agree(visit, faults)
    if faults.found:
        raise VisitUnreadable(faults.found)
    return visit


def _visit(root: Form) -> Visit | None:
    root.knows(
        "date", "place_of_service", "component", "clia_number_on_file", "payer", "patient", "telehealth",
        "history", "global_periods", "authorization", "abn", "em", "problems", "procedures",
    )  # fmt: skip
    day = root.needs("date", form.day)
    place = root.needs("place_of_service", _PLACE)
    payer = _payer(root)
    history = root.child("history", "last_face_to_face_same_group_same_specialty")
    problems = tuple(_problem(item) for item in root.items("problems", MOST_PROBLEMS))
    procedures = tuple(
        _procedure(item, position) for position, item in enumerate(root.items("procedures", MOST_PROCEDURES))
    )
    facts = {
        "patient": _patient(root),
        "em": _evaluation(root),
        "telehealth": _telehealth(root),
        "component": root.may("component", _COMPONENT),
        "clia_number_on_file": root.may("clia_number_on_file", form.flag),
        "last_face_to_face": history and history.may("last_face_to_face_same_group_same_specialty", form.day),
        "global_periods": tuple(_global_period(item) for item in root.items("global_periods", 50)),
        "authorization": _authorization(root),
        "abn": _notice(root),
    }
    if root.faults.found:
        return None
    return Visit(
        date=day,
        place_of_service=place,
        payer=cast(Payer, payer),
        problems=cast(tuple[Problem, ...], problems),
        procedures=cast(tuple[Procedure, ...], procedures),
        **cast(dict[str, Any], facts),
    )


def _payer(root: Form) -> Payer | None:
    payer = root.child("payer", "type", "x_modifiers", "wants_51", "drug_waste_modifiers", required=True)
    if payer is None:
        return None
    kind = payer.needs("type", _PAYER)
    return kind and Payer(
        type=PayerType(kind),
        x_modifiers=bool(payer.may("x_modifiers", form.flag)),
        wants_51=bool(payer.may("wants_51", form.flag)),
        drug_waste_modifiers=payer.may("drug_waste_modifiers", form.flag),
    )


def _patient(root: Form) -> Patient | None:
    patient = root.child("patient", "age", "sex", "new_or_established", required=True)
    return patient and Patient(
        age=patient.may("age", form.age),
        sex=patient.may("sex", _SEX),
        new_or_established=patient.may("new_or_established", _STANDING),
    )


def _telehealth(root: Form) -> Telehealth | None:
    call = root.child("telehealth", "mode", "patient_location")
    return call and Telehealth(
        mode=call.needs("mode", _MODE),
        patient_location=call.needs("patient_location", _WHERE),
    )


def _evaluation(root: Form) -> Evaluation | None:
    flags = (
        "time_documented", "separately_identifiable", "decision_for_major_surgery", "unrelated_to_global",
        "consultation", "longitudinal_care",
    )  # fmt: skip
    em = root.child("em", "mdm", "minutes", "em_problem_refs", *flags)
    return em and Evaluation(
        mdm=em.may("mdm", _MDM),
        minutes=em.may("minutes", form.minutes),
        em_problem_refs=em.may("em_problem_refs", form.listed),
        **{name: em.may(name, form.flag) for name in flags},
    )


def _problem(item: Form) -> Problem | None:
    item.knows("ref", "icd10", "text")
    ref, icd10 = item.needs("ref", form.word), item.needs("icd10", form.diagnosis)
    return ref and icd10 and Problem(ref, icd10, Phi(item.may("text", form.free_text) or ""))


def _global_period(item: Form) -> GlobalPeriod | None:
    item.knows("cpt", "date", "days")
    cpt, day = item.needs("cpt", form.word), item.needs("date", form.day)
    days = item.needs("days", _GLOBAL_DAYS)
    return GlobalPeriod(cpt, day, days) if not item.faults.found else None


def _authorization(root: Form) -> Authorization | None:
    given = root.child("authorization", "required", "number")
    return given and Authorization(given.may("required", form.flag), given.may("number", form.word))


def _notice(root: Form) -> Notice | None:
    given = root.child("abn", "type", "signed", "option")
    return given and Notice(
        type=given.may("type", _NOTICE),
        signed=given.may("signed", form.flag),
        option=given.may("option", _NOTICE_OPTION),
    )


def _procedure(item: Form, position: int) -> Procedure | None:
    word = item.needs("kind", _KIND)
    if word is None:
        return None
    kind = _KINDS[word]
    readers = PROCEDURE_FACTS[kind]
    item.knows("kind", *readers)
    facts = {name: item.may(name, readers[name]) for name in item.content if name in readers}
    return Procedure(position=position, kind=kind, **facts)


def _agree(visit: Visit, faults: form.Faults) -> None:
    """Facts that contradict one another are the form's fault, not a question to a coder."""
    refs = [problem.ref for problem in visit.problems]
    for position, ref in enumerate(refs):
        if ref in refs[:position]:
            faults.add(f"problems[{position}].ref", "repeats an earlier problem's ref")
    for procedure in visit.procedures:
        if procedure.problem_ref is not None and procedure.problem_ref not in refs:
            faults.add(f"{procedure.path}.problem_ref", "names no problem of this visit")
        if procedure.same_lesion_as_next and procedure.position == len(visit.procedures) - 1:
            faults.add(f"{procedure.path}.same_lesion_as_next", "has no next procedure")
    for place, ref in enumerate((visit.em and visit.em.em_problem_refs) or ()):
        if ref not in refs:
            faults.add(f"em.em_problem_refs[{place}]", "names no problem of this visit")
    _agree_on_telehealth(visit, faults)


def _agree_on_telehealth(visit: Visit, faults: form.Faults) -> None:
    # POS 10 is the patient at home, 02 the patient elsewhere (rulebook 3.20 and 9.1).
    if visit.telehealth is None:
        if place_of_service.TABLE[visit.place_of_service].telehealth:
            faults.add("telehealth", "is needed when the place of service is 02 or 10")
        return
    expected = {"home": "10", "other": "02"}[visit.telehealth.patient_location]
    if visit.place_of_service != expected:
        faults.add("place_of_service", f"must be {expected} for where the patient was during the call")
    for procedure in visit.procedures:
        if procedure.kind is not Kind.PATHOLOGY:
            faults.add(f"{procedure.path}.kind", "cannot be done by telehealth")
