"""Whether a provider is on OIG's list of exclusions, and what a person decides about a likeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from credentialing.domain.refusals import NotDecidedSo

# The list is published every month, and looked at as often (rulebook 13).
SCREENED_EVERY_DAYS = 30
SCREENING = "provider-screening"


class Likeness(StrEnum):
    """How an entry is like a provider: the NPI says who it is, a name with a birth date only who it may be."""

    NPI = "npi"
    NAME_AND_BIRTH_DATE = "name_and_birth_date"


class Standing(StrEnum):
    POSSIBLE = "possible"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REINSTATED = "reinstated"


class Decision(StrEnum):
    SAME_PERSON = "same_person"
    ANOTHER_PERSON = "another_person"
    REINSTATED = "reinstated"


# An NPI may stand on the list wrongly, so a person can put either kind right.
DECISIONS: Mapping[tuple[Standing, Decision], Standing] = {
    (Standing.POSSIBLE, Decision.SAME_PERSON): Standing.CONFIRMED,
    (Standing.POSSIBLE, Decision.ANOTHER_PERSON): Standing.DISMISSED,
    (Standing.CONFIRMED, Decision.ANOTHER_PERSON): Standing.DISMISSED,
    (Standing.CONFIRMED, Decision.REINSTATED): Standing.REINSTATED,
    (Standing.DISMISSED, Decision.SAME_PERSON): Standing.CONFIRMED,
    (Standing.REINSTATED, Decision.SAME_PERSON): Standing.CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list, as far as it tells who is meant and since when."""

    family: str
    given: str
    middle: str
    npi: str | None
    birth_date: date | None
    general: str
    specialty: str
    city: str
    state: str
    type: str
    excluded_on: date
    reinstated_on: date | None = None
    waived_on: date | None = None
    waiver_state: str = ""

    def in_force(self, today: date) -> bool:
        return self.reinstated_on is None or self.reinstated_on > today


@dataclass(frozen=True, slots=True)
class Person:
    """Of a provider, what the list can be searched by; the birth date is None where it is not on file."""

    npi: str
    family: str
    given: str
    birth_date: date | None

    def likeness(self, entry: Entry) -> Likeness | None:
        """How `entry` is like this person; None when it is not."""
        if entry.npi is not None and entry.npi == self.npi:
            return Likeness.NPI
        same_name = entry.family != "" and entry.family == capitals(self.family)
        same_day = self.birth_date is not None and entry.birth_date == self.birth_date
        return Likeness.NAME_AND_BIRTH_DATE if same_name and same_day else None


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that is like a provider; `on_list` is False once a newer list no longer has it."""

    id: UUID
    provider_id: UUID
    npi: str
    likeness: Likeness
    standing: Standing
    entry: Entry
    on_list: bool = True
    version: int = 1

    def decided(self, decision: Decision) -> Match:
        """Raises NotDecidedSo."""
        to = DECISIONS.get((self.standing, decision))
        if to is None:
            raise NotDecidedSo(
                match_id=self.id, standing=self.standing.value, decision=decision.value.replace("_", " ")
            )
        return replace(self, standing=to)


def capitals(name: str) -> str:
    """As the list writes names: capitals, one blank between words."""
    return " ".join(name.upper().split())


def first_standing(likeness: Likeness) -> Standing:
    """The NPI is taken at its word until somebody says otherwise; a name waits for somebody."""
    return Standing.CONFIRMED if likeness is Likeness.NPI else Standing.POSSIBLE


def excluded_since(matches: tuple[Match, ...]) -> date | None:
    """Since when the provider is excluded: the earliest of what is confirmed."""
    return min((match.entry.excluded_on for match in matches if match.standing is Standing.CONFIRMED), default=None)
