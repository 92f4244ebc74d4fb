"""The amounts of a loop as it was sent; what cannot be read is None, because the guide's own check has named it."""

from decimal import Decimal

from x12 import values
from x12.findings import Finding, Level, Severity
from x12.model.segments import element
from x12.reader import OpenLoop
from x12.tokens import Elements

_ZERO = Decimal(0)
_CAS_AMOUNTS = range(3, 20, 3)


def first_of(loop: OpenLoop, identifier: str) -> Elements:
    """The first segment of the loop with that identifier; empty when there is none."""
    for segment in loop.segments:
        if segment[0] == identifier:
            return segment
    return []


def money(segment: Elements, place: int) -> Decimal | None:
    """An amount, or None when it cannot be read."""
    try:
        return values.decimal(element(segment, place))
    except ValueError:
        return None


def adjusted(loop: OpenLoop) -> Decimal | None:
    """The sum of the CAS amounts of a loop, None when one cannot be read."""
    total = _ZERO
    for segment in loop.segments:
        if segment[0] != "CAS":
            continue
        for place in _CAS_AMOUNTS:
            if element(segment, place):
                taken = money(segment, place)
                if taken is None:
                    return None
                total += taken
    return total


def owed_by_patient(loop: OpenLoop) -> Decimal:
    """The sum of the CAS amounts that are left to the patient (PR)."""
    total = _ZERO
    for segment in loop.segments:
        if segment[0] == "CAS" and element(segment, 1) == "PR":
            total += sum((money(segment, place) or _ZERO for place in _CAS_AMOUNTS), _ZERO)
    return total


def found(
    loop: OpenLoop,
    segment: Elements,
    place: int,
    message: str,
    *,
    component: int = 0,
    level: Level = "balance",
    severity: Severity = "error",
    unit: tuple[str, str] | None = None,
) -> Finding:
    """A finding about an element of a segment of the loop."""
    return Finding(
        severity, level, "element", "7", message, loop.position(segment), loop.id, segment[0], place,
        component, unit,
    )  # fmt: skip
