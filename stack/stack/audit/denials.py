"""Denials: every denied claim has exactly one case, in a state that fits, for the money that is open."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from common.money import Money
from payments.domain.accounts import DENIED_RECEIVABLE
from stack.audit.check import Check, within
from stack.audit.databases import Snapshot
from stack.audit.money import balances
from stack.audit.result import Violation

DENIED = "SELECT DISTINCT key FROM event_log WHERE type LIKE 'org.dermbill.claims.ClaimDenied.%'"
CASES = "SELECT id, claim_id, practice_id, status, denied FROM cases"
CLAIMS = "SELECT id, practice_id, status FROM claims"
UNWATCHED = """
    SELECT c.id AS case_id, c.status FROM cases AS c
    WHERE c.status = 'open' AND c.respond_by > current_date AND NOT EXISTS (
            SELECT FROM timers AS t WHERE t.kind = 'respond-by' AND t.key = c.id)
       OR c.status = 'appealed' AND c.decision_due > current_date AND NOT EXISTS (
            SELECT FROM timers AS t WHERE t.kind = 'decision-due' AND t.key = c.id)
"""

NO_CASE = "none"
# What the case of a claim may be in each status of the claim. A payer that pays after the case was given up leaves it
# as it was closed.
FITTING: Mapping[str, frozenset[str]] = {
    "denied": frozenset({"open"}),
    "partly_paid": frozenset({"open"}),
    "appealed": frozenset({"appealed"}),
    "correcting": frozenset({"correcting"}),
    "paid": frozenset({NO_CASE, "overturned", "upheld"}),
    "closed": frozenset({"upheld"}),
}
OPEN_AS_DENIED = frozenset({"denied", "partly_paid", "appealed"})


async def cases_miscounted(now: Snapshot) -> Iterable[Violation]:
    """A claim that was ever denied has one case, in its own practice; any other has none."""
    denied = {row["key"] for row in await now.rows("claims", DENIED)}
    practices = {row["id"]: row["practice_id"] for row in await now.rows("claims", CLAIMS)}
    rows = await now.rows("denials", CASES)
    cases = Counter(row["claim_id"] for row in rows)
    strangers = {row["claim_id"] for row in rows if practices.get(row["claim_id"]) != row["practice_id"]}
    return [
        _violation(claim_id, cases=cases[claim_id], denied=claim_id in denied)
        for claim_id in sorted({*denied, *cases})
        if cases[claim_id] != int(claim_id in denied) or claim_id in strangers
    ]


async def cases_out_of_step(now: Snapshot) -> Iterable[Violation]:
    """The case of a claim is in a state that fits the claim's."""
    cases = {row["claim_id"]: row["status"] for row in await now.rows("denials", CASES)}
    return [
        _violation(row["id"], status=row["status"], case=cases.get(row["id"], NO_CASE))
        for row in await now.rows("claims", CLAIMS)
        if row["status"] in FITTING and cases.get(row["id"], NO_CASE) not in FITTING[row["status"]]
    ]


async def amounts_off(now: Snapshot) -> Iterable[Violation]:
    """A case is about the money that is open as denied in the ledger."""
    accounts = await balances(now)
    statuses = {row["id"]: row["status"] for row in await now.rows("claims", CLAIMS)}
    found: list[Violation] = []
    for row in await now.rows("denials", CASES):
        booked = accounts.get(row["claim_id"], {}).get(DENIED_RECEIVABLE, Money.zero())
        off = (booked - Money(row["denied"])).cents
        if statuses.get(row["claim_id"]) in OPEN_AS_DENIED and off:
            found.append(_violation(row["claim_id"], cents=off, case_id=row["id"]))
    return found


def _violation(claim_id: UUID, *, cents: int = 0, **ids: object) -> Violation:
    told = {"claim_id": str(claim_id), **{name: str(value) for name, value in ids.items()}}
    return Violation("denials", told, cents=abs(cents))


CHECKS = (
    Check("one-case", "A claim that was denied has exactly one case, any other none.", cases_miscounted),
    Check("case-in-step", "A claim and its denial case are in states that fit.", cases_out_of_step),
    Check("case-amount", "A case is about what the ledger has open as denied.", amounts_off),
    Check("case-watched", "Every open case has the timer of its deadline.", within("denials", UNWATCHED)),
)
