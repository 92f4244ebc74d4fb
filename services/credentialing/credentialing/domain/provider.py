"""A clinician of the practice, as a payer's application knows one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from common.phi import Phi
from credentialing.domain.refusals import TaxonomyOfAnother


class Profession(StrEnum):
    MD = "MD"
    DO = "DO"
    NP = "NP"
    PA = "PA"


# How the taxonomy codes of a profession begin (NUCC): physicians 20, nurse practitioners and physician assistants 363.
TAXONOMIES: Mapping[Profession, str] = {
    Profession.MD: "20",
    Profession.DO: "20",
    Profession.NP: "363L",
    Profession.PA: "363A",
}

# Practise with a collaborating or supervising physician, by agreement where the state asks for one (rulebook 13).
COLLABORATING = frozenset({Profession.NP, Profession.PA})


@dataclass(frozen=True, slots=True)
class Name:
    """`former` are family names of before, under which a list may still know the person."""

    family: Phi[str]
    given: Phi[str]
    middle: Phi[str] | None = None
    former: tuple[Phi[str], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalFacts:
    """What applications and exclusion lists ask for besides the name."""

    birth_date: Phi[date]
    ssn: Phi[str] | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """`taxonomies` has the primary one first; `active` is False for one who has left.

    `excluded_on` and `screened_on` come from the screening, not from who keeps the register.
    """

    npi: str
    name: Name
    profession: Profession
    taxonomies: tuple[str, ...]
    active: bool = True
    excluded_on: date | None = None
    screened_on: date | None = None

    def checked(self) -> Provider:
        """Raises TaxonomyOfAnother for a code that another profession holds."""
        begins = TAXONOMIES[self.profession]
        for code in self.taxonomies:
            if not code.startswith(begins):
                raise TaxonomyOfAnother(taxonomy=code, profession=self.profession.value, begins=begins)
        return self
