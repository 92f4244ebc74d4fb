"""Words that the API's models share."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from codes.npi import is_valid_npi

STRICT = ConfigDict(extra="forbid")
PayerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")]
ServiceType = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,2}$")]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^*:~^|\x00-\x1f\x7f]+$")
]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 1, 1))]


def _npi(text: str) -> str:
    if not is_valid_npi(text):
        raise ValueError("an NPI is ten digits whose last one checks the others")
    return text


Npi = Annotated[str, StringConstraints(pattern=r"^[12]\d{9}$"), AfterValidator(_npi)]
