"""The parties of a claim in JSON, for whoever may read the claim: here what is wrapped is revealed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from claims.domain.parties import Address, Coverage, Location, Payer, Person, Practice, RenderingProvider, Snapshot


class PersonOut(BaseModel):
    """A patient or a subscriber; `sex` is M, F or U."""

    last_name: str
    first_name: str
    middle_name: str
    birth_date: date | None
    sex: str
    address: Address | None

    @classmethod
    def of(cls, person: Person) -> PersonOut:
        return cls(
            last_name=person.last_name.reveal(),
            first_name=person.first_name.reveal(),
            middle_name=person.middle_name.reveal(),
            birth_date=person.birth_date.reveal() if person.birth_date else None,
            sex=person.sex,
            address=person.address.reveal() if person.address else None,
        )


class CoverageOut(BaseModel):
    """The coverage that is billed. `responsibility` is P, S or T; `relationship` of the patient to the subscriber is
    18 self, 01 spouse, 19 child or G8 other.
    """

    coverage_id: UUID
    payer_id: str
    member_id: str
    responsibility: str
    relationship: str
    subscriber: PersonOut
    group_number: str

    @classmethod
    def of(cls, coverage: Coverage) -> CoverageOut:
        return cls(
            coverage_id=coverage.coverage_id,
            payer_id=coverage.payer_id,
            member_id=coverage.member_id.reveal(),
            responsibility=coverage.responsibility,
            relationship=coverage.relationship,
            subscriber=PersonOut.of(coverage.subscriber),
            group_number=coverage.group_number.reveal(),
        )


class PartiesOut(BaseModel):
    """What the registers and `patients` said on `taken_on`; null where they knew nothing."""

    taken_on: date
    patient: PersonOut
    coverage: CoverageOut | None
    payer: Payer | None
    practice: Practice | None
    rendering: RenderingProvider | None
    location: Location | None

    @classmethod
    def of(cls, frozen: Snapshot) -> PartiesOut:
        return cls(
            taken_on=frozen.taken_on,
            patient=PersonOut.of(frozen.patient),
            coverage=CoverageOut.of(frozen.coverage) if frozen.coverage else None,
            payer=frozen.payer,
            practice=frozen.practice,
            rendering=frozen.rendering,
            location=frozen.location,
        )
