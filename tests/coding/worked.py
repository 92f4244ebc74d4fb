"""A worked visit as the tests write it: the facts that matter, and a line as `code[xunits][-modifiers] dx`."""

from __future__ import annotations

from typing import Any

from coding.domain.coded_visit import CodedLine, CodedVisit
from coding.domain.engine import code_visit
from coding.domain.reading import read_visit

MEDICARE = {"type": "medicare", "x_modifiers": True, "wants_51": False}
NOTE = "a clinician's own words"
COMMERCIAL = {"type": "commercial", "x_modifiers": False, "wants_51": False}


def code(*procedures: dict[str, Any], problems: dict[str, str], **changes: Any) -> CodedVisit:
    encounter: dict[str, Any] = {
        "date": "2026-05-04",
        "place_of_service": "11",
        "payer": MEDICARE,
        "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
        "telehealth": None,
        "em": None,
        "problems": [{"ref": ref, "icd10": icd10, "text": NOTE} for ref, icd10 in problems.items()],
        "procedures": list(procedures),
    }
    return code_visit(read_visit(encounter | changes))


def visit(**changes: Any) -> dict[str, Any]:
    return {
        "mdm": "low",
        "minutes": 15,
        "separately_identifiable": True,
        "decision_for_major_surgery": False,
    } | changes


def written(lines: tuple[CodedLine, ...]) -> list[str]:
    return [
        line.cpt
        + (f"x{line.units}" if line.units > 1 else "")
        + "".join(f"-{modifier}" for modifier in line.modifiers)
        + " "
        + ",".join(line.dx)
        for line in lines
    ]
