"""The words that requests are made of: numbers checked at the door, texts that can be stored."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, StringConstraints

from codes.npi import is_valid_npi
from codes.taxonomy import is_taxonomy_shaped

STRICT = ConfigDict(extra="forbid")
READ, WRITE = "credentialing:read", "credentialing:write"

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")
]
PayerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{1,79}$")]
LocationCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")]
State = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
NineDigits = Annotated[str, StringConstraints(pattern=r"^\d{9}$")]


def _npi(text: str) -> str:
    if not is_valid_npi(text):
        raise ValueError("an NPI is ten digits whose last one checks the others")
    return text


def _taxonomy(text: str) -> str:
    if not is_taxonomy_shaped(text):
        raise ValueError("a taxonomy code is nine letters or digits and an X")
    return text


Npi = Annotated[str, StringConstraints(pattern=r"^[12]\d{9}$"), AfterValidator(_npi)]
Taxonomy = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$"), AfterValidator(_taxonomy)]
