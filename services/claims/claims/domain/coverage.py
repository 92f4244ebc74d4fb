"""What the payer says of the coverage that is billed (rulebook 8; 9.2, E03)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from claims.domain.bill import Bill, Hold
from claims.domain.facts import CoverageHeard, Facts
from claims.domain.gate_policy import Ask


def uncovered(bill: Bill, facts: Facts) -> Iterator[Hold]:
    """An answer about the very day forbids; where one is required, a near one allows as well (rulebook 8)."""
    own = [heard for heard in facts.coverages if heard.said.coverage_id == bill.coverage_id]
    that_day = max((heard for heard in own if heard.said.date_of_service == bill.on), key=_told, default=None)
    if that_day is not None and not that_day.active:
        said = f"The payer says that the coverage is not in force on {bill.on} (asked on {that_day.said.checked_on})."
        yield bill.hold("COVERAGE_INACTIVE", said)
        return
    if that_day is not None and that_day.said.other_payer_first and bill.primary:
        yield bill.hold("OTHER_PAYER_FIRST", f"The payer says that another one pays first on {bill.on}.")
    if that_day is None and facts.policy.coverage is Ask.REQUIRED:
        reach = timedelta(days=facts.policy.coverage_days)
        near = [heard for heard in own if abs(heard.said.date_of_service - bill.on) <= reach]
        if not any(heard.active for heard in near):
            yield bill.hold("COVERAGE_UNVERIFIED", f"No payer has said that the coverage is in force on {bill.on}.")


def _told(heard: CoverageHeard) -> tuple[object, ...]:
    return heard.told_at, heard.said.check_id
