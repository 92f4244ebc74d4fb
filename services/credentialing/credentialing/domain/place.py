"""Where a practice bills and works: billing groups (a TIN and a type 2 NPI) and their locations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.phi import Phi


class TinKind(StrEnum):
    """A group of one person may file under a social security number, which then is sealed and never published."""

    EIN = "EIN"
    SSN = "SSN"


@dataclass(frozen=True, slots=True)
class Group:
    billing_npi: str
    name: str
    tin_kind: TinKind
    tin: Phi[str]

    @property
    def public_tin(self) -> str | None:
        """The TIN where it names a business, None where it names a person."""
        return self.tin.reveal() if self.tin_kind is TinKind.EIN else None


@dataclass(frozen=True, slots=True)
class Location:
    """A place of one group. Where two TINs share an address, it is two locations: a payer enrolls the pair.

    `laboratory` is whether tests are done there (a KOH preparation is one), for which it needs a CLIA certificate.
    """

    code: str
    billing_npi: str
    name: str
    line1: str
    city: str
    state: str
    zip: str
    active: bool = True
    laboratory: bool = False
