"""The words that the JSON of authorizations is written in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from codes import icd10
from codes.npi import is_valid_npi
from codes.place_of_service import TABLE as PLACES

STRICT = ConfigDict(extra="forbid")
PayerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^*:~^|\x00-\x1f\x7f]+$")
]
Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,50}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Owner = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]{1,80}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]\d{3}[A-Z0-9]$")]
Codes = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Z0-9]\d{3}[A-Z0-9](-[A-Z0-9]\d{3}[A-Z0-9])?)$")]
DiagnosisStart = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{0,4})?$")]
Visits = Annotated[int, Field(ge=1, le=999)]
ClinicianName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^*:~^|\x00-\x1f\x7f]+$")
]
Units = Annotated[int, Field(ge=1, le=9999)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 1, 1))]


def _npi(text: str) -> str:
    if not is_valid_npi(text):
        raise ValueError("an NPI is ten digits whose last one checks the others")
    return text


def _place(text: str) -> str:
    if text not in PLACES:
        raise ValueError("not a place of service code")
    return text


def _diagnosis(text: str) -> str:
    return icd10.dotted(text)


Npi = Annotated[str, StringConstraints(pattern=r"^[12]\d{9}$"), AfterValidator(_npi)]
Place = Annotated[str, StringConstraints(pattern=r"^\d{2}$"), AfterValidator(_place)]
Diagnosis = Annotated[str, StringConstraints(max_length=8), AfterValidator(_diagnosis)]
