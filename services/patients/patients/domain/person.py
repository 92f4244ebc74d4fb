"""A patient and the guarantor who answers for the bill."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from common.change import Change
from common.phi import Phi
from patients.domain.events import PatientChanged, PatientRegistered
from patients.domain.refusals import BornInTheFuture


class Sex(StrEnum):
    """As X12 DMG03 has it."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


@dataclass(frozen=True, slots=True)
class Name:
    family: Phi[str]
    given: Phi[str]
    middle: Phi[str] | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A US address; `zip` is five or nine digits without a dash."""

    line1: Phi[str]
    city: Phi[str]
    state: str
    zip: Phi[str]
    line2: Phi[str] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What a claim has to say about anybody: patient, subscriber or guarantor."""

    name: Name
    birth_date: Phi[date]
    sex: Sex
    address: Address


@dataclass(frozen=True, slots=True)
class Guarantor:
    """Who answers for what insurance leaves; None on a patient means the patient does."""

    name: Name
    address: Address
    relationship: str


@dataclass(frozen=True, slots=True)
class Patient:
    id: UUID
    record_number: Phi[str]
    person: Person
    phone: Phi[str] | None = None
    guarantor: Guarantor | None = None
    version: int = 1

    def amended(
        self, *, record_number: Phi[str], person: Person, phone: Phi[str] | None, today: date
    ) -> Change[Patient]:
        """The patient with corrected facts. Raises BornInTheFuture."""
        _born(person, today)
        changed = replace(self, record_number=record_number, person=person, phone=phone)
        return Change(changed, (PatientChanged(patient_id=self.id),))

    def with_guarantor(self, guarantor: Guarantor | None) -> Change[Patient]:
        """The patient with another guarantor, or answering alone."""
        return Change(replace(self, guarantor=guarantor), (PatientChanged(patient_id=self.id),))


def register(
    id: UUID, *, record_number: Phi[str], person: Person, phone: Phi[str] | None, today: date
) -> Change[Patient]:
    """A new patient. Raises BornInTheFuture."""
    _born(person, today)
    patient = Patient(id=id, record_number=record_number, person=person, phone=phone)
    return Change(patient, (PatientRegistered(patient_id=id),))


def _born(person: Person, today: date) -> None:
    if person.birth_date.reveal() > today:
        raise BornInTheFuture
