"""The JSON of batches and appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eligibility.domain.appointment import Appointment, AppointmentStatus
from eligibility.models.planned import PlannedIn, PlannedOut
from eligibility.models.words import STRICT, Day, ServiceType
from eligibility.store.batches import Batch, Item

MOST_ITEMS = 10_000
LONGEST_PLACE = 120


class BatchItemIn(BaseModel):
    """One check of a batch."""

    model_config = STRICT
    patient_id: UUID
    on: Day
    coverage_id: UUID | None = None
    service_types: list[ServiceType] = Field(default_factory=list[ServiceType], max_length=20)


class BatchIn(BaseModel):
    """Each item is read for itself, as `{patient_id, on, coverage_id?, service_types?}`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"items": [{"patient_id": "01937e00-0000-7000-8000-000000000001", "on": "2026-03-04"}]}]
        },
    )
    items: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_ITEMS)

    def items_read(self) -> list[Item]:
        return [_read(number, raw) for number, raw in enumerate(self.items, start=1)]


class BatchOut(BaseModel):
    """`counts` are items by what became of them: refused, waiting, or the status of their check."""

    id: UUID
    accepted_at: datetime
    items: int
    started: int
    done: bool
    counts: dict[str, int]

    @classmethod
    def of(cls, batch: Batch) -> BatchOut:
        return cls(**{name: getattr(batch, name) for name in cls.model_fields})


class BatchItemOut(BaseModel):
    """`codes` are why it stands where it stands; of a refused item the place that cannot be read."""

    number: int
    patient_id: UUID | None
    on: date | None
    check_id: UUID | None
    status: str
    codes: list[str]

    @classmethod
    def of(cls, item: Item, check_id: UUID | None, status: str, codes: list[str]) -> BatchItemOut:
        return cls(
            number=item.number,
            patient_id=item.patient_id,
            on=item.on,
            check_id=check_id,
            status=status,
            codes=codes,
        )


class AppointmentIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"patient_id": "01937e00-0000-7000-8000-000000000001", "on": "2026-03-04"}]},
    )
    patient_id: UUID
    on: Day
    planned: list[PlannedIn] = Field(
        default_factory=list[PlannedIn], max_length=50, description="Held against the benefits when they are known"
    )


class MoveIn(BaseModel):
    model_config = STRICT
    on: Day


class AppointmentOut(BaseModel):
    id: UUID
    patient_id: UUID
    on: date
    status: AppointmentStatus
    check_id: UUID | None
    planned: list[PlannedOut]
    version: int

    @classmethod
    def of(cls, appointment: Appointment) -> AppointmentOut:
        values = {name: getattr(appointment, name) for name in cls.model_fields if name != "planned"}
        return cls(**values, planned=[PlannedOut.of(line) for line in appointment.planned])


def _read(number: int, raw: dict[str, Any]) -> Item:
    try:
        said = BatchItemIn.model_validate(raw)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        # The place may be a name that came with the item: only one of ours is repeated.
        place = str(first["loc"][0]) if first["loc"] and first["loc"][0] in BatchItemIn.model_fields else "item"
        return Item(number, refused=f"{place}: {first['type']}"[:LONGEST_PLACE])
    return Item(number, said.patient_id, said.on, said.coverage_id, tuple(dict.fromkeys(said.service_types)))
