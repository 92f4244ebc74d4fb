"""What kind of service a code is, as UM03 of a request wants it (data element 1365, labels in `codes.service_types`).

By the sections of CPT and the letters of HCPCS; what no section decides is medical care.
"""

from __future__ import annotations

MEDICAL_CARE, CONSULTATION, OFFICE_VISIT = "1", "3", "98"

# First and last code of each section that is no medical care.
_SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("10004", "69990", "2"),  # surgery
    ("70010", "76999", "4"),  # diagnostic imaging
    ("77046", "77092", "4"),
    ("77261", "77799", "6"),  # radiation therapy
    ("78012", "79999", "4"),
    ("80047", "89398", "5"),  # laboratory and pathology
    ("99202", "99499", OFFICE_VISIT),
)


def service_type(code: str, *, referral: bool) -> str:
    """The service type of a CPT or HCPCS code; a visit that another practice sends the patient to is a consultation."""
    found = next((kind for first, last, kind in _SECTIONS if len(code) == len(first) and first <= code <= last), None)
    if found == OFFICE_VISIT and referral:
        return CONSULTATION
    return found or MEDICAL_CARE
