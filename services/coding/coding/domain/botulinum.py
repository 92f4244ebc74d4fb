"""Toxin for hyperhidrosis 64650 and 64653 (rulebook 3.19)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.diagnoses import starts
from coding.domain.findings import Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.sites import Part
from coding.domain.visit import Visit

_FOCAL = ("L74.51",)
_BOTH_ARMPITS, _ELSEWHERE = "64650", "64653"


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """Both armpits are one unit; all other areas of a day are one."""
    chosen = Chosen()
    by_code: dict[str, list[Lesion]] = {}
    for lesion in lesions:
        questions = missing(lesion, "problem_ref", "site")
        path, dx = lesion.procedure.path, diagnosis_of(visit, lesion.procedure)
        if dx is not None and not starts(dx, _FOCAL):
            says = f"{dx} is not focal hyperhidrosis; which diagnosis was treated?"
            questions += (ask(Flag.DX_MISMATCH, f"{path}.problem_ref", says),)
        if questions:
            chosen += Chosen(findings=questions)
            continue
        for code in sorted({_code(site.part) for site in lesion.sites or ()}):
            by_code.setdefault(code, []).append(lesion)
    for code, treated in by_code.items():
        sites = ", ".join(sorted(str(lesion.procedure.site) for lesion in treated))
        service = service_for(visit, code, 1, treated, because("TOXIN", sites=sites))
        findings = [note(Flag.PA_CHECK, "Payers want a failed topical treatment and an authorization.")]
        if code == _BOTH_ARMPITS and _one_side_only(treated):
            says = "Only one armpit is recorded, where the code is for both; was the service reduced?"
            findings.append(ask(Flag.MISSING_SITE, f"{treated[0].procedure.path}.site", says))
        chosen += Chosen((service,), findings=tuple(findings))
    return chosen


def _code(part: Part) -> str:
    return _BOTH_ARMPITS if part is Part.AXILLA else _ELSEWHERE


def _one_side_only(lesions: Sequence[Lesion]) -> bool:
    sides = {site.side for lesion in lesions for site in lesion.sites or () if site.part is Part.AXILLA}
    return len(sides) == 1 and None not in sides
