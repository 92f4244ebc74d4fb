"""How an entry of an exclusion list is like a provider: by what it matches, by what it differs, how strongly.

Names are compared by their keys (`codes.names`), so that an accent, a hyphen or a suffix hides nobody. A name alone
never says who is meant: only the NPI does, where nothing else contradicts it (rulebook 13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from codes.names import name_key


class Part(StrEnum):
    NPI = "npi"
    FAMILY_NAME = "family_name"
    FORMER_NAME = "former_name"
    GIVEN_NAME = "given_name"
    MIDDLE_NAME = "middle_name"
    GIVEN_AND_MIDDLE_SWAPPED = "given_and_middle_swapped"
    BIRTH_DATE = "birth_date"


class Strength(StrEnum):
    CERTAIN = "certain"
    STRONG = "strong"
    WEAK = "weak"


class How(StrEnum):
    NPI = "npi"
    NPI_CONTRADICTED = "npi_contradicted"
    NAME_AND_BIRTH_DATE = "name_and_birth_date"
    NAME = "name"


STRENGTHS: Mapping[How, Strength] = {
    How.NPI: Strength.CERTAIN,
    How.NPI_CONTRADICTED: Strength.STRONG,
    How.NAME_AND_BIRTH_DATE: Strength.STRONG,
    How.NAME: Strength.WEAK,
}


@dataclass(frozen=True, slots=True)
class Likeness:
    how: How
    matched: tuple[Part, ...] = ()
    differs: tuple[Part, ...] = ()

    @property
    def strength(self) -> Strength:
        return STRENGTHS[self.how]


@dataclass(frozen=True, slots=True)
class Described:
    """What a list says of somebody, or a register of a provider; an empty name or None is not told."""

    npi: str | None
    family: str
    given: str
    middle: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """Of a provider, what a list can be searched by; `former` are family names of before."""

    npi: str
    family: str
    given: str
    birth_date: date | None
    middle: str = ""
    former: tuple[str, ...] = ()

    @property
    def family_keys(self) -> tuple[str, ...]:
        """The keys of the family name and the former ones, the present one first."""
        keys = (name_key(name) for name in (self.family, *self.former))
        return tuple(dict.fromkeys(key for key in keys if key))

    def likeness(self, entry: Described) -> Likeness | None:
        """How `entry` is like this person; None when it is not."""
        matched, differs = _compared(self, entry)
        how = _how({*matched}, {*differs})
        return None if how is None else Likeness(how, matched, differs)


def _how(matched: set[Part], differs: set[Part]) -> How | None:
    if Part.NPI in matched:
        another = Part.BIRTH_DATE in differs or {Part.FAMILY_NAME, Part.GIVEN_NAME} <= differs
        return How.NPI_CONTRADICTED if another else How.NPI
    if not matched & {Part.FAMILY_NAME, Part.FORMER_NAME} or Part.BIRTH_DATE in differs:
        return None
    if Part.BIRTH_DATE in matched:
        return How.NAME_AND_BIRTH_DATE
    given = matched & {Part.GIVEN_NAME, Part.GIVEN_AND_MIDDLE_SWAPPED}
    return How.NAME if given and not differs & {Part.NPI, Part.MIDDLE_NAME} else None


def _compared(person: Person, entry: Described) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parts that are told on both sides: those that are the same, and those that are not."""
    same, other = list[Part](), list[Part]()
    if entry.npi:
        (same if entry.npi == person.npi else other).append(Part.NPI)
    _family(person, entry, same, other)
    _given(person, entry, same, other)
    if person.birth_date and entry.birth_date:
        (same if entry.birth_date == person.birth_date else other).append(Part.BIRTH_DATE)
    return tuple(same), tuple(other)


def _family(person: Person, entry: Described, same: list[Part], other: list[Part]) -> None:
    key, keys = name_key(entry.family), person.family_keys
    if not key or not keys:
        return
    if key == name_key(person.family):
        same.append(Part.FAMILY_NAME)
    elif key in keys:
        same.append(Part.FORMER_NAME)
    else:
        other.append(Part.FAMILY_NAME)


def _given(person: Person, entry: Described, same: list[Part], other: list[Part]) -> None:
    told, given, middle = name_key(entry.given), name_key(person.given), name_key(person.middle)
    if not told or not given:
        return
    # Lists without a column for the middle name write it, or its initial, behind the given one.
    if told in {given + middle, given + middle[:1]} and middle and not entry.middle:
        same += [Part.GIVEN_NAME, Part.MIDDLE_NAME]
    elif told == given:
        same.append(Part.GIVEN_NAME)
        _middle(middle, name_key(entry.middle), same, other)
    elif middle and told == middle and given.startswith(name_key(entry.middle)):
        same.append(Part.GIVEN_AND_MIDDLE_SWAPPED)
    else:
        other.append(Part.GIVEN_NAME)


def _middle(own: str, told: str, same: list[Part], other: list[Part]) -> None:
    """An initial is enough on either side."""
    if own and told:
        (same if own.startswith(told) or told.startswith(own) else other).append(Part.MIDDLE_NAME)
