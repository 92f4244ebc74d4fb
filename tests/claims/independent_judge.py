"""What an independent validator of X12 (pyx12) and our own say of a file."""

from __future__ import annotations

import io
import logging
from importlib.resources import files

import pyx12.params
import pyx12.x12n_document

import x12

MAPS = str(files("pyx12") / "map")
LOGGER = logging.getLogger("pyx12")


def complaints(file: bytes) -> str:
    """What they object to; empty when both accept."""
    report = io.StringIO()
    before = LOGGER.level
    # It logs element values at ERROR.
    LOGGER.setLevel(logging.CRITICAL + 1)
    try:
        accepted = pyx12.x12n_document.x12n_document(
            pyx12.params.ParamsBase(), io.StringIO(file.decode()), None, None, fd_json=report, map_path=MAPS
        )
    finally:
        LOGGER.setLevel(before)
    ours = " ".join(finding.message for finding in x12.validate(file) if finding.severity == "error")
    return ours if accepted else report.getvalue() or "rejected"
