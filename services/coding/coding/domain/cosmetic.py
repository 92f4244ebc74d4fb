"""What the patient wished for: never a payer's (rulebook 7.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coding.domain.completeness import missing
from coding.domain.findings import Flag, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.sites import Part
from coding.domain.visit import Visit

_WITHOUT_CODE = "COSMETIC-"
_PEEL = re.compile(r"\bpeel")
_FACIAL = frozenset({Part.FACE, Part.EYELID, Part.NOSE, Part.EAR, Part.LIP})
# (on the face, elsewhere), by depth.
_PEELS = {"epidermal": ("15788", "15792"), "dermal": ("15789", "15793")}


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """A line for the patient alone: the peel's own code when its depth is documented, else a plain word."""
    chosen = Chosen()
    for lesion in lesions:
        questions = missing(lesion, "problem_ref", "technique")
        if questions:
            chosen += Chosen(findings=questions)
            continue
        reason = because("COSMETIC", technique=lesion.procedure.technique)
        service = service_for(visit, _code(lesion), lesion.procedure.count or 1, [lesion], reason)
        says = "A cosmetic service is the patient's own; nothing goes to the payer."
        chosen += Chosen(self_pay=(service,), findings=(note(Flag.COSMETIC, says, lesion.procedure.path),))
    return chosen


def _code(lesion: Lesion) -> str:
    technique = (lesion.procedure.technique or "").lower()
    if _PEEL.search(technique) and lesion.sites:
        facial = {site.part in _FACIAL for site in lesion.sites}
        depth = next((word for word in _PEELS if re.search(rf"\b{word}\b", technique)), None)
        if depth is not None and len(facial) == 1:
            return _PEELS[depth][0 if facial.pop() else 1]
    words = re.findall(r"[a-z0-9]+", technique)
    return _WITHOUT_CODE + (words[-1].upper() if words else "SERVICE")
