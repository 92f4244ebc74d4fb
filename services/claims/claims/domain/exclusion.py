"""Whether the clinician is excluded from federal programs (42 CFR 1001.1901)."""

from __future__ import annotations

from collections.abc import Iterator

from claims.domain.bill import Bill, Hold
from claims.domain.facts import Facts


def excluded(bill: Bill, facts: Facts) -> Iterator[Hold]:
    """An exclusion that the state of the practice has waived bars nothing there."""
    for heard in facts.exclusions:
        if heard.npi != bill.rendering_npi or not bill.federal or heard.excluded_on is None:
            continue
        if heard.excluded_on <= bill.on and heard.waiver_state != bill.state:
            said = f"Clinician {heard.npi} is excluded from federal programs since {heard.excluded_on}."
            yield bill.hold("PROVIDER_EXCLUDED", said)
