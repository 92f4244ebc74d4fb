"""What the simulator remembers, as frozen records that survive a restart as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import TypeAdapter

from simulator.adjudication.claim import Claim
from simulator.adjudication.decision import Decision
from simulator.adjudication.member import Member
from simulator.adjudication.payer import STRICT, Group, Payer, require_codes
from simulator.faults import MOST_TIMES, Fault
from simulator.troubles import TroubleTable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Route:
    """The envelope a claim came in: answers go back with sender and receiver exchanged.

    `reference` is BHT03 of the 837, which the 277CA repeats.
    """

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    group_sender: str
    group_receiver: str
    usage: str = "P"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One status of a 277CA: category, status code, entity, and at which level it was said."""

    level: Literal["clearinghouse", "payer"]
    category: str
    status: str
    entity: str = ""

    @property
    def accepted(self) -> bool:
        return self.category in {"A1", "A2"}


def _require_times(times: int) -> None:
    if not 1 <= times <= MOST_TIMES:
        raise ValueError(f"times is between 1 and {MOST_TIMES}")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What to do with the next `times` claims that match; every field left empty matches.

    `deny` needs `carc` (and takes `lines`, all when empty); `reject` needs `category` and `status` and says it
    at `level`; `silence` says nothing after the 999, or from `level` on.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    action: Literal["deny", "reject", "silence"]
    control_number: str = ""
    payer_id: str = ""
    member_id: str = field(default="", repr=False)
    frequency: str = ""
    times: int = 1
    carc: str = ""
    group: Group = "CO"
    remarks: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    category: str = ""
    status: str = ""
    entity: str = ""
    level: Literal["clearinghouse", "payer", "remittance"] = "payer"

    def matches(self, claim: Claim) -> bool:
        wanted = (self.control_number, self.payer_id, self.member_id, self.frequency)
        held = (claim.control_number, claim.payer_id, claim.member_id, claim.frequency)
        return all(not want or want == have for want, have in zip(wanted, held, strict=True))

    def __post_init__(self) -> None:
        """Raises ValueError when the action lacks what it needs."""
        if self.action == "deny" and not self.carc:
            raise ValueError("deny needs a carc")
        if self.action == "reject" and not (self.category and self.status):
            raise ValueError("reject needs a category and a status")
        _require_times(self.times)
        require_codes(self.carc, *self.remarks, self.category, self.status, self.entity)


Status = Literal[
    "received", "forwarded", "rejected_by_clearinghouse", "rejected_by_payer", "decided", "remitted", "silent"
]


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim and all that became of it.

    `replaces` and `replaced_by` are record numbers; `restores` says that the reversal of the earlier claim goes
    on this one's remittance. `voids` marks a frequency 8, which has no result of its own. `found` is what the
    clearinghouse found wrong with it against the guide.
    """

    id: int
    interchange: int
    route: Route
    claim: Claim
    received_at: float
    status: Status = "received"
    scenario: Scenario | None = None
    said: tuple[Said, ...] = ()
    payer_number: str = ""
    decision: Decision | None = None
    decided_on: str = ""
    finalised_at: float | None = None
    replaces: int | None = None
    replaced_by: int | None = None
    restores: bool = False
    trace: str = ""
    troubles: tuple[str, ...] = ()
    found: tuple[Said, ...] = ()

    @property
    def voids(self) -> bool:
        return self.claim.frequency == "8"


@dataclass(frozen=True, slots=True)
class Level:
    """One PLB: a positive amount takes from the cheque, a negative one adds to it (rulebook 11)."""

    reason: str
    amount: Decimal
    reference: str = ""


Timing = Literal["", "money_first", "money_late"]


@dataclass(frozen=True, slots=True)
class Payable:
    """One thing that a payer will put on a cheque: a claim payment, its reversal, or an amount of the provider level.

    `part` names it among those of its claim, `reverses` the part that it takes back. `decision` carries the signs that
    the remittance shows, None when there are `levels` alone; `status` is CLP02 where the decision does not say it.
    `control_number` and `payer_number` are there when they are not the claim's own. Payables of one `apart` stand on
    a cheque of their own. `cheque` and `trace` are those of the one that paid it.
    """

    claim: int
    payer_id: str
    part: str
    ripe_at: float
    decision: Decision | None = None
    id: int = 0
    status: str = ""
    reverses: str = ""
    control_number: str = ""
    payer_number: str = ""
    levels: tuple[Level, ...] = ()
    interest: Decimal = Decimal("0.00")
    line_numbers: bool = True
    apart: str = ""
    timing: Timing = ""
    repeated_after: float = 0.0
    cheque: int | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money at the provider's bank, under the trace number that the remittance names; `day` is the simulated one."""

    payer_id: str
    trace: str
    amount: Decimal
    method: str
    on: str
    day: float


@dataclass(frozen=True, slots=True)
class ChequeRecord:
    """A cheque as it was written: `body` is its 835, `levels` every PLB on it, `sent` the names of its files."""

    id: int
    payer_id: str
    trace: str
    total: Decimal
    method: str
    paid_on: str
    payables: tuple[int, ...]
    levels: tuple[Level, ...]
    route: Route
    body: str
    sent: tuple[str, ...] = ()
    deposit: Deposit | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    """What a payee owes the payer from a reversal that was larger than the cheque it stood on."""

    amount: Decimal
    reference: str


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {
    kind: TypeAdapter(kind)
    for kind in (ClaimRecord, Scenario, Fault, Debt, Payer, Member, Payable, ChequeRecord, TroubleTable)
}


def to_json(record: object) -> str:
    """The record as JSON; amounts as strings, dates as ISO."""
    return _ADAPTERS[type(record)].dump_json(record).decode()


def from_json(kind: type[T], text: str) -> T:
    """The record that `to_json` wrote."""
    return _ADAPTERS[kind].validate_json(text)
