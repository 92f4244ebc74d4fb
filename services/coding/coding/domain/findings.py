"""What the engine has to say besides lines: flags with stable ids, and questions to a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """The stable ids of rulebook section 2 that this engine raises."""

    MISSING_SIZE = "MISSING_SIZE"
    MISSING_MARGIN = "MISSING_MARGIN"
    MISSING_LENGTH = "MISSING_LENGTH"
    MISSING_AREA = "MISSING_AREA"
    MISSING_SITE = "MISSING_SITE"
    MISSING_TECHNIQUE = "MISSING_TECHNIQUE"
    MISSING_COUNT = "MISSING_COUNT"
    MISSING_STAGE = "MISSING_STAGE"
    AWAIT_PATH = "AWAIT_PATH"
    PROVISIONAL_DX = "PROVISIONAL_DX"
    DX_UNSPECIFIED = "DX_UNSPECIFIED"
    DX_MISMATCH = "DX_MISMATCH"
    EM_NOT_SEPARATE = "EM_NOT_SEPARATE"
    MOD25_DOC = "MOD25_DOC"
    ASK_DISTINCT = "ASK_DISTINCT"
    SAME_LESION_ONE_UNIT = "SAME_LESION_ONE_UNIT"
    REPAIR_SUM = "REPAIR_SUM"
    GLOBAL = "GLOBAL"
    NEW_PT_RULE = "NEW_PT_RULE"
    TIME_DOC = "TIME_DOC"
    MUE_EXCEEDED = "MUE_EXCEEDED"
    ADDON_NO_PRIMARY = "ADDON_NO_PRIMARY"
    DELETED_CODE = "DELETED_CODE"
    NO_CODE = "NO_CODE"
    MED_NEC_DOC = "MED_NEC_DOC"
    COSMETIC = "COSMETIC"
    ABN = "ABN"
    PA_REQUIRED = "PA_REQUIRED"
    PA_CHECK = "PA_CHECK"
    NDC_REQUIRED = "NDC_REQUIRED"
    CLIA_REQUIRED = "CLIA_REQUIRED"
    CONSULT_CROSSWALK = "CONSULT_CROSSWALK"
    G2211_BLOCKED = "G2211_BLOCKED"
    MOHS_AUC_DOC = "MOHS_AUC_DOC"
    NO_PRIOR_PATH_DOC = "NO_PRIOR_PATH_DOC"


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is a sentence to staff. `holds`: the visit waits until it is answered. `path` is the fact asked for."""

    flag: str
    says: str
    holds: bool
    path: str | None = None


def ask(flag: Flag, path: str | None, says: str) -> Finding:
    """A question that holds the visit: the fact at `path` is not documented or does not fit."""
    return Finding(flag, says, True, path)


def note(flag: Flag | str, says: str, path: str | None = None) -> Finding:
    """Something staff should know; the visit goes on."""
    return Finding(flag, says, False, path)


def bundled(cpt: str, says: str) -> Finding:
    """`cpt` was considered and deliberately not billed."""
    return note(f"BUNDLED:{cpt}", says)
