"""Medical or cosmetic: what a benign lesion's record must show (rulebook 7.1)."""

from __future__ import annotations

from enum import StrEnum

from coding.domain.diagnoses import starts
from coding.domain.visit import Procedure

# Covered as they stand: viral and transmissible lesions, and keratoses coded as inflamed.
_COVERED = ("B07", "B08.1", "A63.0", "L82.0")


class Necessity(StrEnum):
    COVERED = "covered"
    SYMPTOMATIC = "symptomatic"
    COSMETIC = "cosmetic"
    UNDOCUMENTED = "undocumented"


def of_benign(procedure: Procedure, dx: str) -> Necessity:
    """Whether the record makes the removal of this benign lesion medical.

    An empty list of symptoms says that there were none; None says that nobody wrote it down.
    """
    if procedure.symptoms:
        return Necessity.SYMPTOMATIC
    if starts(dx, _COVERED):
        return Necessity.COVERED
    return Necessity.UNDOCUMENTED if procedure.symptoms is None else Necessity.COSMETIC
