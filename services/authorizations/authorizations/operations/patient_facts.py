"""What `patients` answers about a patient on a day, in the terms of a request to a payer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from common.http import RemoteRefusal
from common.phi import Phi
from common.uow import UnitOfWork

NOT_FOUND = 404


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    family: Phi[str]
    given: Phi[str]
    middle: Phi[str] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Home:
    """A US address; `zip` is five or nine digits."""

    line1: Phi[str]
    city: Phi[str]
    state: str
    zip: Phi[str]
    line2: Phi[str] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    name: Name
    birth_date: Phi[date]
    sex: str
    address: Home | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Coverage:
    """A coverage in force; `subscriber` is None where the patient is the subscriber."""

    id: UUID
    payer_id: str
    member_id: Phi[str]
    relationship: str
    group_number: Phi[str] | None = None
    subscriber: Person | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PatientFacts:
    """The patient, and the coverages in force on the day in order of benefits."""

    patient: Person
    coverages: tuple[Coverage, ...]

    def coverage(self, wanted: UUID | None) -> Coverage | None:
        """The coverage that is wanted, or the one that pays first."""
        return next((one for one in self.coverages if wanted in (None, one.id)), None)


_FACTS = TypeAdapter(PatientFacts)


async def ask_patients(uow: UnitOfWork, patient_id: UUID, on: date) -> PatientFacts | None:
    """The patient and the coverages in force on a day; None for a patient that `patients` does not know.

    Raises RemoteUnavailable, and RemoteRefusal for any other refusal than that.
    """
    path = f"/patients/{patient_id}/claim-facts"
    try:
        answer: Any = await uow.clients["patients"].get_json(
            path, practice_id=uow.practice_id, params={"on": on.isoformat()}
        )
    except RemoteRefusal as refusal:
        if refusal.status != NOT_FOUND:
            raise
        return None
    return _FACTS.validate_python(answer)
