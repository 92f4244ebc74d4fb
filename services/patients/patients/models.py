"""The register's JSON: what is asked for and what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from common.phi import Phi
from patients.domain.coverage import Coverage, CoverageFacts, Relationship
from patients.domain.person import Address, Guarantor, Name, Patient, Person, Sex

# The character set of X12 (basic and extended), less the delimiters that our writer uses.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=55, pattern=r"^[^*:~^|]+$")]
Identifier = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{1,79}$")]
Zip = Annotated[str, StringConstraints(pattern=r"^\d{5}(\d{4})?$")]
State = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\d{10}$")]
Strict = ConfigDict(extra="forbid")


class NameIn(BaseModel):
    model_config = Strict
    family: Line
    given: Annotated[Line, Field(max_length=35)]
    middle: Annotated[Line, Field(max_length=25)] | None = None

    def name(self) -> Name:
        return Name(Phi(self.family), Phi(self.given), _wrapped(self.middle))


class AddressIn(BaseModel):
    model_config = Strict
    line1: Line
    line2: Line | None = None
    city: Annotated[Line, Field(max_length=30)]
    state: State
    zip: Zip = Field(description="Five or nine digits, no dash")

    def address(self) -> Address:
        return Address(Phi(self.line1), Phi(self.city), self.state, Phi(self.zip), _wrapped(self.line2))


class PersonIn(BaseModel):
    model_config = Strict
    name: NameIn
    birth_date: date
    sex: Sex
    address: AddressIn

    def person(self) -> Person:
        return Person(self.name.name(), Phi(self.birth_date), self.sex, self.address.address())


EXAMPLE_PERSON: dict[str, Any] = {
    "name": {"family": "Quill", "given": "Maren"},
    "birth_date": "1958-04-02",
    "sex": "F",
    "address": {"line1": "12 Sample Row", "city": "Springfield", "state": "IL", "zip": "627010001"},
}


class PatientIn(PersonIn):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{**EXAMPLE_PERSON, "record_number": "MRN-1001"}]}
    )
    record_number: Identifier = Field(description="The practice's own number for the patient")
    phone: Phone | None = None

    def told_phone(self) -> Phi[str] | None:
        return _wrapped(self.phone)


class GuarantorIn(BaseModel):
    model_config = Strict
    name: NameIn
    address: AddressIn
    relationship: Annotated[Line, Field(max_length=30)]

    def guarantor(self) -> Guarantor:
        return Guarantor(self.name.name(), self.address.address(), self.relationship)


class CoverageIn(BaseModel):
    """A coverage as the card says it; `subscriber` only when the patient is not the subscriber."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "payer_id": "PAYERA",
                    "member_id": "MA1000001",
                    "relationship": "self",
                    "priority": 1,
                    "effective_from": "2026-01-01",
                }
            ]
        },
    )
    payer_id: Identifier
    member_id: Identifier
    group_number: Identifier | None = None
    relationship: Relationship = Relationship.SELF
    priority: int = Field(default=1, ge=1, le=9, description="1 pays first")
    effective_from: date
    effective_to: date | None = Field(default=None, description="The last day, inclusive")
    subscriber: PersonIn | None = None

    def facts(self) -> CoverageFacts:
        return CoverageFacts(
            payer_id=self.payer_id,
            member_id=Phi(self.member_id),
            relationship=self.relationship,
            priority=self.priority,
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            group_number=_wrapped(self.group_number),
            subscriber=self.subscriber.person() if self.subscriber else None,
        )


class SearchIn(BaseModel):
    """By record number, by member id, or by family name with birth date."""

    model_config = Strict
    record_number: Identifier | None = None
    member_id: Identifier | None = None
    family: Line | None = None
    birth_date: date | None = None

    @model_validator(mode="after")
    def enough(self) -> SearchIn:
        by_name = self.family is not None and self.birth_date is not None
        if self.record_number is None and self.member_id is None and not by_name:
            raise ValueError("give a record number, a member id, or a family name with a birth date")
        return self

    def criteria(self) -> dict[str, Phi[Any]]:
        return {name: Phi(value) for name, value in self.model_dump(exclude_none=True).items()}


class NameOut(BaseModel):
    family: str
    given: str
    middle: str | None

    @classmethod
    def of(cls, name: Name) -> NameOut:
        return cls(family=name.family.reveal(), given=name.given.reveal(), middle=_revealed(name.middle))


class AddressOut(BaseModel):
    line1: str
    line2: str | None
    city: str
    state: str
    zip: str

    @classmethod
    def of(cls, address: Address) -> AddressOut:
        return cls(
            line1=address.line1.reveal(),
            line2=_revealed(address.line2),
            city=address.city.reveal(),
            state=address.state,
            zip=address.zip.reveal(),
        )


class PersonOut(BaseModel):
    name: NameOut
    birth_date: date
    sex: Sex
    address: AddressOut

    @classmethod
    def of(cls, person: Person) -> PersonOut:
        return cls(
            name=NameOut.of(person.name),
            birth_date=person.birth_date.reveal(),
            sex=person.sex,
            address=AddressOut.of(person.address),
        )


class GuarantorOut(BaseModel):
    name: NameOut
    address: AddressOut
    relationship: str

    @classmethod
    def of(cls, guarantor: Guarantor) -> GuarantorOut:
        return cls(
            name=NameOut.of(guarantor.name),
            address=AddressOut.of(guarantor.address),
            relationship=guarantor.relationship,
        )


class PatientOut(BaseModel):
    id: UUID
    record_number: str
    name: NameOut
    birth_date: date
    sex: Sex
    address: AddressOut
    phone: str | None
    guarantor: GuarantorOut | None
    version: int

    @classmethod
    def of(cls, patient: Patient) -> PatientOut:
        person = patient.person
        return cls(
            id=patient.id,
            record_number=patient.record_number.reveal(),
            name=NameOut.of(person.name),
            birth_date=person.birth_date.reveal(),
            sex=person.sex,
            address=AddressOut.of(person.address),
            phone=_revealed(patient.phone),
            guarantor=GuarantorOut.of(patient.guarantor) if patient.guarantor else None,
            version=patient.version,
        )


class CoverageOut(BaseModel):
    id: UUID
    patient_id: UUID
    payer_id: str
    member_id: str
    group_number: str | None
    relationship: Relationship
    priority: int
    effective_from: date
    effective_to: date | None
    subscriber: PersonOut | None
    version: int

    @classmethod
    def of(cls, coverage: Coverage) -> CoverageOut:
        facts = coverage.facts
        return cls(
            id=coverage.id,
            patient_id=coverage.patient_id,
            payer_id=facts.payer_id,
            member_id=facts.member_id.reveal(),
            group_number=_revealed(facts.group_number),
            relationship=facts.relationship,
            priority=facts.priority,
            effective_from=facts.effective_from,
            effective_to=facts.effective_to,
            subscriber=PersonOut.of(facts.subscriber) if facts.subscriber else None,
            version=coverage.version,
        )


class ClaimFacts(BaseModel):
    """The patient, and the coverages in force on the day in order of benefits."""

    patient: PatientOut
    coverages: list[CoverageOut]

    @classmethod
    def of(cls, patient: Patient, coverages: Sequence[Coverage]) -> ClaimFacts:
        return cls(patient=PatientOut.of(patient), coverages=[CoverageOut.of(c) for c in coverages])


def _wrapped(value: str | None) -> Phi[str] | None:
    return None if value is None else Phi(value)


def _revealed(value: Phi[str] | None) -> str | None:
    return None if value is None else value.reveal()
