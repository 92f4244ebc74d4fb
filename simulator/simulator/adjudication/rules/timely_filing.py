"""Claims that came too late (CO-29). The limit is the contract's (rulebook 9.3)."""

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial
from simulator.adjudication.claim import ORIGINAL


def find(case: Case) -> Iterator[Denial]:
    """Days are counted from the line's day of service to the day the claim came in.

    For a later payer they are counted from the day on which the one before it decided (rulebook 9.3).
    """
    earlier = case.claim.earlier
    told = None if earlier is None else earlier.decided_on
    limit = (
        case.payer.filing_limit_days
        if case.claim.frequency == ORIGINAL
        else max(case.payer.filing_limit_days, case.payer.correction_limit_days)
    )
    for line in case.lines:
        if (case.claim.received_on - (told or line.service_on)).days > limit:
            since = "the payer before decided" if told else "the service"
            yield Denial(line.number, "29", f"received more than {limit} days after {since}")
