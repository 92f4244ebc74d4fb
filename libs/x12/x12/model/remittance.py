"""Remittance advice: 835, 005010X221A1. Amounts are dollars as Decimal and carry the sign that was sent."""

from datetime import date
from decimal import Decimal

from x12.model.adjustment import Adjustment, remark_codes
from x12.model.claim import DatedEvent
from x12.model.party import Party, Reference
from x12.model.procedure import Procedure
from x12.model.record import record
from x12.model.segments import Loop, Segment


@record
class BankAccount:
    """Four BPR elements: number qualifier (01 ABA), bank number, account qualifier (DA, SG), account
    number.
    """

    bank_qualifier: str
    bank: str
    account_qualifier: str = ""
    account: str = ""


@record
class Remittance:
    """The head of one 835: one payment, one trace number (rulebook 11).

    `handling` BPR01 (I, H, C, D, P, U, X), `total` BPR02, `credit` BPR03 (C or D), `method` BPR04 (ACH, CHK,
    FWT, BOP, NON), `payment_date` BPR16, `trace` TRN02 (the number that finds the money), `trace_issuer`
    TRN03. `payee.id` is the NPI when `payee.id_qualifier` is XX; the payee's tax id is REF TJ.
    """

    total: Decimal
    payment_date: date
    trace: str
    payer: Party
    payee: Party
    handling: str = "I"
    credit: str = "C"
    method: str = "CHK"
    payment_format: str = ""
    sender_account: BankAccount | None = None
    originator: str = ""
    originator_supplement: str = ""
    receiver_account: BankAccount | None = None
    trace_issuer: str = ""
    trace_supplement: str = ""
    production_date: date | None = None
    receiver_id: str = ""
    extra: tuple[Segment, ...] = ()

    @property
    def payee_tax_id(self) -> str:
        """REF TJ, or N104 when the payee is identified by its tax number (FI)."""
        return self.payee.reference("TJ") or (self.payee.id if self.payee.id_qualifier == "FI" else "")


@record
class ServicePayment:
    """Loop 2110. `paid_procedure` SVC01; `original_procedure` SVC06 when the payer changed the code.

    `control_number` REF 6R is the line's number on our claim; `allowed` AMT B6; `remarks` the LQ HE codes.
    """

    paid_procedure: Procedure
    charge: Decimal
    paid: Decimal
    revenue_code: str = ""
    paid_units: Decimal | None = None
    original_procedure: Procedure | None = None
    original_units: Decimal | None = None
    service_from: date | None = None
    service_to: date | None = None
    control_number: str = ""
    allowed: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    references: tuple[Reference, ...] = ()
    remarks: tuple[str, ...] = ()
    extra: tuple[Segment, ...] = ()


@record
class ClaimPayment:
    """Loop 2100, one CLP. `status` CLP02: 1-3 processed, 4 denied, 19-21 forwarded, 22 reversal, 23, 25.

    `control_number` CLP01 is ours, `payer_control_number` CLP07 theirs (REF F8 of a correction). `remarks`
    are the codes of MIA and MOA; `subscriber` is present when it is not the patient. `group_number` is LX01.
    """

    control_number: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal | None = None
    filing_code: str = ""
    payer_control_number: str = ""
    place_of_service: str = ""
    frequency: str = ""
    patient: Party | None = None
    subscriber: Party | None = None
    rendering: Party | None = None
    adjustments: tuple[Adjustment, ...] = ()
    services: tuple[ServicePayment, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    references: tuple[Reference, ...] = ()
    allowed: Decimal | None = None
    moa: Segment = ()
    mia: Segment = ()
    group_number: str = "1"
    group_extra: tuple[Segment, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remittance remark codes of MOA03-07 and MIA05, 20-23, in order."""
        return remark_codes(self.moa, self.mia)


@record
class ProviderAdjustment:
    """One reason of a PLB segment. A positive `amount` takes from the cheque, a negative one adds (rulebook
    11).

    `reason` PLB03-1 (WO, FB, 72, CS, L6, IR, LE ...), `reference` PLB03-2, `fiscal_period_end` PLB02.
    """

    provider: str
    fiscal_period_end: date
    reason: str
    amount: Decimal
    reference: str = ""


RemittancePart = Remittance | ClaimPayment | ProviderAdjustment


@record
class RemittanceAdvice:
    """One 835 held whole, for payments small enough to hold."""

    remittance: Remittance
    claims: tuple[ClaimPayment, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
