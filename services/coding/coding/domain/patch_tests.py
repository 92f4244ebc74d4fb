"""Patch, photopatch and photo tests 95044, 95052 and 95056 (rulebook 3.19)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.visit import Visit

_PHOTOPATCH = re.compile(r"photo-?\s?patch")
_PHOTO = re.compile(r"photo-?\s?test|phototest")
_ONCE = "95056"


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """A unit for each allergen; a photo test once. Reading visits are visits, not tests."""
    chosen = Chosen()
    by_code: dict[str, list[Lesion]] = {}
    for lesion in lesions:
        code = _code(lesion.procedure.technique or "")
        questions = missing(lesion, "problem_ref") + (() if code == _ONCE else missing(lesion, "count"))
        chosen += Chosen(findings=questions)
        if not questions:
            by_code.setdefault(code, []).append(lesion)
    for code, tested in by_code.items():
        count = 1 if code == _ONCE else sum(lesion.procedure.count or 0 for lesion in tested)
        chosen += Chosen((service_for(visit, code, count, tested, because("ALLERGENS", tests=count)),))
    return chosen


def _code(technique: str) -> str:
    words = technique.lower()
    if _PHOTOPATCH.search(words):
        return "95052"
    return _ONCE if _PHOTO.search(words) else "95044"
