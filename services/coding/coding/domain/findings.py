"""What the engine has to say besides lines: flags with stable ids, and questions to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from coding.domain.reasons import IN_FORCE_FROM


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


_COMPLETENESS = "rulebook 2, step 2"
# Where each flag's rule is written; BUNDLED stands for every BUNDLED:code.
SOURCES: Mapping[str, str] = {
    **{flag: _COMPLETENESS for flag in Flag if flag.startswith("MISSING_")},
    Flag.AWAIT_PATH: "rulebook 2, step 3",
    Flag.PROVISIONAL_DX: "rulebook 6",
    Flag.DX_UNSPECIFIED: "rulebook 6",
    Flag.DX_MISMATCH: "rulebook 6",
    Flag.EM_NOT_SEPARATE: "rulebook 5",
    Flag.MOD25_DOC: "rulebook 5",
    Flag.ASK_DISTINCT: "rulebook 4.1",
    Flag.SAME_LESION_ONE_UNIT: "rulebook 3.2",
    Flag.REPAIR_SUM: "rulebook 3.5",
    Flag.GLOBAL: "rulebook 4.5",
    Flag.NEW_PT_RULE: "rulebook 3.20",
    Flag.TIME_DOC: "rulebook 3.20",
    Flag.MUE_EXCEEDED: "rulebook 4.4",
    Flag.ADDON_NO_PRIMARY: "rulebook 4.3",
    Flag.DELETED_CODE: "rulebook 1",
    Flag.NO_CODE: "rulebook 2, step 4",
    Flag.MED_NEC_DOC: "rulebook 7.1",
    Flag.COSMETIC: "rulebook 7.1",
    Flag.ABN: "rulebook 7.2",
    Flag.PA_REQUIRED: "rulebook 7.4",
    Flag.PA_CHECK: "rulebook 7.4",
    Flag.NDC_REQUIRED: "rulebook 9.1",
    Flag.CLIA_REQUIRED: "rulebook 9.1",
    Flag.CONSULT_CROSSWALK: "rulebook 3.20",
    Flag.G2211_BLOCKED: "rulebook 3.20",
    Flag.MOHS_AUC_DOC: "rulebook 3.12",
    Flag.NO_PRIOR_PATH_DOC: "rulebook 3.12",
    "BUNDLED": "rulebook 2, step 5 and 4.1",
    "MISSING_CHARGE": "the practice's fee schedule",
    "CLAIM_LINES": "837P (005010X222A1), loop 2400",
    "CLAIM_DIAGNOSES": "837P (005010X222A1), HI of loop 2300",
    "CLAIM_POINTERS": "837P (005010X222A1), SV107 of loop 2400",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is a sentence to staff. `holds`: the visit waits until it is answered. `path` is the fact asked for."""

    flag: str
    says: str
    holds: bool
    path: str | None = None

    @property
    def source(self) -> str:
        """Where the flag's rule is written."""
        return SOURCES[self.flag.partition(":")[0]]

    @property
    def in_force_from(self) -> date:
        """The first date of service the flag's rule holds for."""
        return IN_FORCE_FROM


def ask(flag: Flag, path: str | None, says: str) -> Finding:
    """A question that holds the visit: the fact at `path` is not documented or does not fit."""
    return Finding(flag, says, True, path)


def note(flag: Flag | str, says: str, path: str | None = None) -> Finding:
    """Something staff should know; the visit goes on."""
    return Finding(flag, says, False, path)


def bundled(cpt: str, says: str) -> Finding:
    """`cpt` was considered and deliberately not billed."""
    return note(f"BUNDLED:{cpt}", says)
