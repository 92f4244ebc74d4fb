"""What the contract allows for a line before other procedures are looked at (rulebook 12)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from codes import place_of_service
from simulator.adjudication.case import Case
from simulator.adjudication.claim import Line

CENT = Decimal("0.01")
# Bilateral indicator 1 with modifier 50: one and a half times, before the multiple-procedure rule.
_BOTH_SIDES = Decimal("1.5")


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent: the only place where this package rounds."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def unit_rate(case: Case, line: Line) -> Decimal:
    """The contract's dollars for one unit, not rounded; a share of the charge for a code without a value.

    A code that the contract's own schedule names is paid what stands there, wherever the service was.
    """
    contract = case.payer.contract
    agreed = contract.fee_schedule.get(line.cpt)
    if agreed is not None:
        return agreed
    procedure = case.procedure(line)
    place = place_of_service.lookup(line.place_of_service or case.claim.place_of_service)
    facility = place is not None and place.facility
    value = procedure.facility_rvu if facility else procedure.nonfacility_rvu
    if value is None:
        return line.charge * contract.share_of_charge / max(line.units, Decimal(1))
    rate = value * contract.conversion_factor * contract.rate
    if procedure.bilateral == "1" and "50" in line.modifiers:
        rate *= _BOTH_SIDES
    return rate
