"""What the gate holds before a payer sees it, and what the practice does so that it may go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.http import RemoteRefusal
from common.money import Money
from stack.demo import authorizing, enrolling
from stack.demo.drive import Entered, mend_coverages
from stack.demo.office import Office

UNVERIFIED, ENDED, NOT_ENROLLED = "COVERAGE_UNVERIFIED", "AUTH_EXPIRED", "CRED_BLOCK"
REASONS = (UNVERIFIED, ENDED, NOT_ENROLLED)


@dataclass(frozen=True, slots=True)
class Held:
    """The claims that the gate held when nothing moved any more; by id, and by reason."""

    claims: Sequence[str]
    reasons: Mapping[str, int]
    amount: Money


async def ask_first(office: Office, practice: Mapping[str, Any]) -> None:
    """Claims go only when coverage and enrollment are known; coverage is asked of the payers by itself."""
    asking = {"name": practice["name"], "npi": practice["npi"]}
    await office["eligibility"].act("PUT", "/asking-provider", asking)
    await office["authorizations"].act("PUT", "/asking-provider", asking)
    policy = {"coverage": "required", "enrollment": "required"}
    await office["claims"].act("PUT", "/gate-policy", policy, version=0)


async def held(office: Office) -> Held:
    """What is held by the gate now."""
    waiting = [one for one in await office["claims"].everything("/holds") if _by_gate(one)]
    reasons = Counter(hold["reason"] for one in waiting for hold in one["holds"] if hold["reason"] in REASONS)
    return Held([one["claim_id"] for one in waiting], reasons, Money.sum(Money(one["charge"]) for one in waiting))


async def release(office: Office, entered: Sequence[Entered], today: date) -> int:
    """Get the missing word for every reason that holds a claim; how many claims waited."""
    waiting = [one for one in await office["claims"].everything("/holds") if _by_gate(one)]
    reasons = {hold["reason"] for one in waiting for hold in one["holds"]}
    if NOT_ENROLLED in reasons:
        await enrolling.decide(office, today)
    if UNVERIFIED in reasons:
        await mend_coverages(office, entered)
        # What is on a claim of the coverage was frozen when it was assembled. One that the payer's word releases before
        # it is built again goes out as it was, is turned away, and comes back to the biller.
        for one in waiting:
            if any(hold["reason"] == UNVERIFIED for hold in one["holds"]):
                with suppress(RemoteRefusal):
                    await office["claims"].act("POST", f"/claims/{one['claim_id']}/rebuild")
    for one in waiting:
        if any(hold["reason"] == ENDED for hold in one["holds"]):
            await authorizing.extend(office, one["patient_id"], today)
    return len(waiting)


def _by_gate(one: Mapping[str, Any]) -> bool:
    return any(hold["reason"] in REASONS for hold in one["holds"])
