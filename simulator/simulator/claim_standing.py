"""What a payer answers to a question about a claim (276): from the claim as it stands in its books that day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal

from simulator.adjudication.payer import LONGEST_WAIT, STRICT, require_codes
from simulator.records import ClaimRecord

# Claim status codes: 35 not found; 45 awaiting benefit determination; 3 adjudicated, awaiting payment cycle; 65 paid;
# 104 processed according to plan provisions; 585 denied charge; 101 processed as adjustment; 46 internal review.
_NOT_FOUND = ("A4", "35")
_IN_PROCESS, _IN_REVIEW, _AWAITING_PAYMENT = ("P1", "45"), ("P2", "46"), ("F0", "3")
_PAID, _NOTHING_TO_PAY, _DENIED, _REVISED = ("F1", "65"), ("F1", "104"), ("F2", "585"), ("F3", "101")


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim that waits for somebody: `category` P2 the payer itself, P3 the provider, P4 the patient.

    Its money waits so many `days` longer; until then the payer says so to whoever asks.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    category: Literal["P2", "P3", "P4"]
    status: str = "46"
    entity: str = ""
    days: float = 5.0

    def __post_init__(self) -> None:
        """Raises ValueError for a hold that nobody could say or that never ends."""
        if not 0 < self.days <= LONGEST_WAIT:
            raise ValueError(f"days is between 0 and {LONGEST_WAIT}")
        require_codes(self.status, self.entity)


@dataclass(frozen=True, slots=True)
class ClaimQuestion:
    """A claim as the one who asks describes it; a number that is empty is not known to it."""

    payer_id: str
    member_id: str = field(repr=False)
    payer_claim_number: str = ""
    control_number: str = ""
    charge: Decimal | None = None
    service_from: date | None = None
    service_to: date | None = None
    trace: str = ""

    def means(self, record: ClaimRecord) -> bool:
        """Whether the claim is the one: by a number where one is given, else by charge and days of service."""
        claim = record.claim
        if self.payer_claim_number:
            return self.payer_claim_number == record.payer_number
        if self.control_number:
            return self.control_number == claim.control_number
        days = [line.service_on for line in claim.lines] or [date.min]
        inside = (
            bool(days) and (self.service_from or days[0]) <= min(days) and max(days) <= (self.service_to or days[-1])
        )
        return inside and self.charge in (None, claim.charge)


@dataclass(frozen=True, slots=True)
class Standing:
    """The status of a claim: category and code, the entity it speaks of, and what is known of money then."""

    category: str
    status: str
    entity: str = ""
    record: ClaimRecord | None = None
    paid: Decimal = Decimal("0.00")
    finalised_on: str = ""


def standing(record: ClaimRecord | None, day: float, hold: tuple[Hold, float] | None) -> Standing:
    """How the claim stands on simulated `day`; `hold` is what holds it, and until which day."""
    if record is None or record.status in ("received", "rejected_by_clearinghouse", "silent"):
        return Standing(*_NOT_FOUND)
    if record.status == "forwarded":
        # Not at the payer yet, or refused by it once and looked at again.
        refused = any(said.level == "payer" for said in record.said)
        return Standing(*_IN_REVIEW, record=record) if refused else Standing(*_NOT_FOUND)
    if record.status == "rejected_by_payer":
        said = record.said[-1]
        return Standing(said.category, said.status, said.entity, record)
    if hold is not None and day < hold[1]:
        return Standing(hold[0].category, hold[0].status, hold[0].entity, record)
    if record.status == "decided":
        ripe = record.finalised_at is None or day >= record.finalised_at
        return Standing(*(_AWAITING_PAYMENT if ripe else _IN_PROCESS), record=record)
    return _final(record)


def _final(record: ClaimRecord) -> Standing:
    decision = record.decision
    paid = Decimal("0.00") if decision is None else decision.paid
    if record.voids or record.replaced_by is not None or record.replaces is not None:
        said = _REVISED
    elif decision is not None and decision.denied:
        said = _DENIED
    else:
        said = _PAID if paid > 0 else _NOTHING_TO_PAY
    return Standing(*said, record=record, paid=paid, finalised_on=record.decided_on)
