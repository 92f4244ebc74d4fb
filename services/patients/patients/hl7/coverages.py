"""An IN1 as a coverage of the register, and which coverage on file it speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hl7v2 import Code, Fault, Insurance, Place
from patients.domain.coverage import Coverage, CoverageFacts
from patients.hl7.fitting import IN1, address_of, chosen_address, chosen_name, fitted, name_of
from patients.models import CoverageIn, CoverageOut

# IN1-17 says what the insured is to the patient (table 0063, or the codes of X12), the register what the patient is to
# the insured.
_INSURED_IS = {
    "SEL": "self", "SLF": "self", "SELF": "self", "18": "self",
    "SPO": "spouse", "SPOUSE": "spouse", "01": "spouse",
    "PAR": "child", "MTH": "child", "FTH": "child",
}  # fmt: skip
_CHILDREN = frozenset({"CHD", "CHILD", "NCH", "SCH", "FCH", "SON", "DAU", "19"})
_SEX = {"F": "F", "M": "M"}


def coverage_told(
    insurance: Insurance, rank: int, born: date | None, on_file: Sequence[Coverage], faults: list[Fault]
) -> tuple[UUID | None, CoverageFacts] | None:
    """The coverage on file that the IN1 speaks of (None when it is new) and what it is now.

    None with faults where the IN1 does not say enough. `rank` is its place among the IN1 of the message.
    """
    known = _known(insurance, on_file)
    facts = _kept(known) | _told(insurance, rank, born, known, faults)
    fitting = fitted(CoverageIn, facts, IN1, insurance.place, faults)
    return (known.id if known else None, fitting.facts()) if fitting else None


def _known(insurance: Insurance, on_file: Sequence[Coverage]) -> Coverage | None:
    """Of the same payer and member: the one with the same first day, else the one that is open or overlaps."""
    payer, member, begins = _payer(insurance), _member(insurance), insurance.effective_from
    same = [
        coverage
        for coverage in on_file
        if coverage.facts.payer_id == payer and coverage.facts.member_id.reveal() == member
    ]
    for coverage in same:
        if coverage.facts.effective_from == begins:
            return coverage
    overlapping = [
        coverage
        for coverage in same
        if begins is None or coverage.facts.effective_to is None or coverage.facts.effective_to >= begins
    ]
    return max(overlapping, key=lambda coverage: coverage.facts.effective_from, default=None)


def _kept(known: Coverage | None) -> dict[str, Any]:
    return CoverageOut.of(known).model_dump(exclude={"id", "patient_id", "version"}) if known else {}


def _told(
    insurance: Insurance, rank: int, born: date | None, known: Coverage | None, faults: list[Fault]
) -> dict[str, Any]:
    priority = insurance.rank or insurance.set_id or (None if known else rank)
    told: dict[str, Any] = {
        "payer_id": _payer(insurance),
        "member_id": _member(insurance),
        "group_number": insurance.group_number,
        "priority": priority,
        "effective_from": insurance.effective_from,
        "effective_to": insurance.effective_to,
    }
    said = {name: value for name, value in told.items() if value is not None}
    if insurance.ends_open:
        said["effective_to"] = None
    if insurance.relationship is None and known is not None:
        return said
    relationship = _relationship(insurance, born, faults)
    subscriber = None if relationship in (None, "self") else _subscriber(insurance)
    return said | {"relationship": relationship or "self", "subscriber": subscriber}


def _payer(insurance: Insurance) -> str | None:
    return insurance.companies[0].value if insurance.companies else None


def _member(insurance: Insurance) -> str | None:
    return insurance.policy_number or insurance.insured_id


def _relationship(insurance: Insurance, born: date | None, faults: list[Fault]) -> str | None:
    told = insurance.relationship
    code = (told.code or "").upper() if told else ""
    if not code:
        _wrong(
            insurance, 17, "What the insured is to the patient is not said.", "Send SEL, SPO, PAR or another.", faults
        )
        return None
    if code not in _CHILDREN:
        return _INSURED_IS.get(code, "other")
    # Many systems send here what the patient is to the insured; whoever is older is not the child.
    if insurance.birth_date is None or born is None:
        _wrong(insurance, 18, "Who of the two is the child cannot be told.", "Send the insured's birth date.", faults)
        return None
    return "child" if insurance.birth_date < born else "other"


def _subscriber(insurance: Insurance) -> Mapping[str, Any]:
    name, address = chosen_name(insurance.names), chosen_address(insurance.addresses)
    return {
        "name": name_of(name) if name else {},
        "birth_date": insurance.birth_date,
        "sex": _SEX.get(insurance.sex or "", "U"),
        "address": address_of(address) if address else {},
    }


def _wrong(insurance: Insurance, field: int, says: str, mend: str, faults: list[Fault]) -> None:
    at = insurance.place
    faults.append(Fault(Code.REQUIRED_FIELD_MISSING, Place(at.segment, at.sequence, field), says, mend))
