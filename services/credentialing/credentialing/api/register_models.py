"""The registers' JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.phi import Phi
from credentialing.api.words import STRICT, LocationCode, NineDigits, Npi, State, Taxonomy, Text
from credentialing.domain.payers import DEFAULTS, Payer, Program, Renewal, Terms
from credentialing.domain.place import Group, Location, TinKind
from credentialing.domain.provider import Name, PersonalFacts, Profession, Provider
from credentialing.store.registers import Registered


class PayerIn(BaseModel):
    """A payer; what is left out is what its program usually says."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Meridian Mutual", "program": "commercial", "renewal_months": 36}]},
    )
    name: Text
    program: Program
    renewal: Renewal | None = None
    renewal_months: int | None = Field(default=None, ge=1, le=120)
    retroactive_days: int | None = Field(default=None, ge=0, le=730)
    notice_days: int | None = Field(default=None, ge=1, le=365, description="Decision told after the committee met")
    state: State | None = Field(default=None, description="Whose Medicaid it is; the location's when left out")

    def payer(self, payer_id: str) -> Payer:
        usual = DEFAULTS[self.program]
        back = usual.retroactive_days if self.retroactive_days is None else self.retroactive_days
        renewal, months = self.renewal or usual.renewal, self.renewal_months or usual.renewal_months
        terms = Terms(self.program, renewal, months, back, self.notice_days or usual.notice_days)
        return Payer(payer_id, self.name, terms, self.state)


class PayerOut(BaseModel):
    id: UUID
    payer_id: str
    name: str
    program: Program
    renewal: Renewal
    renewal_months: int
    retroactive_days: int
    notice_days: int | None
    state: str | None
    version: int

    @classmethod
    def of(cls, found: Registered[Payer]) -> PayerOut:
        payer, terms = found.entry, found.entry.terms
        return cls(
            id=found.id,
            payer_id=payer.payer_id,
            name=payer.name,
            program=terms.program,
            renewal=terms.renewal,
            renewal_months=terms.renewal_months,
            retroactive_days=terms.retroactive_days,
            notice_days=terms.notice_days,
            state=payer.state,
            version=found.version,
        )


class GroupIn(BaseModel):
    """A billing group: who is paid."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Sample Dermatology PC", "tin_kind": "EIN", "tin": "123456789"}]},
    )
    name: Text
    tin_kind: TinKind = TinKind.EIN
    tin: NineDigits = Field(description="Nine digits, no dash")

    def group(self, billing_npi: str) -> Group:
        return Group(billing_npi, self.name, self.tin_kind, Phi(self.tin))


class GroupOut(BaseModel):
    """`tin` is null where the group files under a social security number."""

    id: UUID
    billing_npi: str
    name: str
    tin_kind: TinKind
    tin: str | None
    version: int

    @classmethod
    def of(cls, found: Registered[Group]) -> GroupOut:
        group = found.entry
        return cls(
            id=found.id,
            billing_npi=group.billing_npi,
            name=group.name,
            tin_kind=group.tin_kind,
            tin=group.public_tin,
            version=found.version,
        )


class LocationIn(BaseModel):
    """A place where a group sees patients."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "billing_npi": "1234567893",
                    "name": "Main Street",
                    "line1": "100 Sample Street",
                    "city": "Albany",
                    "state": "NY",
                    "zip": "122070001",
                }
            ]
        },
    )
    billing_npi: Npi
    name: Text
    line1: Text
    city: Text
    state: State
    zip: Annotated[str, StringConstraints(pattern=r"^\d{5}(\d{4})?$")]
    active: bool = True
    laboratory: bool = Field(default=False, description="Tests are done here, for which it needs a CLIA certificate")

    def location(self, code: str) -> Location:
        return Location(code=code, **self.model_dump())


class LocationOut(BaseModel):
    id: UUID
    code: LocationCode
    billing_npi: str
    name: str
    line1: str
    city: str
    state: str
    zip: str
    active: bool
    laboratory: bool
    version: int

    @classmethod
    def of(cls, found: Registered[Location]) -> LocationOut:
        names = (name for name in cls.model_fields if name not in ("id", "version"))
        return cls(id=found.id, version=found.version, **{name: getattr(found.entry, name) for name in names})


class NameIn(BaseModel):
    model_config = STRICT
    family: Text
    given: Text
    middle: Text | None = None
    former: list[Text] = Field(default_factory=list[Text], max_length=10, description="Family names of before")

    def name(self) -> Name:
        former = tuple(Phi(name) for name in dict.fromkeys(self.former))
        return Name(Phi(self.family), Phi(self.given), Phi(self.middle) if self.middle else None, former)


class NameOut(BaseModel):
    family: str
    given: str
    middle: str | None
    former: list[str]

    @classmethod
    def of(cls, name: Name) -> NameOut:
        middle = name.middle.reveal() if name.middle else None
        former = [each.reveal() for each in name.former]
        return cls(family=name.family.reveal(), given=name.given.reveal(), middle=middle, former=former)


class ProviderIn(BaseModel):
    """A clinician; the primary taxonomy comes first."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": {"family": "Quill", "given": "Maren"},
                    "profession": "MD",
                    "taxonomies": ["207N00000X"],
                }
            ]
        },
    )
    name: NameIn
    profession: Profession
    taxonomies: list[Taxonomy] = Field(min_length=1, max_length=15)
    active: bool = True

    def provider(self, npi: str) -> Provider:
        return Provider(npi, self.name.name(), self.profession, tuple(dict.fromkeys(self.taxonomies)), self.active)


class ProviderOut(BaseModel):
    id: UUID
    npi: str
    name: NameOut
    profession: Profession
    taxonomies: list[str]
    active: bool
    excluded_on: date | None
    screened_on: date | None
    version: int

    @classmethod
    def of(cls, found: Registered[Provider]) -> ProviderOut:
        provider = found.entry
        return cls(
            id=found.id,
            npi=provider.npi,
            name=NameOut.of(provider.name),
            profession=provider.profession,
            taxonomies=list(provider.taxonomies),
            active=provider.active,
            excluded_on=provider.excluded_on,
            screened_on=provider.screened_on,
            version=found.version,
        )


class PersonalFactsIn(BaseModel):
    model_config = STRICT
    birth_date: date
    ssn: NineDigits | None = None

    def facts(self) -> PersonalFacts:
        return PersonalFacts(Phi(self.birth_date), Phi(self.ssn) if self.ssn else None)


class PersonalFactsOut(BaseModel):
    npi: str
    birth_date: date | None
    ssn: str | None
    version: int
