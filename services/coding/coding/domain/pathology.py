"""The practice's own laboratory: tissue levels, stains, antibodies, immunofluorescence (rulebook 3.19)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from coding.domain.completeness import missing
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, service_for
from coding.domain.visit import Visit

_LEVELS: Mapping[str, str] = {"II": "88302", "III": "88304", "IV": "88305", "V": "88307", "VI": "88309"}
_ORGANISMS = re.compile(r"group i\b|group 1\b|gms|methenamine|\bpas\b|\bafb\b|acid-?\s?fast|fite|gram\b|organism")
_OTHERS = re.compile(r"group ii\b|group 2\b|giemsa|trichrome|elastic|mucin|alcian|iron|congo|colloidal|melanin|fontana")
_ANTIBODIES = re.compile(r"\bihc\b|immunohisto|immunoperoxid")
_SEVERAL_ON_ONE = re.compile(r"multiplex|cocktail|several on one")
_FLUORESCENCE = re.compile(r"\bd?if\b|immunofluor|fluorescen")
_FROZEN = re.compile(r"frozen")


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """A unit for each specimen, stain or antibody; the same code for the same diagnosis is one line."""
    services: list[Service] = []
    findings: tuple[Finding, ...] = _laboratory(visit)
    for lesion in lesions:
        made, asked = _one(visit, lesion)
        services += made
        findings += asked
    modifiers = {"professional": ("26",), "technical": ("TC",)}.get(visit.component or "", ())
    split = because("COMPONENT", component=visit.component)
    joined = [service.modified(*modifiers, reason=split) if modifiers else service for service in _joined(services)]
    return Chosen(tuple(joined), findings=findings)


def _laboratory(visit: Visit) -> tuple[Finding, ...]:
    """Who owns which part of the work decides 26 and TC, and the laboratory's certificate goes on the claim."""
    if not visit.clia_number_on_file:
        says = "Which CLIA number holds for this laboratory? Without it the claim is refused."
        return (ask(Flag.CLIA_REQUIRED, "clia_number_on_file", says),)
    return (note(Flag.CLIA_REQUIRED, "The laboratory's CLIA number goes on the claim."),)


def _one(visit: Visit, lesion: Lesion) -> tuple[list[Service], tuple[Finding, ...]]:
    procedure = lesion.procedure
    questions = missing(lesion, "problem_ref")
    if procedure.level is None and procedure.stain is None:
        says = "Which level was the tissue examined at, or which stain was made?"
        questions += (ask(Flag.MISSING_TECHNIQUE, f"{procedure.path}.level", says),)
    if questions:
        return [], questions
    units: list[tuple[str, int]] = []
    findings: tuple[Finding, ...] = ()
    if procedure.level is not None:
        units.append((_LEVELS[procedure.level], 1))
    if procedure.stain is not None:
        stained, findings = _stain(lesion)
        units += stained
    facts = {"level": procedure.level, "stain": procedure.stain, "antibodies": procedure.antibodies_single_stain}
    return [service_for(visit, code, n, [lesion], because("PATHOLOGY", **facts)) for code, n in units], findings


Stained = tuple[list[tuple[str, int]], tuple[Finding, ...]]


def _stain(lesion: Lesion) -> Stained:
    words = (lesion.procedure.stain or "").lower()
    for pattern, read in _STAINS:
        if pattern.search(words):
            return read(lesion)
    says = "Which stain: for organisms (group I), another special stain (group II), antibodies, or fluorescence?"
    return [], (ask(Flag.MISSING_TECHNIQUE, f"{lesion.procedure.path}.stain", says),)


def _per_block(code: str) -> Callable[[Lesion], Stained]:
    # A stain was made on one block at least; more must be documented.
    return lambda lesion: ([(code, lesion.procedure.blocks or 1)], ())


def _first_and_each(first: str, each: str) -> Callable[[Lesion], Stained]:
    def read(lesion: Lesion) -> Stained:
        count = lesion.procedure.antibodies_single_stain
        if count is None:
            says = "How many antibodies were stained one by one on this specimen?"
            return [], (ask(Flag.MISSING_COUNT, f"{lesion.procedure.path}.antibodies_single_stain", says),)
        return [(first, 1), (each, count - 1)][: min(count, 2)], ()

    return read


def _frozen(lesion: Lesion) -> Stained:
    blocks = lesion.procedure.blocks or 1
    return [("88331", 1), ("88332", blocks - 1)][: min(blocks, 2)], ()


_STAINS: tuple[tuple[re.Pattern[str], Callable[[Lesion], Stained]], ...] = (
    (_SEVERAL_ON_ONE, _per_block("88344")),
    (_ANTIBODIES, _first_and_each("88342", "88341")),
    (_FLUORESCENCE, _first_and_each("88346", "88350")),
    (_FROZEN, _frozen),
    (_ORGANISMS, _per_block("88312")),
    (_OTHERS, _per_block("88313")),
)


def _joined(services: Sequence[Service]) -> list[Service]:
    """Units of one code for one diagnosis stand together; other diagnoses are lines of their own."""
    joined: dict[tuple[str, tuple[str, ...]], Service] = {}
    for service in services:
        key = (service.cpt, service.dx)
        before = joined.get(key)
        joined[key] = service if before is None else _with(before, service)
    return list(joined.values())


def _with(one: Service, other: Service) -> Service:
    return replace(
        one,
        units=one.units + other.units,
        reasons=tuple(sorted({*one.reasons, *other.reasons}, key=lambda reason: reason.facts)),
        problems=one.problems | other.problems,
        lesions=one.lesions | other.lesions,
    )
