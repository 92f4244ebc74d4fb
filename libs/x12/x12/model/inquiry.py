"""What questions to a payer and its answers share: the head of the set, trace numbers, and a person with a birth
date.
"""

from dataclasses import dataclass
from datetime import date, datetime

from x12.model.party import Party
from x12.model.segments import Segment


@dataclass(frozen=True, slots=True)
class TransactionHead:
    """BHT. `structure` BHT01 (0022 eligibility, 0010 claim status), `purpose` BHT02 (13 request, 11 response, 08
    status), `reference` BHT03, `kind` BHT06 (RT, DG ..., mostly empty).
    """

    reference: str
    created: datetime
    structure: str
    purpose: str
    kind: str = ""
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """TRN: `kind` 1 ours, 2 repeated to us; the number, who gave it (TRN03), and that one's further number."""

    number: str
    kind: str = "1"
    originator: str = ""
    supplement: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An NM1 loop with DMG: `sex` F, M or U. `party.id` is the member id where one is given."""

    party: Party
    birth_date: date | None = None
    sex: str = ""
