"""Ultraviolet light 96900 to 96913 and excimer laser 96920 to 96922 (rulebook 3.18)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from codes import cpt
from coding.domain.completeness import missing
from coding.domain.diagnoses import starts
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.visit import PayerType, Visit

_PUVA = re.compile(r"puva|psoralen|photochemo")
_GOECKERMAN = re.compile(r"goeckerman")
_FOUR_TO_EIGHT_HOURS = re.compile(r"\b[4-8]\s*(?:-\s*8\s*)?h(?:ours?|rs?)?\b")
_ULTRAVIOLET = re.compile(r"uv-?\s?[ab]|ultraviolet|narrow-?\s?band|broad-?\s?band|actinotherapy")
_COATED = re.compile(r"petrolatum|petroleum|vaseline|\btar\b|ointment")
_PSORIASIS = ("L40",)
_SMALL, _LARGE = Decimal(250), Decimal(500)


def choose_ultraviolet(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One unit of each kind of light a day, whatever was treated by it."""
    chosen = Chosen()
    by_code: dict[str, list[Lesion]] = {}
    for lesion in lesions:
        questions = missing(lesion, "problem_ref", "technique")
        code = _ultraviolet(lesion.procedure.technique or "")
        if not questions and code is None:
            says = "Which light (UVA, UVB, PUVA), and with tar or petrolatum or without?"
            questions = (ask(Flag.MISSING_TECHNIQUE, f"{lesion.procedure.path}.technique", says),)
        chosen += Chosen(findings=questions)
        if not questions and code is not None:
            by_code.setdefault(code, []).append(lesion)
    for code, treated in by_code.items():
        reason = because("LIGHT", technique=", ".join(sorted({str(one.procedure.technique) for one in treated})))
        chosen += Chosen((service_for(visit, code, 1, treated, reason),), findings=_authorized(visit))
    return chosen


def _ultraviolet(technique: str) -> str | None:
    words = technique.lower()
    if _FOUR_TO_EIGHT_HOURS.search(words) and (_GOECKERMAN.search(words) or _PUVA.search(words)):
        return "96913"
    if _PUVA.search(words):
        return "96912"
    if _GOECKERMAN.search(words):
        return "96910"
    if not _ULTRAVIOLET.search(words):
        return None
    return "96910" if _COATED.search(words) else "96900"


def choose_excimer(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One line for the day's whole area."""
    questions = tuple(q for lesion in lesions for q in missing(lesion, "problem_ref", "area_sq_cm"))
    questions += tuple(q for lesion in lesions for q in _policy(visit, lesion))
    if questions:
        return Chosen(findings=questions)
    area = cpt.rounded(sum((lesion.procedure.area_sq_cm or Decimal(0) for lesion in lesions), Decimal(0)))
    code = "96920" if area < _SMALL else "96921" if area <= _LARGE else "96922"
    service = service_for(visit, code, 1, lesions, because("EXCIMER-AREA", area_sq_cm=area))
    return Chosen((service,), findings=_authorized(visit))


def _policy(visit: Visit, lesion: Lesion) -> tuple[Finding, ...]:
    """The codes are for psoriasis; another disease is a matter of the payer's policy, and never of Medicare's."""
    dx = diagnosis_of(visit, lesion.procedure)
    if dx is None or starts(dx, _PSORIASIS):
        return ()
    approved = visit.authorization is not None and visit.authorization.number
    if approved and visit.payer.type is not PayerType.MEDICARE:
        return ()
    says = f"Does this payer's policy take the excimer laser for {dx}? Its codes are for psoriasis."
    return (ask(Flag.DX_MISMATCH, f"{lesion.procedure.path}.problem_ref", says),)


def _authorized(visit: Visit) -> tuple[Finding, ...]:
    if visit.authorization is not None or visit.payer.type is not PayerType.COMMERCIAL:
        return ()
    return (note(Flag.PA_CHECK, "Commercial payers often want a course of light authorized.", "authorization"),)
