"""What is to be sent, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping

from edi.domain.bodies import MOST_BODIES
from edi.domain.events import SetError
from edi.domain.transmission import Transmission
from edi.models.words import Input, Payer


class TransmissionIn(Input):
    """Bodies (the segments between ST and SE, delimiters `* : ^ ~`) for one payer; each becomes a transaction set."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "reference": "01937e00-0000-7000-8000-000000000012",
                    "kind": "837P",
                    "payer_id": "PAYERA",
                    "bodies": ["BHT*0019*00*0001*20260105*1200*CH~NM1*41*2*DERM GROUP*****46*123456789~"],
                }
            ]
        },
    )

    reference: UUID = Field(description="The caller's own id of what is sent, such as a batch")
    kind: str = Field(min_length=1, max_length=10)
    payer_id: Payer
    bodies: list[str] = Field(min_length=1, max_length=MOST_BODIES)


class TransmissionAccepted(BaseModel):
    transmission_id: UUID

    @classmethod
    def of(cls, transmission: Transmission) -> TransmissionAccepted:
        return cls(transmission_id=transmission.id)


class AttemptOut(BaseModel):
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None


class TransmissionOut(BaseModel):
    """`overdue_at` is set when no 999 came in time; `failure` when the partner will never take it."""

    id: UUID
    partner_id: UUID
    interchange_id: UUID
    reference: UUID
    kind: str
    payer_id: str | None
    sets: int
    interchange_control: str
    group_control: str
    status: str
    queued_at: datetime
    sent_at: datetime | None
    acknowledge_by: datetime | None
    overdue_at: datetime | None
    acknowledged_at: datetime | None
    outcome: str | None
    errors: list[SetError]
    failure: str | None
    attempts: list[AttemptOut] = []

    @classmethod
    def of(cls, transmission: Transmission, attempts: Any = ()) -> TransmissionOut:
        names = cls.model_fields.keys() - {"attempts", "errors", "status"}
        return cls(
            **{name: getattr(transmission, name) for name in names},
            status=transmission.status.value,
            errors=list(transmission.errors),
            attempts=[AttemptOut.model_validate(dict(row)) for row in attempts],
        )


class AcknowledgementOut(BaseModel):
    """A 999 (control: GS06 of the group) or TA1 (control: ISA13); `reason` when it changed nothing."""

    id: UUID
    partner_id: UUID
    interchange_id: UUID
    kind: str
    control: str
    outcome: str
    note: str | None
    transmission_id: UUID | None
    applied: bool
    reason: str | None
    received_at: datetime

    @classmethod
    def of(cls, row: RowMapping) -> AcknowledgementOut:
        return cls.model_validate(dict(row))
