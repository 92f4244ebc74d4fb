"""The registers' JSON."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import RowMapping

from claims.domain.parties import Address, Location, Payer, Practice, RenderingProvider
from claims.store.registers import Registered
from codes.clia import is_valid_clia
from codes.npi import is_valid_npi
from codes.taxonomy import is_taxonomy_shaped
from common.money import Money

# What an X12 element can hold, less the delimiters that we write with.
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^*:~^|\x00-\x1f\x7f]+$")
]
PayerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")]
LocationCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,19}$")]
Cpt = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]\d{3}[0-9A-Z]$")]
# SBR09, the claim filing indicator (rulebook 9.1).
Filing = Literal["MB", "MC", "CI", "BL", "12", "HM", "16", "CH", "WC", "13", "14", "15", "AM", "DS", "OF", "VA", "ZZ"]

STRICT = ConfigDict(extra="forbid")


def _npi(text: str) -> str:
    if not is_valid_npi(text):
        raise ValueError("an NPI is ten digits whose last one checks the others")
    return text


def _taxonomy(text: str) -> str:
    if not is_taxonomy_shaped(text):
        raise ValueError("a taxonomy code is nine letters or digits and an X")
    return text


def _clia(text: str) -> str:
    if text and not is_valid_clia(text):
        raise ValueError("a CLIA number is two digits, a D and seven digits")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("not a time zone")
    return text


def _not_negative(charge: Money) -> Money:
    if charge < Money.zero():
        raise ValueError("a charge is not below zero")
    return charge


Npi = Annotated[str, StringConstraints(pattern=r"^[12]\d{9}$"), AfterValidator(_npi)]
Taxonomy = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$"), AfterValidator(_taxonomy)]
Charge = Annotated[Money, AfterValidator(_not_negative)]


class AddressIn(BaseModel):
    model_config = STRICT
    line1: Annotated[Text, Field(max_length=55, description="A street address, no post office box")]
    line2: Annotated[Text, Field(max_length=55)] | None = None
    city: Annotated[Text, Field(max_length=30)]
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zip: Annotated[str, StringConstraints(pattern=r"^\d{9}$")] = Field(description="Nine digits, no dash")

    def address(self) -> Address:
        return Address(self.line1, self.city, self.state, self.zip, self.line2 or "")


class PracticeIn(BaseModel):
    """The billing provider."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Sample Dermatology PC",
                    "npi": "1234567893",
                    "tax_id": "123456789",
                    "taxonomy": "207N00000X",
                    "address": {
                        "line1": "100 Example Street",
                        "city": "Albany",
                        "state": "NY",
                        "zip": "122070001",
                    },
                    "contact_name": "Billing Office",
                    "contact_phone": "5185550100",
                }
            ]
        },
    )
    name: Text
    npi: Npi
    tax_id: Annotated[str, StringConstraints(pattern=r"^\d{9}$")]
    tax_id_kind: Literal["EI", "SY"] = "EI"
    taxonomy: Taxonomy
    address: AddressIn
    contact_name: Text
    contact_phone: Annotated[str, StringConstraints(pattern=r"^\d{10}$")]
    clia_number: Annotated[str, StringConstraints(max_length=10), AfterValidator(_clia)] = ""
    time_zone: Annotated[str, StringConstraints(max_length=60), AfterValidator(_zone)] = "America/New_York"

    def practice(self) -> Practice:
        facts = self.model_dump(exclude={"address"})
        return Practice(**facts, address=self.address.address())


class LocationIn(BaseModel):
    """A place where the practice sees patients, under the code that coding and credentialing know it by."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Sample Dermatology East",
                    "address": {"line1": "7 East Example Road", "city": "Albany", "state": "NY", "zip": "122070009"},
                }
            ]
        },
    )
    name: Text
    npi: Npi | None = Field(default=None, description="Where it has one of its own")
    address: AddressIn

    def location(self, code: str) -> Location:
        return Location(code, self.name, self.address.address(), self.npi or "")


class PayerIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Sample Health Plan",
                    "filing_indicator": "CI",
                    "filing_limit_days": 120,
                    "takes_frequency_codes": True,
                    "x_modifiers": False,
                }
            ]
        },
    )
    name: Text
    filing_indicator: Filing
    filing_limit_days: int = Field(ge=1, le=3650, description="From the date of service")
    denial_window_days: int = Field(
        default=90, ge=1, le=3650, description="Corrected claims and appeals, from the remittance"
    )
    takes_frequency_codes: bool = Field(description="Whether the payer takes frequency 7 and 8")
    x_modifiers: bool = Field(description="Whether the payer takes XE, XS, XP and XU")
    batch_size: int = Field(default=50, ge=1, le=5000)
    batch_seconds: int = Field(default=2, ge=1, le=86400, description="How long a batch gathers")

    def payer(self, payer_id: str) -> Payer:
        return Payer(payer_id=payer_id, **self.model_dump())


class RenderingProviderIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"last_name": "Ashby", "first_name": "Noor", "taxonomy": "207N00000X"}]},
    )
    last_name: Text
    first_name: Annotated[Text, Field(max_length=35)]
    taxonomy: Taxonomy

    def provider(self, npi: str) -> RenderingProvider:
        return RenderingProvider(npi=npi, **self.model_dump())


class ChargeIn(BaseModel):
    model_config = STRICT
    cpt: Cpt
    charge: Charge


class ChargesIn(BaseModel):
    """Codes to add, and codes whose charge changes; a code that is not named keeps its charge."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"charges": [{"cpt": "17110", "charge": "210.00"}]}]}
    )
    charges: list[ChargeIn] = Field(min_length=1, max_length=2000)

    def prices(self) -> dict[str, Money]:
        return {line.cpt: line.charge for line in self.charges}


class ChargesPut(BaseModel):
    charges: int

    @classmethod
    def of(cls, count: int) -> ChargesPut:
        return cls(charges=count)


class ChargeOut(BaseModel):
    cpt: str
    charge: Money

    @classmethod
    def of(cls, row: RowMapping) -> ChargeOut:
        return cls(cpt=row["cpt"], charge=row["charge"])


class PracticeOut(BaseModel):
    practice: Practice
    version: int

    @classmethod
    def of(cls, found: Registered[Practice]) -> PracticeOut:
        return cls(practice=found.entry, version=found.version)


class LocationOut(BaseModel):
    location: Location
    version: int

    @classmethod
    def of(cls, found: Registered[Location]) -> LocationOut:
        return cls(location=found.entry, version=found.version)


class PayerOut(BaseModel):
    payer: Payer
    version: int

    @classmethod
    def of(cls, found: Registered[Payer]) -> PayerOut:
        return cls(payer=found.entry, version=found.version)


class RenderingProviderOut(BaseModel):
    provider: RenderingProvider
    version: int

    @classmethod
    def of(cls, found: Registered[RenderingProvider]) -> RenderingProviderOut:
        return cls(provider=found.entry, version=found.version)
