"""Institutional claims (837I, 005010X223A2) as far as coordination of benefits needs them. Amounts are dollars."""

from dataclasses import dataclass
from decimal import Decimal

from x12.model.claim import DatedEvent
from x12.model.coordination import LineAdjudication, OtherCoverage
from x12.model.party import Party, Reference
from x12.model.procedure import Procedure
from x12.model.segments import Loop, Segment


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """One composite of HI: `qualifier` ABK/BK principal diagnosis, BE value, BH occurrence, BI occurrence span, BG
    condition ...; `day` as sent (D8 or RD8 text), `amount` of a value code, `further` whatever components follow.
    """

    qualifier: str
    code: str
    day_form: str = ""
    day: str = ""
    amount: Decimal | None = None
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstitutionalLine:
    """Loop 2400 with SV2."""

    number: int
    revenue_code: str
    procedure: Procedure | None
    charge: Decimal
    unit: str
    units: Decimal
    not_covered: Decimal | None
    dates: tuple[DatedEvent, ...] = ()
    adjudications: tuple[LineAdjudication, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True, slots=True)
class InstitutionalClaim:
    """One CLM. `facility` and `frequency` are the type of bill (CLM05); every HI is in `codes`, in order."""

    billing_provider: Party
    subscriber: Party
    payer: Party
    patient: Party | None
    responsibility: str
    control_number: str
    charge: Decimal
    facility: str
    frequency: str
    codes: tuple[ClaimCode, ...]
    lines: tuple[InstitutionalLine, ...]
    other_coverages: tuple[OtherCoverage, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()
