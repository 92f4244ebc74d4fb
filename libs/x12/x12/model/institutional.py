"""Institutional claims (837I, 005010X223A2) as far as coordination of benefits needs them. Amounts are dollars."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from x12.model.claim import DatedEvent, Procedure
from x12.model.party import Party, Reference
from x12.model.remittance import Adjustment
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
class LineAdjudication:
    """Loop 2430: what another payer did with a line."""

    payer: str
    paid: Decimal
    procedure: Procedure | None
    revenue_code: str
    units: Decimal | None
    adjustments: tuple[Adjustment, ...] = ()
    decided: date | None = None
    remaining: Decimal | None = None
    extra: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """Loop 2320 with 2330A and 2330B: another coverage and what it paid. `paid` AMT D, `remaining` AMT EAF (what the
    patient still owes), `not_covered` AMT A8.
    """

    responsibility: str
    relationship: str
    group_number: str
    group_name: str
    filing_code: str
    payer: Party | None
    insured: Party | None
    paid: Decimal | None = None
    remaining: Decimal | None = None
    not_covered: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[Segment, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


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
    other_payers: tuple[OtherPayer, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()
