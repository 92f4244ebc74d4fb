"""Claim adjustment reason codes: what a payer says it did with an amount, and what that means to us.

Labels are our own short words; existence and meaning follow rulebook section 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from codes.group_codes import GroupCode


class Kind(StrEnum):
    """Where the amount goes: off the books, to the patient, to the denials desk, or nowhere."""

    CONTRACTUAL = "contractual"
    PATIENT = "patient"
    DENIAL = "denial"
    INFORMATIONAL = "informational"


class Category(StrEnum):
    """The kind of work that an adjustment makes; denial worklists group by it."""

    CONTRACT = "contract"
    PATIENT_SHARE = "patient-share"
    PRIOR_PAYER = "prior-payer"
    CODING = "coding"
    BUNDLING = "bundling"
    DIAGNOSIS = "diagnosis"
    MISSING_INFORMATION = "missing-information"
    DOCUMENTATION = "documentation"
    DUPLICATE = "duplicate"
    ELIGIBILITY = "eligibility"
    COORDINATION_OF_BENEFITS = "coordination-of-benefits"
    TIMELY_FILING = "timely-filing"
    MEDICAL_NECESSITY = "medical-necessity"
    NON_COVERED = "non-covered"
    FREQUENCY = "frequency"
    AUTHORIZATION = "authorization"
    REFERRAL = "referral"
    CREDENTIALING = "credentialing"
    NETWORK = "network"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Carc:
    """One reason code. `replaced_by` is set when the code has been ended and names its successor."""

    number: str
    label: str
    kind: Kind
    category: Category
    replaced_by: str | None = None


def lookup(number: str) -> Carc | None:
    """The code's facts, or None when our table does not know it."""
    return TABLE.get(number.strip().upper())


def category_of(number: str) -> Category:
    """The kind of work the code makes; UNKNOWN for a code outside the table."""
    known = lookup(number)
    return known.category if known else Category.UNKNOWN


def kind_of(group: GroupCode | str, number: str) -> Kind:
    """Where an amount with this group and reason goes.

    PR always goes to the patient. PI never comes off the books by itself: it stays open for a dispute until
    the contract says otherwise (rulebook 10). A code that the table does not know stays open too, so that
    nothing is written off unread. Raises ValueError for a group that a 5010 remittance does not allow.
    """
    group = GroupCode(group)
    if group is GroupCode.PR:
        return Kind.PATIENT
    known = lookup(number)
    if known is None or group is GroupCode.PI:
        return Kind.DENIAL
    # Deductible, coinsurance or copay that the payer forbids us to collect is ours to bear (for example QMB).
    if known.kind is Kind.PATIENT:
        return Kind.CONTRACTUAL
    return known.kind


def _table(rows: str) -> Mapping[str, Carc]:
    table: dict[str, Carc] = {}
    for row in rows.strip().splitlines():
        number, kind, category, label = (cell.strip() for cell in row.split("|"))
        table[number] = Carc(number, label, Kind(kind), Category(category))
    return table


TABLE: Mapping[str, Carc] = {
    **_table("""
        1   | patient       | patient-share            | deductible
        2   | patient       | patient-share            | coinsurance
        3   | patient       | patient-share            | copay
        4   | denial        | coding                   | modifier missing or not right for the code
        5   | denial        | coding                   | code does not go with the place of service
        6   | denial        | coding                   | code or diagnosis does not go with the age
        7   | denial        | coding                   | code does not go with the sex
        9   | denial        | coding                   | diagnosis does not go with the age
        11  | denial        | diagnosis                | diagnosis does not support the code
        16  | denial        | missing-information      | information missing or invalid; see the remark
        18  | denial        | duplicate                | exact duplicate
        22  | denial        | coordination-of-benefits | another payer is first
        23  | informational | prior-payer              | effect of what an earlier payer did
        24  | denial        | eligibility              | covered by a capitated or managed plan
        26  | denial        | eligibility              | service before coverage began
        27  | denial        | eligibility              | service after coverage ended
        29  | denial        | timely-filing            | filed too late
        31  | denial        | eligibility              | patient not found as a member
        45  | contractual   | contract                 | above the fee schedule
        49  | denial        | non-covered              | routine or screening service
        50  | denial        | medical-necessity        | not judged medically necessary
        54  | denial        | coding                   | assistant not payable
        55  | denial        | medical-necessity        | judged experimental
        56  | denial        | medical-necessity        | not proven effective
        58  | denial        | coding                   | wrong place of service
        59  | contractual   | contract                 | multiple-procedure reduction
        96  | denial        | non-covered              | not covered
        97  | denial        | bundling                 | included in another service
        107 | denial        | bundling                 | the service it depends on is missing
        109 | denial        | eligibility              | sent to the wrong payer
        119 | denial        | frequency                | benefit maximum reached
        146 | denial        | diagnosis                | diagnosis not valid on the date
        149 | denial        | frequency                | lifetime maximum reached
        150 | denial        | documentation            | records do not support the level
        151 | denial        | frequency                | too many units or too often
        163 | denial        | documentation            | named attachment not received
        164 | denial        | documentation            | named attachment not received in time
        167 | denial        | diagnosis                | diagnosis not covered
        170 | denial        | credentialing            | not payable to this kind of provider
        181 | denial        | coding                   | procedure code not valid on the date
        182 | denial        | coding                   | modifier not valid on the date
        183 | denial        | referral                 | referring provider may not refer
        185 | denial        | credentialing            | provider may not perform the service
        197 | denial        | authorization            | authorization missing
        198 | denial        | authorization            | authorization exceeded
        200 | denial        | eligibility              | lapse in coverage
        204 | denial        | non-covered              | not in the patient's plan
        210 | denial        | authorization            | authorization obtained too late
        226 | denial        | documentation            | requested records not sent or incomplete
        231 | denial        | bundling                 | procedures exclude one another
        234 | denial        | bundling                 | never paid separately
        236 | denial        | bundling                 | pair not allowed together on the day
        242 | denial        | network                  | provider outside the network
        243 | denial        | network                  | not authorised by the primary care provider
        250 | denial        | documentation            | attachment received was not the right one
        251 | denial        | documentation            | attachment received was incomplete
        252 | denial        | documentation            | attachment needed
        253 | contractual   | contract                 | sequestration
        256 | denial        | network                  | not payable under the managed-care contract
        279 | denial        | network                  | provider outside the plan's network
        284 | denial        | authorization            | authorization is for another service
        288 | denial        | referral                 | referral missing
        296 | denial        | authorization            | authorization is for another provider
        B7  | denial        | credentialing            | provider not certified for the service on the date
        B11 | denial        | eligibility              | forwarded to the right payer
        B13 | denial        | duplicate                | paid before
        B15 | denial        | bundling                 | qualifying service missing
        B16 | denial        | coding                   | new-patient rule not met
        B20 | denial        | duplicate                | already done by another provider
    """),
    "125": Carc("125", "billing error", Kind.DENIAL, Category.MISSING_INFORMATION, replaced_by="16"),
}
