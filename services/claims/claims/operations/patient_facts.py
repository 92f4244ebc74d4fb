"""What `patients` answers about a patient on a day, in the terms of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from claims.domain.parties import NOTHING, Address, Coverage, Person
from common.http import RemoteRefusal
from common.phi import Phi
from common.uow import UnitOfWork

NOT_FOUND = 404

# SBR02 and PAT01 (rulebook 9.1); anything else that a patient can be to a subscriber is G8.
RELATIONSHIPS = {"self": "18", "spouse": "01", "child": "19"}
OTHER_RELATIONSHIP = "G8"
RESPONSIBILITIES = "PST"


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """The patient, and the coverages in force in order of benefits."""

    patient: Person
    coverages: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Name:
    family: Phi[str]
    given: Phi[str]
    middle: Phi[str] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Address:
    line1: str
    city: str
    state: str
    zip: str
    line2: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Person:
    name: _Name
    birth_date: Phi[date]
    sex: str
    address: Phi[_Address]


@dataclass(frozen=True, slots=True, repr=False)
class _Coverage:
    id: UUID
    payer_id: str
    member_id: Phi[str]
    relationship: str
    group_number: Phi[str] | None = None
    subscriber: _Person | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Answer:
    patient: _Person
    coverages: tuple[_Coverage, ...]


_ANSWER = TypeAdapter(_Answer)


async def ask_patients(uow: UnitOfWork, patient_id: UUID, on: date) -> PatientFacts:
    """The patient and the coverages in force on a day; a patient that `patients` does not know has neither.

    Raises RemoteUnavailable, and RemoteRefusal for any other refusal than that.
    """
    path = f"/patients/{patient_id}/claim-facts"
    try:
        answer = await uow.clients["patients"].get_json(
            path, practice_id=uow.practice_id, params={"on": on.isoformat()}
        )
    except RemoteRefusal as refusal:
        if refusal.status != NOT_FOUND:
            raise
        return PatientFacts(Person(last_name=NOTHING, first_name=NOTHING), ())
    return _facts(answer)


def _facts(answer: Any) -> PatientFacts:
    said = _ANSWER.validate_python(answer)
    patient = _person(said.patient)
    coverages = zip(said.coverages, RESPONSIBILITIES, strict=False)
    return PatientFacts(patient, tuple(_coverage(one, place, patient) for one, place in coverages))


def _coverage(said: _Coverage, responsibility: str, patient: Person) -> Coverage:
    return Coverage(
        coverage_id=said.id,
        payer_id=said.payer_id,
        member_id=said.member_id,
        responsibility=responsibility,
        relationship=RELATIONSHIPS.get(said.relationship, OTHER_RELATIONSHIP),
        subscriber=_person(said.subscriber) if said.subscriber else patient,
        group_number=said.group_number or NOTHING,
    )


def _person(said: _Person) -> Person:
    where = said.address.reveal()
    return Person(
        last_name=said.name.family,
        first_name=said.name.given,
        middle_name=said.name.middle or NOTHING,
        birth_date=said.birth_date,
        sex=said.sex,
        address=Phi(Address(where.line1, where.city, where.state, where.zip, where.line2 or "")),
    )
