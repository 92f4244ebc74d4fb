"""Service types asked and answered about in 270 and 271 (EQ01, EB03), for those that a dermatology practice meets.

Labels are our own short words. Not every type in use is here: a code without a label stays a code.
"""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "1": "medical care",
    "2": "surgery",
    "3": "consultation",
    "4": "diagnostic imaging",
    "5": "laboratory",
    "6": "radiation therapy",
    "7": "anesthesia",
    "8": "surgical assistance",
    "12": "equipment bought",
    "18": "equipment rented",
    "20": "second surgical opinion",
    "30": "the plan as a whole",
    "33": "chiropractic",
    "35": "dental care",
    "47": "hospital",
    "48": "hospital, inpatient",
    "50": "hospital, outpatient",
    "51": "hospital, emergency accident",
    "52": "hospital, emergency medical",
    "53": "hospital, ambulatory surgery",
    "62": "MRI or CT",
    "65": "newborn care",
    "68": "well baby care",
    "73": "diagnostic medical",
    "78": "chemotherapy",
    "80": "immunizations",
    "81": "routine physical",
    "86": "emergency services",
    "88": "pharmacy",
    "92": "drugs on the plan's formulary",
    "96": "professional, physician",
    "98": "physician office visit",
    "99": "physician visit, inpatient",
    "A0": "physician visit, outpatient",
    "AL": "vision",
    "BY": "physician visit, sick",
    "BZ": "physician visit, well",
    "MH": "mental health",
    "UC": "urgent care",
}

WHOLE_PLAN = "30"


def label_of(code: str) -> str:
    """Our label of a service type; the code itself when it is not in the table."""
    return LABELS.get(code, f"service type {code}")
