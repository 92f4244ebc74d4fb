"""A payer's contract and habits, as data that a test can replace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal

from simulator.adjudication.claim import Claim, Line
from simulator.adjudication.member import Member

STRICT: dict[str, Any] = {"extra": "forbid"}
"""Settings come as JSON from tests: a mistyped name is refused, not passed over."""

LONGEST_WAIT = 3650.0
SHORTEST_INTERVAL = 0.001


Group = Literal["CO", "OA", "PI", "PR"]
_CODE = re.compile(r"[A-Z0-9]{1,8}")
_TEXT = re.compile(r"[^*:^~|>\x00-\x1f\x7f]{0,60}")
_PAYER_ID = re.compile(r"[A-Z0-9]{2,15}")


def require_codes(*codes: str) -> None:
    """Raises ValueError for what cannot be a code in an X12 element; the empty text passes."""
    if any(code and not _CODE.fullmatch(code) for code in codes):
        raise ValueError("a code is one to eight capital letters and digits")


@dataclass(frozen=True, slots=True)
class Override:
    """A rule a test set: deny lines that match with this reason. Empty fields match everything.

    `cpt` and `dx_prefix` are prefixes; `unless_modifier` spares lines that carry it, `unless_authorized` those
    on a claim with an authorization number.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    carc: str
    group: Group = "CO"
    cpt: str = ""
    dx_prefix: str = ""
    remarks: tuple[str, ...] = ()
    place_of_service: str = ""
    modifier: str = ""
    unless_modifier: str = ""
    unless_authorized: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a reason that no remittance can carry."""
        require_codes(self.carc, *self.remarks)

    def matches(self, claim: Claim, line: Line) -> bool:
        diagnosis = self.dx_prefix.replace(".", "")
        return (
            line.cpt.startswith(self.cpt)
            and any(code.startswith(diagnosis) for code in line.diagnoses or ("",))
            and (not self.place_of_service or self.place_of_service == line.place_of_service)
            and (not self.modifier or self.modifier in line.modifiers)
            and (not self.unless_modifier or self.unless_modifier not in line.modifiers)
            and not (self.unless_authorized and claim.authorization_of(line))
        )


@dataclass(frozen=True, slots=True)
class NecessityPolicy:
    """Lines whose code is in `cpts` are denied when every diagnosis pointed at begins with one of `excluded`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    cpts: tuple[str, ...]
    excluded: tuple[str, ...]
    remarks: tuple[str, ...] = ("N115",)

    def __post_init__(self) -> None:
        """Raises ValueError for a remark that no remittance can carry."""
        require_codes(*self.remarks)


@dataclass(frozen=True, slots=True)
class Contract:
    """Synthetic rates: relative value x `conversion_factor` x `rate`; codes without one, a share of the charge.

    `fee_schedule` names codes with dollars of their own for a unit, which go before the relative values.
    `sequestration` is the share of its payment that the payer holds back (CO-253, rulebook 12).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    conversion_factor: Decimal
    rate: Decimal = Decimal("1.00")
    share_of_charge: Decimal = Decimal("0.60")
    mppr_as_own_reason: bool = True
    fee_schedule: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    sequestration: Decimal = Decimal("0.00")

    def __post_init__(self) -> None:
        """Raises ValueError for a rate below nothing, and for a share above the whole."""
        if self.conversion_factor < 0 or self.rate < 0 or any(rate < 0 for rate in self.fee_schedule.values()):
            raise ValueError("rates are not below nothing")
        if not (0 <= self.share_of_charge <= 1 and 0 <= self.sequestration <= 1):
            raise ValueError("shares are between 0 and 1")


@dataclass(frozen=True, slots=True)
class Delays:
    """In simulated days after the claim came in; cheques go out every `cheque_interval` days, on the whole day."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    clearinghouse: float = 0.1
    payer: float = 0.5
    remittance: float = 7.0
    cheque_interval: float = 1.0
    jitter: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for a delay that is negative or endless, or a cheque run that never comes."""
        waits = (self.clearinghouse, self.payer, self.remittance, self.jitter)
        if not all(0 <= wait <= LONGEST_WAIT for wait in (*waits, self.cheque_interval)):
            raise ValueError(f"delays are between 0 and {LONGEST_WAIT} days")
        if self.cheque_interval < SHORTEST_INTERVAL:
            raise ValueError(f"cheque_interval is at least {SHORTEST_INTERVAL} days")


@dataclass(frozen=True, slots=True)
class Wire:
    """How the payer's files look: element, component, repetition and segment separators, line feeds or none."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    delimiters: str = "*:^~"
    line_break: Literal["", "\n", "\r\n"] = ""

    def __post_init__(self) -> None:
        """Raises ValueError when the four marks do not separate."""
        marks = set(self.delimiters)
        if len(self.delimiters) != 4 or len(marks) != 4 or not marks <= set("*:^~|>\n"):
            raise ValueError(r"delimiters are four different characters of * : ^ ~ | > and \n")


