"""How old the open money is (rulebook 12): by date of service, by first bill, by when the holder came to owe it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from common.money import Money
from payments.domain.accounts import DENIED_RECEIVABLE, PATIENT_CREDIT, PATIENT_PARTS, PAYER_RECEIVABLE


class Basis(StrEnum):
    DATE_OF_SERVICE = "date_of_service"
    FIRST_BILL = "first_bill"
    RESPONSIBILITY = "responsibility"


class Holder(StrEnum):
    """With whom open money is."""

    PAYER = "payer"
    DENIED = "denied"
    PATIENT = "patient"


HELD_IN: Mapping[str, Holder] = {
    PAYER_RECEIVABLE: Holder.PAYER,
    DENIED_RECEIVABLE: Holder.DENIED,
    PATIENT_CREDIT: Holder.PATIENT,
    **dict.fromkeys(PATIENT_PARTS, Holder.PATIENT),
}

# Days of age at which a bucket ends.
BUCKETS: tuple[tuple[str, int | None], ...] = (
    ("0-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("91-120", 120),
    ("120+", None),
)


@dataclass(frozen=True, slots=True)
class OpenMoney:
    """What one holder owes for one claim; `since` is when it came to owe it."""

    claim_id: UUID
    holder: Holder
    amount: Money
    date_of_service: date
    first_billed: date
    since: date

    def begins(self, basis: Basis) -> date:
        return {
            Basis.DATE_OF_SERVICE: self.date_of_service,
            Basis.FIRST_BILL: self.first_billed,
            Basis.RESPONSIBILITY: self.since,
        }[basis]


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    held: Mapping[Holder, Money]

    @property
    def total(self) -> Money:
        return Money.sum(self.held.values())


def bucket_of(days: int) -> str:
    """The bucket of money that is `days` old; money dated ahead is as new as today's."""
    return next(name for name, last in BUCKETS if last is None or days <= last)


def aged(items: Iterable[OpenMoney], *, basis: Basis, on: date) -> tuple[Bucket, ...]:
    """Every bucket, the empty ones too, so that their total is all that is open on that day."""
    held = {name: dict.fromkeys(Holder, Money.zero()) for name, _ in BUCKETS}
    for item in items:
        held[bucket_of((on - item.begins(basis)).days)][item.holder] += item.amount
    return tuple(Bucket(name, amounts) for name, amounts in held.items())
