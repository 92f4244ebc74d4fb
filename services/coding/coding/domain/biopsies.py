"""Biopsies: 11102 to 11107 by technique, after sites that have a code of their own (rulebook 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.diagnoses import UNCERTAIN, UNKNOWN_NATURE, starts
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, diagnosis_of, service_for
from coding.domain.site_biopsies import own_code, services_at_sites
from coding.domain.visit import Visit

# Incision before punch before tangential: the first lesion of the highest technique is the session's primary.
PRIMARY = {"incisional": "11106", "punch": "11104", "tangential": "11102"}
FURTHER = {"incisional": "11107", "punch": "11105", "tangential": "11103"}


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One primary for the session and an add-on for every further lesion; site-specific codes apart."""
    findings: list[Finding] = []
    at_sites: list[tuple[str, int, Lesion]] = []
    by_technique: dict[str, list[tuple[int, Lesion]]] = {technique: [] for technique in PRIMARY}
    for lesion in lesions:
        questions = missing(lesion, "problem_ref", "site", "count")
        code, doubts = own_code(lesion) if not questions else (None, ())
        if code is None and not doubts:
            questions += missing(lesion, "technique")
        count, about_count = _lesion_count(lesion)
        findings += (*questions, *doubts, *about_count, *_diagnosis(visit, lesion, code))
        if count is None or questions or any(doubt.holds for doubt in doubts):
            continue
        if code is not None:
            at_sites.append((code, count, lesion))
        else:
            by_technique[str(lesion.procedure.technique)].append((count, lesion))
    specific = services_at_sites(visit, at_sites)
    return specific + Chosen(tuple(_session(visit, by_technique)), findings=tuple(findings))


def _session(visit: Visit, by_technique: dict[str, list[tuple[int, Lesion]]]) -> list[Service]:
    services: list[Service] = []
    for technique, entries in by_technique.items():
        if not entries:
            continue
        count = sum(number for number, _ in entries)
        lesions = [lesion for _, lesion in entries]
        if not services:
            reason = because("BX-PRIMARY", technique=technique, lesions=count)
            services.append(service_for(visit, PRIMARY[technique], 1, lesions, reason))
            count -= 1
        if count:
            reason = because("BX-FURTHER", technique=technique, lesions=count)
            services.append(service_for(visit, FURTHER[technique], count, lesions, reason))
    return services


def _lesion_count(lesion: Lesion) -> tuple[int | None, tuple[Finding, ...]]:
    """How many lesions were sampled: the form counts lesions, unless it says that the samples are of one."""
    procedure = lesion.procedure
    if procedure.count is None or procedure.count == 1 or procedure.distinct_lesions is not False:
        return procedure.count, ()
    path = f"{procedure.path}.distinct_lesions"
    return 1, (note(Flag.SAME_LESION_ONE_UNIT, "Several samples of one lesion are one unit.", path),)


# Skin that D49.2 leaves to another code: red lip and genital skin (rulebook 6).
_UNKNOWN_NATURE_AT = {"40490": "D49.0", "54100": "D49.59", "56605": "D49.59"}


def _diagnosis(visit: Visit, lesion: Lesion, code: str | None) -> tuple[Finding, ...]:
    dx, procedure = diagnosis_of(visit, lesion.procedure), lesion.procedure
    if dx is None:
        return ()
    path = f"{procedure.path}.problem_ref"
    if starts(dx, UNCERTAIN) and procedure.pathology_icd10 is None:
        says = f"{dx} is a pathologist's finding; before the report use D49.2 or the sign. Which was documented?"
        return (ask(Flag.DX_MISMATCH, path, says),)
    better = _UNKNOWN_NATURE_AT.get(code or "")
    if dx == "D49.2" and better:
        return (ask(Flag.DX_MISMATCH, path, f"D49.2 does not include this site; was {better} meant?"),)
    if starts(dx, UNKNOWN_NATURE):
        return (note(Flag.PROVISIONAL_DX, f"{dx} stands until the pathology report is back.", path),)
    return ()