@dataclass(frozen=True, slots=True)
class Payer:
    """One payer. `distinct_modifiers`: which of 59 and X{EPSU} it takes. `filing_code` is CLP06, which knows no CI.

    `modifier_side`: an NCCI modifier counts on column 2 alone or on either line (rulebook 4.1).
    `claim_level_carcs`: denials it reports once for the claim, with no lines.
    `zero_pay_apart`: denied claims get a remittance of their own, without money. `walk_in`: the benefits of a
    member who is not on the roster; None refuses the claim. `global_periods`: whether care inside the global period
    of an earlier surgery is part of it. `required_references`: REF qualifiers without which it rejects a claim.
    `claims_per_cheque` and `cheques_per_file` bound what stands in one ST and in one interchange;
    `levels_per_cheque` bounds the amounts at provider level, four of which fit with a debt carried in and out into
    one PLB. `interest_rate` is the yearly rate of what it pays for being late.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    name: str
    contract: Contract
    delays: Delays = Delays()
    wire: Wire = Wire()
    filing_code: str = "12"
    filing_limit_days: int = 180
    correction_limit_days: int = 365
    takes_replacements: bool = True
    distinct_modifiers: Literal["59", "X", "any"] = "any"
    modifier_side: Literal["column2", "either"] = "column2"
    bundling_carc: str = "97"
    modifier_25_on_new_visits: bool = True
    checks_units: bool = True
    global_periods: bool = True
    required_references: tuple[Literal["G1", "9F", "X4"], ...] = ()
    claims_per_cheque: int = 10_000
    cheques_per_file: int = 100
    levels_per_cheque: int = 4
    interest_rate: Decimal = Decimal("0.10")
    authorization_cpts: tuple[str, ...] = ()
    necessity: tuple[NecessityPolicy, ...] = ()
    wants_clia: bool = False
    claim_level_carcs: tuple[str, ...] = ()
    zero_pay_apart: bool = False
    payment_method: Literal["ACH", "CHK"] = "ACH"
    payer_number_prefix: str = ""
    walk_in: Member | None = None
    overrides: tuple[Override, ...] = ()
    address: tuple[str, str, str, str] = ("1 Example Plaza", "Springfield", "IL", "627010001")
    tax_id: str = "999999999"
    telephone: str = "8005550100"

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot stand in an envelope or a remittance."""
        if not _PAYER_ID.fullmatch(self.id):
            raise ValueError("a payer id is two to fifteen capital letters and digits")
        if not all(_TEXT.fullmatch(text) for text in (self.name, self.telephone, *self.address)):
            raise ValueError("a name, address or telephone holds a separator or is longer than 60")
        require_codes(self.bundling_carc, self.payer_number_prefix, self.filing_code, *self.claim_level_carcs)
        if min(self.claims_per_cheque, self.cheques_per_file, self.levels_per_cheque) < 1:
            raise ValueError("a cheque settles at least one claim, and a file holds at least one cheque")
        if not 0 <= self.interest_rate <= 1:
            raise ValueError("interest_rate is between 0 and 1")
        if len(self.tax_id) != 9 or not self.tax_id.isdigit():
            raise ValueError("a tax_id is nine digits")
