"""Nails: trimming, debridement, avulsion, matrix removal and the rest, digit by digit (rulebook 3.17)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from coding.domain.completeness import missing
from coding.domain.diagnoses import starts
from coding.domain.digits import digit
from coding.domain.findings import Finding, Flag, ask, bundled
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, diagnosis_of, service_for
from coding.domain.visit import PayerType, Visit

_TRIM, _DEBRIDE, _AVULSE = "trim", "debride", "avulse"
# The first word of a technique that a row knows decides it; rows stand from the narrowest to the widest.
_TECHNIQUES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"matri|permanent|phenol"), "11750"),
    (re.compile(r"biops"), "11755"),
    (re.compile(r"wedge"), "11765"),
    (re.compile(r"subungual|evacuat|h(a)?ematoma"), "11740"),
    (re.compile(r"reconstruct|graft"), "11762"),
    (re.compile(r"bed repair|repair"), "11760"),
    (re.compile(r"avuls"), _AVULSE),
    (re.compile(r"debrid"), _DEBRIDE),
    (re.compile(r"trim|clip"), _TRIM),
)
_DYSTROPHIC = ("B35.1", "L60.2", "L60.3", "Q84.5")
_SIX = 6
_BLOCK = "64450"


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """Trimming and debridement are one line a session; everything else is a line for each digit."""
    chosen = Chosen()
    by_act: dict[str, list[Lesion]] = {}
    for lesion in lesions:
        questions = missing(lesion, "problem_ref", "technique")
        act = _act(lesion)
        if not questions and act is None:
            says = "Which nail procedure: trimming, debridement, avulsion, permanent removal, biopsy or repair?"
            questions = (ask(Flag.MISSING_TECHNIQUE, f"{lesion.procedure.path}.technique", says),)
        chosen += Chosen(findings=(*questions, *_block(lesion)))
        if not questions and act is not None:
            by_act.setdefault(act, []).append(lesion)
    for act, entries in by_act.items():
        chosen += _SESSION[act](visit, entries) if act in _SESSION else _by_digit(visit, act, entries)
    return chosen


def _act(lesion: Lesion) -> str | None:
    words = (lesion.procedure.technique or "").lower()
    return next((act for pattern, act in _TECHNIQUES if pattern.search(words)), None)


def _block(lesion: Lesion) -> tuple[Finding, ...]:
    if "block" not in (lesion.procedure.anesthesia or "").lower():
        return ()
    return (bundled(_BLOCK, "The operator's own digital block is part of the nail procedure."),)


def _counted(lesions: Sequence[Lesion]) -> tuple[int, tuple[Finding, ...]]:
    questions = tuple(question for lesion in lesions for question in missing(lesion, "count"))
    return sum(lesion.procedure.count or 0 for lesion in lesions), questions


def _debridement(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    count, questions = _counted(lesions)
    if questions:
        return Chosen(findings=questions)
    code = "11721" if count >= _SIX else "11720"
    return _foot_care(visit, service_for(visit, code, 1, lesions, because("NAILS-DEBRIDED", nails=count)), lesions)


def _trimming(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """Dystrophic nails have a code of their own; the note or the diagnosis must say which they were."""
    kinds = {_is_dystrophic(visit, lesion) for lesion in lesions}
    if len(kinds) > 1 or None in kinds:
        says = "Were the trimmed nails dystrophic or not?"
        return Chosen(findings=(ask(Flag.MISSING_TECHNIQUE, f"{lesions[0].procedure.path}.technique", says),))
    dystrophic = kinds.pop()
    reason = because("NAILS-TRIMMED", dystrophic=dystrophic)
    return _foot_care(visit, service_for(visit, "G0127" if dystrophic else "11719", 1, lesions, reason), lesions)


def _is_dystrophic(visit: Visit, lesion: Lesion) -> bool | None:
    words = (lesion.procedure.technique or "").lower()
    if re.search(r"non-?\s?dystrophic|not dystrophic|healthy|normal", words):
        return False
    if "dystrophic" in words or starts(diagnosis_of(visit, lesion.procedure) or "", _DYSTROPHIC):
        return True
    return None


def _foot_care(visit: Visit, service: Service, lesions: Sequence[Lesion]) -> Chosen:
    if visit.payer.type is not PayerType.MEDICARE:
        return Chosen((service,))
    says = "Medicare pays foot care only with a systemic disease and class findings; are they documented?"
    return Chosen((service,), findings=(ask(Flag.MED_NEC_DOC, lesions[0].procedure.path, says),))


_SESSION = {_TRIM: _trimming, _DEBRIDE: _debridement}
_FURTHER: Mapping[str, tuple[str, str]] = {_AVULSE: ("11730", "11732")}


def _by_digit(visit: Visit, act: str, lesions: Sequence[Lesion]) -> Chosen:
    """A line for each digit with its modifier; an avulsed plate after the first is the add-on."""
    placed: list[tuple[str, Lesion]] = []
    questions: tuple[Finding, ...] = ()
    for lesion in lesions:
        digits, asked = _digits(lesion)
        placed += [(one, lesion) for one in digits]
        questions += asked
    if questions:
        return Chosen(findings=questions)
    # The first nail is the one the clinician's problem list names first, so that the form's order says nothing.
    placed.sort(key=lambda pair: (visit.problem_order(str(pair[1].procedure.problem_ref)), _DIGIT_ORDER.index(pair[0])))
    first, further = _FURTHER.get(act, (act, act))
    services = [
        replace(
            service_for(visit, first if place == 0 else further, 1, [lesion], because("NAIL-DIGIT", digit=one)),
            modifiers=frozenset({one}),
        )
        for place, (one, lesion) in enumerate(placed)
    ]
    return Chosen(tuple(services))


_DIGIT_ORDER = (
    "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8",
    "T9",
)  # fmt: skip


def _digits(lesion: Lesion) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The digits treated: one for each place named, both sides when the site says so; else a question."""
    questions = missing(lesion, "site")
    if questions:
        return (), questions
    sites = lesion.sites or ()
    if re.search(r"\b(both|bilateral)\b", (lesion.procedure.site or "").lower()) and len(sites) == 1:
        sites = (replace(sites[0], side="left"), replace(sites[0], side="right"))
    digits = [digit(site) for site in sites]
    named = tuple(dict.fromkeys(one for one in digits if one))
    if None in digits or len(named) != (lesion.procedure.count or len(named)):
        says = "Which finger or toe on which side, one for each nail that was treated?"
        return (), (ask(Flag.MISSING_SITE, f"{lesion.procedure.path}.site", says),)
    return named, ()
