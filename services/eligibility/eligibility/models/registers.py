"""Who asks, and what is set for each payer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from eligibility.domain.registers import (
    DEFAULT_CLAIM_WINDOW,
    DEFAULT_DAYS_BEFORE,
    DEFAULT_FRESH_HOURS,
    AskingProvider,
    Payer,
)
from eligibility.models.words import STRICT, Npi, ServiceType, Text


class PayerIn(BaseModel):
    model_config = STRICT
    name: Text
    service_types: list[ServiceType] = Field(default=["30", "98"], min_length=1, max_length=20)
    fresh_hours: int = Field(default=DEFAULT_FRESH_HOURS, ge=0, le=720)

    def payer(self, payer_id: str) -> Payer:
        return Payer(payer_id, self.name, tuple(dict.fromkeys(self.service_types)), self.fresh_hours)


class PayerOut(BaseModel):
    payer_id: str
    name: str
    service_types: list[str]
    fresh_hours: int

    @classmethod
    def of(cls, payer: Payer) -> PayerOut:
        return cls(**{name: getattr(payer, name) for name in cls.model_fields})


class AskingProviderIn(BaseModel):
    """The group as its payers have it enrolled."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Sample Dermatology PC", "npi": "1234567893"}]}
    )
    name: Text
    npi: Npi
    days_before_visit: int = Field(
        default=DEFAULT_DAYS_BEFORE, ge=0, le=30, description="When appointments are checked"
    )
    claim_window_days: int = Field(
        default=DEFAULT_CLAIM_WINDOW, ge=0, le=31, description="How near to a coded visit a check has to be"
    )
    automatic: bool = Field(
        default=True, description="Whether registrations, appointments and coded visits are checked"
    )

    def provider(self) -> AskingProvider:
        return AskingProvider(**self.model_dump())


class AskingProviderOut(BaseModel):
    name: str
    npi: str
    days_before_visit: int
    claim_window_days: int
    automatic: bool

    @classmethod
    def of(cls, provider: AskingProvider) -> AskingProviderOut:
        return cls(**{name: getattr(provider, name) for name in cls.model_fields})
