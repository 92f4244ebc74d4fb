"""CLIA certificate number: two digits, a D, seven digits (rulebook 9.1)."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"^\d{2}D\d{7}$", re.ASCII)


def is_valid_clia(text: str) -> bool:
    """True for a well-formed certificate number."""
    return _SHAPE.match(text) is not None
