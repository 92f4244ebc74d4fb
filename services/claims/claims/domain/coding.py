"""What coding said about an encounter, and the priced lines that a claim makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from common.money import Money


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service. `pointers` count from 1 into the claim's diagnoses; `unit_charge` None: no price is known."""

    number: int
    cpt: str
    units: int
    modifiers: tuple[str, ...]
    pointers: tuple[int, ...]
    unit_charge: Money | None = None

    @property
    def charge(self) -> Money:
        return Money.zero() if self.unit_charge is None else self.unit_charge * self.units


@dataclass(frozen=True, slots=True)
class LaterWord:
    """What coding said after the revision whose lines the claim has.

    `held`: the encounter waits for a person in coding, and `flags` are the ids of what is asked there. Otherwise it was
    coded anew as `coded`, when its lines could no longer replace those of the claim, or is for no payer (`withdrawn`).
    """

    revision: int
    held: bool
    flags: tuple[str, ...] = ()
    coded: CodedEncounter | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class CodedEncounter:
    """One revision of an encounter as coding published it; `revision` grows with every later one.

    `location_code` is the practice's own code of the place of the visit, None where nobody has named one.
    """

    encounter_id: UUID
    patient_id: UUID
    revision: int
    date_of_service: date
    place_of_service: str
    rendering_npi: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    rules_edition: str
    later: LaterWord | None = None
    location_code: str | None = None

    @property
    def newest(self) -> int:
        """The newest revision that coding told of, whether or not the claim has its lines."""
        return self.later.revision if self.later else self.revision

    @property
    def is_held(self) -> bool:
        """Whether coding has asked about the encounter again, and has not been answered."""
        return self.later is not None and self.later.held

    @property
    def is_withdrawn(self) -> bool:
        """Whether coding's newest word is that no payer is billed."""
        return self.later is not None and self.later.withdrawn


@dataclass(frozen=True, slots=True)
class SelfPayLine:
    """A service that is never sent to a payer."""

    code: str
    units: int


@dataclass(frozen=True, slots=True)
class NotBilled:
    """What of an encounter no payer will see: `disposition` no_charge, patient_only, or self_pay beside a claim."""

    encounter_id: UUID
    patient_id: UUID
    revision: int
    date_of_service: date
    disposition: str
    lines: tuple[SelfPayLine, ...]


def priced(
    lines: Iterable[ServiceLine], told: Iterable[ServiceLine], charges: Mapping[str, Money]
) -> tuple[ServiceLine, ...]:
    """The lines at the charges that coding told with them, else at the charge master's; else without one."""
    known = {line.number: line.unit_charge for line in told}
    return tuple(replace(line, unit_charge=known.get(line.number) or charges.get(line.cpt)) for line in lines)


def total(lines: Iterable[ServiceLine]) -> Money:
    return Money.sum(line.charge for line in lines)
