"""Why a payer paid less than was asked: CAS reasons and the remark codes of MOA and MIA."""

from decimal import Decimal

from x12.model.record import record
from x12.model.segments import Segment

_OUTPATIENT_REMARKS = (3, 4, 5, 6, 7)
_INPATIENT_REMARKS = (5, 20, 21, 22, 23)


@record
class Adjustment:
    """One reason of a CAS segment: group CO, OA, PI or PR; CARC; amount (positive reduces payment);
    quantity.
    """

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None


def remark_codes(moa: Segment, mia: Segment) -> tuple[str, ...]:
    """Remittance remark codes of MOA03-07 and MIA05, 20-23, in order."""
    places = [moa[number] for number in _OUTPATIENT_REMARKS if number < len(moa)]
    places += [mia[number] for number in _INPATIENT_REMARKS if number < len(mia)]
    return tuple(code for code in places if code)
