"""The practice's fee schedule."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import RowMapping

from common.money import Money

MOST_CHARGES = 5000


def _charge(amount: Money) -> Money:
    if not Money("0.01") <= amount <= Money("999999.99"):
        raise PydanticCustomError("charge", "A charge is from 0.01 to 999999.99")
    return amount


# A code of CPT or HCPCS, or that of a cosmetic service, such as COSMETIC-LASER.
FeeCode = Annotated[str, StringConstraints(pattern=r"^([0-9A-Z][0-9]{3}[0-9A-Z]|COSMETIC-[A-Z]{1,40})$")]
Charge = Annotated[Money, AfterValidator(_charge)]
Part = Literal["", "26", "TC"]


class FeeIn(BaseModel):
    """What one unit costs; `part` 26 or TC has a charge of its own."""

    model_config = ConfigDict(extra="forbid")
    code: FeeCode
    part: Part = ""
    charge: Charge


class FeesIn(BaseModel):
    """Charges from a day on. A code that is not named keeps its charge, and so do services of earlier days."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"effective_from": "2026-01-01", "charges": [{"code": "11102", "charge": "180.00"}]}]
        },
    )
    effective_from: date
    charges: list[FeeIn] = Field(min_length=1, max_length=MOST_CHARGES)

    def fees(self) -> dict[tuple[str, str], Money]:
        return {(fee.code, fee.part): fee.charge for fee in self.charges}


class FeesPut(BaseModel):
    charges: int

    @classmethod
    def of(cls, count: int) -> FeesPut:
        return cls(charges=count)


class FeeOut(BaseModel):
    code: str
    part: Part
    effective_from: date
    charge: Money

    @classmethod
    def of(cls, row: RowMapping) -> FeeOut:
        return cls(code=row["code"], part=row["part"], effective_from=row["effective_from"], charge=row["charge"])
