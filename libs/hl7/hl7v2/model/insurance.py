"""IN1: a coverage as the front desk has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hl7v2.errors import Place
from hl7v2.model.people import Address, Coded, Identifier, Name


@dataclass(frozen=True, slots=True, repr=False)
class Insurance:
    """One IN1. `rank` is IN1-22 (priority of coordination), `set_id` IN1-1.

    `policy_number` is IN1-36, `insured_id` IN1-49, `relationship` IN1-17 of the insured to the patient (table 0063),
    `plan_kind` IN1-15. `ends_open` says that IN1-13 holds HL7's null: the coverage no longer ends.
    """

    place: Place
    set_id: int | None
    plan: Coded | None
    companies: tuple[Identifier, ...]
    group_number: str | None
    effective_from: date | None
    effective_to: date | None
    ends_open: bool
    plan_kind: str | None
    names: tuple[Name, ...]
    relationship: Coded | None
    birth_date: date | None
    addresses: tuple[Address, ...]
    rank: int | None
    policy_number: str | None
    sex: str | None
    insured_id: str | None
