"""Professional claims: 837P, 005010X222A1. Amounts are dollars as Decimal; dates are calendar dates."""

from datetime import date, datetime
from decimal import Decimal

from x12.model.coordination import LineAdjudication, OtherCoverage
from x12.model.party import Address, Party, Reference
from x12.model.procedure import Procedure
from x12.model.record import record
from x12.model.segments import Loop, Segment


@record
class Submission:
    """The head of one 837 transaction set: BHT and loops 1000A (submitter) and 1000B (receiver).

    `kind` is BHT06: CH chargeable, RP encounter, 31 subrogation. `purpose` is BHT02: 00 original, 18 reissue.
    """

    reference: str
    created: datetime
    submitter: Party
    receiver: Party
    purpose: str = "00"
    kind: str = "CH"
    extra: tuple[Segment, ...] = ()


@record
class BillingProvider:
    """Loops 2000A and 2010AA-AC. `party.npi` is the billing NPI; `tax_id_qualifier` EI (employer) or SY
    (person).
    """

    party: Party
    tax_id: str = ""
    tax_id_qualifier: str = "EI"
    taxonomy: str = ""
    pay_to: Address | None = None
    pay_to_kind: str = ""
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@record
class Subscriber:
    """Loops 2000B and 2010BA: who holds the coverage.

    `responsibility` SBR01 P, S, T, A-H or U; `relationship` SBR02, 18 when the subscriber is the patient,
    else empty; `filing_code` SBR09 (rulebook 9.1: MB, MC, CI, BL, 12, HM, 16, CH, WC). `party.id` is the
    member id.
    """

    party: Party
    responsibility: str = "P"
    relationship: str = ""
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_code: str = ""
    birth_date: date | None = None
    sex: str = ""
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@record
class Patient:
    """Loops 2000C and 2010CA: a dependent who is not the subscriber. `relationship` is PAT01 (01 spouse, 19
    child ...).
    """

    party: Party
    relationship: str
    birth_date: date | None = None
    sex: str = ""
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@record
class Diagnosis:
    """One HI component pair: ABK principal, ABF others (ICD-10-CM, without the point)."""

    qualifier: str
    code: str


@record
class Note:
    """NTE01 (ADD, CER, DCP, DGN, TPO) and NTE02."""

    code: str
    text: str


@record
class DatedEvent:
    """A DTP segment: 431 onset, 439 accident, 454 initial treatment, 435 admission, 096 discharge ...

    `end` is given when a range (RD8) was sent.
    """

    qualifier: str
    start: date
    end: date | None = None


@record
class Attachment:
    """PWK: report type, transmission (AA, BM, EL, EM, FX, FT) and attachment control number."""

    report_type: str
    transmission: str
    control_number: str = ""


@record
class RelatedCauses:
    """CLM11: AA auto accident, EM employment, OA other accident; state and country for an auto accident."""

    causes: tuple[str, ...]
    state: str = ""
    country: str = ""


@record
class Drug:
    """Loop 2410: NDC (11 digits, N4), quantity and unit (F2, GR, ME, ML, UN); prescription number with its
    qualifier.
    """

    ndc: str
    quantity: Decimal
    unit: str
    qualifier: str = "N4"
    prescription: str = ""
    prescription_qualifier: str = "XZ"
    extra: tuple[Segment, ...] = ()


@record
class ServiceLine:
    """Loop 2400. `pointers` are 1-based into the claim's diagnoses; `control_number` is REF 6R.

    `prior_authorization` (REF G1) and `referral_number` (REF 9F) are the line's own where they differ from the claim's,
    as this payer knows them; one that names another payer (REF04) stays in `extra`.

    `service_to` is None for a single day (D8). `units` are UN, or minutes (MJ) for anesthesia. `adjudications` are
    what other payers did with the line.
    """

    number: int
    procedure: Procedure
    charge: Decimal
    units: Decimal
    service_from: date
    pointers: tuple[int, ...] = ()
    service_to: date | None = None
    unit: str = "UN"
    place_of_service: str = ""
    emergency: str = ""
    epsdt: str = ""
    family_planning: str = ""
    copay_status: str = ""
    control_number: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    drug: Drug | None = None
    notes: tuple[Note, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    references: tuple[Reference, ...] = ()
    rendering: Party | None = None
    adjudications: tuple[LineAdjudication, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()


@record
class Claim837P:
    """One CLM (loop 2300) with everything above it that gives it meaning; claims of one set share those
    objects.

    Codes are as sent. `prior_authorization` is REF G1, `referral_number` REF 9F, `original_reference` REF F8
    (required with frequency 7 and 8), `clia_number` REF X4, `patient_paid` AMT F5.
    """

    billing_provider: BillingProvider
    subscriber: Subscriber
    payer: Party
    control_number: str
    charge: Decimal
    place_of_service: str
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[ServiceLine, ...]
    patient: Patient | None = None
    facility_qualifier: str = "B"
    frequency: str = "1"
    provider_signature: str = "Y"
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release: str = "Y"
    patient_signature_source: str = ""
    related_causes: RelatedCauses | None = None
    special_program: str = ""
    delay_reason: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    original_reference: str = ""
    clia_number: str = ""
    references: tuple[Reference, ...] = ()
    patient_paid: Decimal | None = None
    notes: tuple[Note, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    rendering: Party | None = None
    service_facility: Party | None = None
    referring: Party | None = None
    supervising: Party | None = None
    other_coverages: tuple[OtherCoverage, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()
