"""Whose a paper is: a clinician's, a billing group's, or a location's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from credentialing.domain.provider import Profession


class HolderType(StrEnum):
    PROVIDER = "provider"
    GROUP = "group"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Named:
    """A holder as the field names one: by NPI, by billing NPI, by the practice's code of the location."""

    type: HolderType
    name: str


@dataclass(frozen=True, slots=True)
class Holder:
    """`npi` is the clinician's, or the billing NPI of the group or of the location's group.

    `code` is a location's, `profession` a clinician's; each is None for the others.
    """

    type: HolderType
    id: UUID
    npi: str
    code: str | None = None
    profession: Profession | None = None
