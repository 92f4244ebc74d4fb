"""FT1: what the EHR would bill, kept as its proposal and never coded from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from coding.domain.differences import BilledLine
from coding.domain.proposal import MOST_PROPOSED, Proposal, Source, proposed_line
from coding.hl7.diagnoses import icd_10
from hl7v2 import Charge, Code, Fault, Place

CHARGES = frozenset({"", "CG"})


def proposal_of(charges: Sequence[Charge], faults: list[Fault]) -> Proposal:
    """The lines that the charges propose, with a fault for each that is no charge."""
    if not charges:
        says = "The message has no charge."
        faults.append(Fault(Code.SEGMENT_SEQUENCE, Place("FT1"), says, "Send an FT1 segment for each charge."))
    if len(charges) > MOST_PROPOSED:
        says = f"The message has more than {MOST_PROPOSED} charges."
        faults.append(Fault(Code.TOO_LONG, Place("FT1"), says, "Send one visit in a message."))
        return Proposal(Source.HL7, ())
    lines = [_line(charge, faults) for charge in charges]
    return Proposal(Source.HL7, tuple(line for line in lines if line is not None))


def _line(charge: Charge, faults: list[Fault]) -> BilledLine | None:
    if (charge.kind or "").upper() not in CHARGES:
        says = "It is a credit, an adjustment or a payment."
        _wrong(charge, 6, Code.NOT_IN_TABLE, says, "Send CG, and the charges that the visit comes to now.", faults)
        return None
    field, coded = (25, charge.procedure) if charge.procedure else (7, charge.charge_code)
    if coded is None or not coded.code:
        _wrong(
            charge, 25, Code.REQUIRED_FIELD_MISSING, "The charge has no code.", "Send it in FT1-25 or FT1-7.", faults
        )
        return None
    units = charge.quantity if charge.quantity is not None else Decimal(1)
    if units != units.to_integral_value() or not 1 <= units <= 9999:
        _wrong(charge, 10, Code.DATA_TYPE, "The quantity is no whole number from 1 on.", "Send units.", faults)
        return None
    diagnoses = tuple(dict.fromkeys(code for each in charge.diagnoses if (code := icd_10(each))))
    try:
        return proposed_line(coded.code, int(units), charge.modifiers, diagnoses)
    except ValueError as fault:
        _wrong(charge, field, Code.DATA_TYPE, f"It is no line of a claim: {fault}.", "Send codes alone.", faults)
        return None


def _wrong(charge: Charge, field: int, code: Code, says: str, mend: str, faults: list[Fault]) -> None:
    faults.append(Fault(code, Place(charge.place.segment, charge.place.sequence, field), says, mend))
