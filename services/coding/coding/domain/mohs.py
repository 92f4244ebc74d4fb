"""Mohs surgery 17311 to 17315: first stage for each tumour, further stages, blocks past the fifth (rulebook 3.12)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.diagnoses import UNCERTAIN, UNKNOWN_NATURE, mismatch, starts
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.sites import Part
from coding.domain.visit import Visit

_BODY = frozenset({Part.TRUNK, Part.ARM, Part.LEG, Part.AXILLA})
_INCLUDED_BLOCKS = 5


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """The lines of each tumour."""
    chosen = Chosen()
    for lesion in lesions:
        chosen += _tumour(visit, lesion)
    return chosen


def _tumour(visit: Visit, lesion: Lesion) -> Chosen:
    questions = missing(lesion, "problem_ref", "site", "stages") + _unproven(visit, lesion)
    procedure, stages = lesion.procedure, lesion.procedure.stages or ()
    blocks = [count for count in stages if count is not None]
    if len(blocks) < len(stages):
        says = "How many blocks had each stage?"
        questions += (ask(Flag.MISSING_STAGE, f"{procedure.path}.stages", says),)
    bodily = {site.part in _BODY for site in lesion.sites or ()}
    if len(bodily) > 1:
        questions += (ask(Flag.MISSING_SITE, f"{procedure.path}.site", "Which one place on the body?"),)
    if questions:
        return Chosen(findings=questions)
    on_body = bodily == {True}
    first, further = ("17313", "17314") if on_body else ("17311", "17312")
    extra = sum(max(0, count - _INCLUDED_BLOCKS) for count in blocks)
    reason = because("MOHS-STAGES", stages=len(blocks), blocks=", ".join(map(str, blocks)), site=procedure.site)
    counted = ((first, 1), (further, len(blocks) - 1), ("17315", extra))
    services = tuple(service_for(visit, code, units, [lesion], reason) for code, units in counted if units)
    appropriate = note(Flag.MOHS_AUC_DOC, "Trunk or limb: the note must show why Mohs was appropriate.")
    return Chosen(services, findings=(appropriate,) if on_body else ())


def _unproven(visit: Visit, lesion: Lesion) -> tuple[Finding, ...]:
    dx = diagnosis_of(visit, lesion.procedure)
    if dx is None:
        return ()
    path = f"{lesion.procedure.path}.problem_ref"
    if starts(dx, (*UNKNOWN_NATURE, *UNCERTAIN)):
        return (ask(Flag.AWAIT_PATH, path, "Which cancer did the biopsy show?"),)
    question = mismatch("mohs", "17311", dx, path)
    return (question,) if question else ()
