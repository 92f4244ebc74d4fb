"""Whether the payer has the clinician enrolled where and when the visit was (rulebook 13; 9.2, E07)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from claims.domain.bill import Bill, Hold
from claims.domain.facts import EnrollmentHeard, Facts
from claims.domain.gate_policy import Ask


def unenrolled(bill: Bill, facts: Facts) -> Iterator[Hold]:
    """Rendering NPI, billing NPI and TIN, location, payer and day (rulebook 13).

    A visit that names no location is let go by an enrollment at any of the billing group's.
    """
    wanted = {"payer_id": bill.payer_id, "billing_npi": bill.billing_npi, "tax_id": bill.tax_id}
    own = [heard for heard in facts.enrollments if heard.said.npi == bill.rendering_npi and heard.is_for(**wanted)]
    here = [heard for heard in own if bill.location_code in (None, heard.said.location_code)]
    if any(heard.holds(bill.on) for heard in here):
        return
    if own:
        yield bill.hold("CRED_BLOCK", _not_enrolled(bill, own, here))
    elif facts.policy.enrollment is Ask.REQUIRED:
        said = f"No enrollment of clinician {bill.rendering_npi} with payer {bill.payer_id} is on record."
        yield bill.hold("CRED_UNKNOWN", said)


def _not_enrolled(bill: Bill, own: Sequence[EnrollmentHeard], here: Sequence[EnrollmentHeard]) -> str:
    """`own` are the enrollments with the billing group, `here` those of the location that the visit names."""
    code = bill.location_code
    where = f"at location {code} of this group" if code else "at any location of this group (the visit names none)"
    said = [f"The payer has clinician {bill.rendering_npi} not enrolled {where} on {bill.on}."]
    if elsewhere := sorted({heard.said.location_code for heard in own if heard.holds(bill.on)}):
        said.append(f"On that day an enrollment is in effect at {', '.join(elsewhere)}.")
    begins = min((span.first for one in here for span in one.said.spans if span.first > bill.on), default=None)
    if begins:
        said.append(f"It is in effect from {begins}.")
    return " ".join(said)
