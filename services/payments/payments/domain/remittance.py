"""What a payer's 835 says, cut down to what the ledger and the other services need.

Names, member ids and dates of birth that stand in the file are not here: the control number finds the claim.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from common.money import Money

REVERSAL = "22"
# CLP02 (rulebook 11): a payer after the first, who pays what the one before left to the patient.
LATER_PAYER = frozenset({"2", "3", "20", "21"})
# CLP02 of a payer that has sent the claim on to the next one itself, and the remarks that say so (rulebook 9.5).
CROSSED_OVER = frozenset({"19", "20", "21"})
CROSSOVER_REMARKS = frozenset({"MA07", "MA18", "N89"})
# CLP02 23 went on to another payer without being processed, 25 only estimates: neither moves money.
NOTHING_PROCESSED = frozenset({"23", "25"})


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS reason: a positive amount was not paid."""

    group: str
    carc: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PaidLine:
    """SVC. `procedure` is the code we billed (SVC06 when the payer changed it), `control_number` REF 6R."""

    procedure: str
    modifiers: tuple[str, ...]
    charge: Money
    paid: Money
    control_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    paid_procedure: str = ""


@dataclass(frozen=True, slots=True)
class PaidClaim:
    """One CLP. `position` counts the claims of the cheque from 1; `patient_responsibility` is CLP05.

    `crossover_carrier`: the payer names a carrier that it has sent the claim to (NM1 TT).
    """

    position: int
    control_number: str
    status: str
    charge: Money
    paid: Money
    patient_responsibility: Money | None = None
    payer_claim_number: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[PaidLine, ...] = ()
    remarks: tuple[str, ...] = ()
    crossover_carrier: bool = False

    @property
    def reversal(self) -> bool:
        return self.status == REVERSAL

    @property
    def forwarded(self) -> bool:
        """Whether the payer has sent the claim on to the next one."""
        told = self.status in CROSSED_OVER or not CROSSOVER_REMARKS.isdisjoint(self.remarks)
        return told or self.crossover_carrier

    @property
    def every_adjustment(self) -> tuple[Adjustment, ...]:
        return self.adjustments + tuple(item for line in self.lines for item in line.adjustments)


@dataclass(frozen=True, slots=True)
class ProviderLevel:
    """One PLB reason: a positive amount takes from the cheque, a negative one adds to it (rulebook 11).

    `reference` is PLB03-2, where Medicare puts a member id behind its claim number.
    """

    reason: str
    reference: str = field(repr=False)
    amount: Money


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835: one cheque or transfer. `total` BPR02, `paid_on` BPR16, `trace` TRN02, `payer` who the money is from.

    `position` counts the transactions of the interchange from 1. `adjudicated_on` is the payer's own date for
    its decisions (DTM 405), or the payment's.
    """

    position: int
    payer: str
    trace: str
    total: Money
    paid_on: date
    adjudicated_on: date
    method: str
    claims: tuple[PaidClaim, ...] = ()
    provider_level: tuple[ProviderLevel, ...] = ()
