"""Which service types (EB03) speak of a procedure: the special one first, the plan as a whole last.

From rulebook section 8 (98 office visit, 3 consultation, 2 surgery, DG dermatology, 66 pathology, 5 laboratory, 4
imaging, 78 for biologics, 12 equipment) and the ranges in which the code set keeps these services.
"""

from __future__ import annotations

from codes.service_types import WHOLE_PLAN
from eligibility.domain.heard import about_procedure

OFFICE_VISIT, SURGERY, DERMATOLOGY = "98", "2", "DG"

RANGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("10004", "69990", (SURGERY, DERMATOLOGY)),
    ("70010", "79999", ("4",)),
    ("88300", "88399", ("66", "5")),
    ("80047", "89398", ("5",)),
    ("96401", "96549", ("78",)),
    ("96900", "96999", (DERMATOLOGY,)),
    ("99202", "99215", (OFFICE_VISIT,)),
    ("99221", "99239", ("99",)),
    ("99242", "99255", ("3", OFFICE_VISIT)),
    ("E0100", "E9999", ("12",)),
    ("G0127", "G0127", (SURGERY, DERMATOLOGY)),
    ("J0100", "J9999", ("78",)),
)
"""First code, last code, service types; the first range that holds a code counts."""


def services_for(code: str) -> tuple[str, ...]:
    """What to look a procedure up by, in order: itself, its service types, the plan."""
    for first, last, services in RANGES:
        if first <= code <= last and code[0].isdigit() == first[0].isdigit():
            return (about_procedure(code), *services, WHOLE_PLAN)
    return (about_procedure(code), WHOLE_PLAN)
