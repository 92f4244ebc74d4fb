"""Provider taxonomy: the ten-character code of what a clinician is (rulebook 9.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SHAPE = re.compile(r"^[0-9A-Z]{9}X$")

# The specialties of a dermatology practice; labels are our own.
TABLE: Mapping[str, str] = {
    "207N00000X": "dermatology",
    "207ND0101X": "Mohs surgery",
    "207ND0900X": "dermatopathology",
    "207NI0002X": "dermatologic immunology",
    "207NP0225X": "paediatric dermatology",
    "207NS0135X": "procedural dermatology",
    "363L00000X": "nurse practitioner",
    "363A00000X": "physician assistant",
}


def is_taxonomy_shaped(code: str) -> bool:
    """True for nine letters or digits and a closing X."""
    return _SHAPE.match(code) is not None


def label_of(code: str) -> str | None:
    """Our label, or None when the table does not know the code."""
    return TABLE.get(code)
