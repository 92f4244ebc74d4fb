"""The chart of accounts, as data: what each account is, and which part of a claim's money bar it belongs to.

Every account that can carry a claim belongs to exactly one part of the bar, and every posting of a claim balances;
charge = paid + adjusted + patient + open follows from those two facts alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Nature(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    REVENUE = "revenue"
    CONTRA_REVENUE = "contra_revenue"
    EXPENSE = "expense"


class Part(StrEnum):
    """A part of the claim's money bar."""

    CHARGE = "charge"
    PAID = "paid"
    ADJUSTED = "adjusted"
    PATIENT = "patient"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Account:
    """`part` is None for an account that never carries a claim."""

    code: str
    name: str
    nature: Nature
    part: Part | None = None


CASH_CLEARING = "cash_clearing"
PATIENT_CASH = "patient_cash"
EXTERNAL_CLEARING = "external_clearing"
PAYER_RECEIVABLE = "payer_receivable"
DENIED_RECEIVABLE = "denied_receivable"
PATIENT_DEDUCTIBLE = "patient_deductible"
PATIENT_COINSURANCE = "patient_coinsurance"
PATIENT_COPAY = "patient_copay"
PATIENT_NONCOVERED = "patient_noncovered"
RECOUPMENT = "recoupment"
TAX_WITHHELD = "tax_withheld"
UNAPPLIED = "unapplied"
PATIENT_CREDIT = "patient_credit"
PAYER_ADVANCE = "payer_advance"
REVENUE = "revenue"
CAPITATION = "capitation"
PAYER_INTEREST = "payer_interest"
CONTRACTUAL_ADJUSTMENT = "contractual_adjustment"
DENIAL_WRITE_OFF = "denial_write_off"
PROVIDER_ADJUSTMENT = "provider_adjustment"

CHART: Mapping[str, Account] = {
    account.code: account
    for account in (
        Account(CASH_CLEARING, "Payer money announced, awaited at the bank", Nature.ASSET),
        Account(PATIENT_CASH, "Cash and cheques of patients", Nature.ASSET, Part.PAID),
        Account(EXTERNAL_CLEARING, "Patient payments taken by a processor", Nature.ASSET, Part.PAID),
        Account(PAYER_RECEIVABLE, "Payers' receivable", Nature.ASSET, Part.OPEN),
        Account(DENIED_RECEIVABLE, "Denied, under appeal or correction", Nature.ASSET, Part.OPEN),
        Account(PATIENT_DEDUCTIBLE, "Patients' receivable: deductible", Nature.ASSET, Part.PATIENT),
        Account(PATIENT_COINSURANCE, "Patients' receivable: coinsurance", Nature.ASSET, Part.PATIENT),
        Account(PATIENT_COPAY, "Patients' receivable: copay", Nature.ASSET, Part.PATIENT),
        Account(PATIENT_NONCOVERED, "Patients' receivable: not covered", Nature.ASSET, Part.PATIENT),
        Account(RECOUPMENT, "Overpayment recoveries and forwarded balances", Nature.ASSET),
        Account(TAX_WITHHELD, "Tax withheld from payments", Nature.ASSET),
        Account(UNAPPLIED, "Payer money not yet applied to a claim", Nature.LIABILITY, Part.PAID),
        Account(PATIENT_CREDIT, "Patients' money beyond what they owe", Nature.LIABILITY, Part.PATIENT),
        Account(PAYER_ADVANCE, "Accelerated payments to be recovered", Nature.LIABILITY),
        Account(REVENUE, "Charges", Nature.REVENUE, Part.CHARGE),
        Account(CAPITATION, "Capitation payments", Nature.REVENUE),
        Account(PAYER_INTEREST, "Interest paid by payers", Nature.REVENUE),
        Account(CONTRACTUAL_ADJUSTMENT, "Contractual adjustments", Nature.CONTRA_REVENUE, Part.ADJUSTED),
        Account(DENIAL_WRITE_OFF, "Denials written off", Nature.CONTRA_REVENUE, Part.ADJUSTED),
        Account(PROVIDER_ADJUSTMENT, "Other provider-level adjustments", Nature.EXPENSE),
    )
}

# The order in which a patient's payment settles what the patient owes: what was due at the visit comes first.
PATIENT_PARTS: tuple[str, ...] = (PATIENT_COPAY, PATIENT_DEDUCTIBLE, PATIENT_COINSURANCE, PATIENT_NONCOVERED)

# Rulebook 11, PLB03-1. A reason that is not listed goes to `provider_adjustment`, where somebody looks at it.
PROVIDER_LEVEL: Mapping[str, str] = {
    "WO": RECOUPMENT,
    "FB": RECOUPMENT,
    "72": RECOUPMENT,
    "L6": PAYER_INTEREST,
    "IR": TAX_WITHHELD,
    "AP": PAYER_ADVANCE,
    "CT": CAPITATION,
}
