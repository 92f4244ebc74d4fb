"""The completeness gate (rulebook section 2, step 2): what must be documented before a code is chosen."""

from __future__ import annotations

from coding.domain.findings import Finding, Flag, ask
from coding.domain.service import Lesion

_ASKS: dict[str, tuple[Flag, str]] = {
    "problem_ref": (Flag.DX_MISMATCH, "Which problem was this procedure for?"),
    "site": (Flag.MISSING_SITE, "Where on the body, in words that name one place?"),
    "technique": (Flag.MISSING_TECHNIQUE, "By which technique?"),
    "lesion_type": (Flag.MISSING_TECHNIQUE, "What kind of lesion was treated?"),
    "complexity": (Flag.MISSING_TECHNIQUE, "Was the closure simple, intermediate or complex?"),
    "count": (Flag.MISSING_COUNT, "How many lesions?"),
    "diameter_cm": (Flag.MISSING_SIZE, "What was the lesion's diameter in cm before removal?"),
    "margin_cm": (Flag.MISSING_MARGIN, "What was the narrowest margin in cm, on one side?"),
    "length_cm": (Flag.MISSING_LENGTH, "How long was the closed wound in cm?"),
    "area_sq_cm": (Flag.MISSING_AREA, "What area in sq cm?"),
    "stages": (Flag.MISSING_STAGE, "How many stages, and how many blocks in each?"),
}


def missing(lesion: Lesion, *facts: str) -> tuple[Finding, ...]:
    """A question for each of these facts that the procedure lacks; a site must also be understood."""
    procedure = lesion.procedure
    found: list[Finding] = []
    for fact in facts:
        absent = getattr(procedure, fact) is None or (fact == "site" and lesion.sites is None)
        if absent:
            flag, question = _ASKS[fact]
            found.append(ask(flag, f"{procedure.path}.{fact}", question))
    return tuple(found)


def several_in_one(lesion: Lesion) -> tuple[Finding, ...]:
    """Measured families take one lesion at a time: a count above one leaves the others unmeasured."""
    count = lesion.procedure.count
    if count is None or count == 1:
        return ()
    path = f"{lesion.procedure.path}.count"
    return (ask(Flag.MISSING_SIZE, path, "What was each lesion's own size? Record each as its own procedure."),)
