"""Which lists a provider stands on, what that bars, and what a person decides about a likeness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from credentialing.domain.events import ListedExclusion
from credentialing.domain.likeness import Described, How, Likeness
from credentialing.domain.payers import FEDERAL, Program
from credentialing.domain.refusals import NotDecidedSo
from credentialing.domain.verification import Inquiry

# OIG's list is published every month, and looked at as often (rulebook 13).
SCREENED_EVERY_DAYS = 30
SCREENING = "provider-screening"

LEIE, SAM, _MEDICAID = "LEIE", "SAM", "MEDICAID-"


@dataclass(frozen=True, slots=True)
class ListOf:
    """What a list is called, which inquiry a look at it answers, and why and whom it bars: `state` is the one whose
    Medicaid it bars, None where it bars every federal program.
    """

    title: str
    inquiry: Inquiry
    because: str
    state: str | None = None

    @property
    def programs(self) -> frozenset[Program]:
        return FEDERAL if self.state is None else frozenset({Program.MEDICAID})

    @property
    def told_programs(self) -> tuple[str, ...]:
        """As others are told: DMEPOS is Medicare."""
        medicaid = Program.MEDICAID.value
        return (medicaid, Program.MEDICARE.value) if self.state is None else (medicaid,)


_LISTS: Mapping[str, ListOf] = {
    LEIE: ListOf(
        "OIG List of Excluded Individuals and Entities",
        Inquiry.OIG,
        "Excluded by OIG since {since}: no federal program pays (42 CFR 1001.1901).",
    ),
    SAM: ListOf(
        "SAM.gov exclusions",
        Inquiry.SAM,
        "Excluded on SAM.gov since {since}: no federal program pays (2 CFR 180).",
    ),
}


def list_of(source: str) -> ListOf:
    """`source` is LEIE, SAM, or MEDICAID- and a state. Raises ValueError for any other."""
    if (known := _LISTS.get(source)) is not None:
        return known
    state = source.removeprefix(_MEDICAID)
    if not source.startswith(_MEDICAID) or len(state) != 2:
        raise ValueError(f"no list of exclusions is called {source}")
    because = f"Excluded from the Medicaid of {state} since {{since}}: it does not pay (42 CFR 455.416)."
    return ListOf(f"Medicaid exclusion list of {state}", Inquiry.STATE_EXCLUSIONS, because, state)


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
    """A line of a list, as far as it tells who is meant and since when.

    Each of its parts tells it from other entries: one that is added makes every entry another one.
    """

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

    @property
    def described(self) -> Described:
        return Described(self.npi, self.family, self.given, self.middle, self.birth_date)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that is like a provider; `on_list` is False once a newer list of that source no longer has it."""

    id: UUID
    provider_id: UUID
    npi: str
    likeness: Likeness
    standing: Standing
    entry: Entry
    source: str = LEIE
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

    def seen_as(self, likeness: Likeness) -> Match:
        """What was recorded of the provider since may say more; what a person has decided stays so."""
        if self.standing is not Standing.POSSIBLE or likeness == self.likeness:
            return self
        return replace(self, likeness=likeness, standing=first_standing(likeness))


@dataclass(frozen=True, slots=True)
class Excluded:
    """That a provider is excluded by one list: since when, and the state for which it was waived, if any."""

    source: str
    since: date
    type: str
    waiver_state: str | None = None

    def bars(self, program: Program, state: str | None, day: date) -> bool:
        """Whether `program` pays nothing for services of `day` in `state`."""
        of = list_of(self.source)
        if self.since > day or program not in of.programs or (state is not None and state == self.waiver_state):
            return False
        return of.state is None or state in (None, of.state)

    @property
    def reason(self) -> str:
        return list_of(self.source).because.format(since=self.since)

    @property
    def told(self) -> ListedExclusion:
        of = list_of(self.source)
        return ListedExclusion(self.source, self.since, self.type, of.told_programs, of.state, self.waiver_state)


def first_standing(likeness: Likeness) -> Standing:
    """The NPI is taken at its word until somebody says otherwise; anything less waits for somebody."""
    return Standing.CONFIRMED if likeness.how is How.NPI else Standing.POSSIBLE


def excluded_by(matches: Iterable[Match]) -> tuple[Excluded, ...]:
    """By which lists the provider is excluded: of each the earliest that is confirmed, in the order of their names."""
    earliest: dict[str, Match] = {}
    for match in matches:
        known = earliest.get(match.source)
        if match.standing is Standing.CONFIRMED and (
            known is None or match.entry.excluded_on < known.entry.excluded_on
        ):
            earliest[match.source] = match
    return tuple(
        Excluded(source, match.entry.excluded_on, match.entry.type, match.entry.waiver_state or None)
        for source, match in sorted(earliest.items())
    )


def excluded_since(excluded: Iterable[Excluded]) -> date | None:
    """Since when any list excludes the provider."""
    return min((each.since for each in excluded), default=None)


def foremost(excluded: tuple[Excluded, ...]) -> Excluded:
    """What is told first of several: one that bars every federal program before one of a state, then the earliest."""
    return min(excluded, key=lambda each: (list_of(each.source).state is not None, each.since, each.source))
