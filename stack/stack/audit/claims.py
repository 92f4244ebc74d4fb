"""A claim always has somebody whose move it is, and became what it is by allowed moves alone."""

from collections.abc import Iterable

from sqlalchemy import RowMapping

from claims.domain.lifecycle import STAGES, Fact, Status, after
from claims.operations.assembly import ASSEMBLE
from claims.operations.batching import SEND
from claims.store.claims import DEADLINE_TIMER
from stack.audit.check import Check, within
from stack.audit.databases import Snapshot
from stack.audit.result import Violation

STATUSES, FACTS = frozenset(Status), frozenset(Fact)

STANDING = "SELECT id AS claim_id, status, coalesce(wait, '-') AS wait, due_at FROM claims"
ENTRIES = """
    SELECT c.id AS claim_id, c.status, h.fact, h.before, h.after
    FROM claims AS c LEFT JOIN claim_history AS h ON h.claim_id = c.id ORDER BY c.id, h.id
"""
# Once the reminder has been given the timer is gone, and the follow-up is what is left.
NO_ALARM = """
    SELECT c.id AS claim_id, c.status, c.due_at FROM claims AS c
    WHERE c.wait IS NOT NULL AND c.remind_at > clock_timestamp()
      AND NOT EXISTS (SELECT FROM timers AS t WHERE t.practice_id = c.practice_id AND t.kind = :timer AND t.key = c.id)
"""
IDLE = """
    SELECT c.id AS claim_id, c.status FROM claims AS c
    WHERE c.status = 'assembling' AND NOT EXISTS (
            SELECT FROM timers AS t WHERE t.practice_id = c.practice_id AND t.kind = :assemble AND t.key = c.id)
       OR c.status IN ('ready', 'correcting') AND NOT EXISTS (
            SELECT FROM batches AS b JOIN timers AS t ON t.key = b.id AND t.kind = :send
            WHERE b.practice_id = c.practice_id AND b.payer_id = c.payer_id)
       OR c.status = 'sending' AND NOT EXISTS (
            SELECT FROM submissions AS s JOIN batches AS b ON b.id = s.batch_id
            LEFT JOIN timers AS t ON t.key = b.id AND t.kind = :send
            WHERE s.claim_id = c.id AND (b.status = 'handed_over' OR (b.status = 'intended' AND t.key IS NOT NULL)))
"""


async def without_owner(now: Snapshot) -> Iterable[Violation]:
    """An open claim waits for something by a moment; a finished one for nothing (the table of lifecycle.py)."""
    found: list[Violation] = []
    for row in await now.rows("claims", STANDING):
        stage = STAGES[Status(row["status"])] if row["status"] in STATUSES else None
        wait = "-" if stage is None or stage.wait is None else stage.wait.value
        if stage is None or row["wait"] != wait or (row["due_at"] is None) != (stage.wait is None):
            found.append(_violation(row, "claim_id", "status", "wait", "due_at"))
    return found


async def strange_moves(now: Snapshot) -> Iterable[Violation]:
    """Entries that the lifecycle does not allow, that do not follow one another, or that do not lead to the status."""
    found: list[Violation] = []
    rows = await now.rows("claims", ENTRIES)
    for place, row in enumerate(rows):
        first = place == 0 or rows[place - 1]["claim_id"] != row["claim_id"]
        last = place + 1 == len(rows) or rows[place + 1]["claim_id"] != row["claim_id"]
        expected = Status.ASSEMBLING.value if first else rows[place - 1]["after"]
        if row["before"] != expected or not _allowed(row) or (last and row["after"] != row["status"]):
            found.append(_violation(row, "claim_id", "fact", "before", "after", "status"))
    return found


def _allowed(row: RowMapping) -> bool:
    """A fact of the lifecycle leads where its table says; anything else is a note and moves nothing."""
    fact, before, to = row["fact"], row["before"], row["after"]
    if fact not in FACTS or before not in STATUSES:
        return before == to and before in STATUSES
    return after(Status(before), Fact(fact)) == to


def _violation(row: RowMapping, *names: str) -> Violation:
    return Violation("claims", {name: str(row[name]) for name in names})


CHECKS = (
    Check("claim-owned", "Every claim has an owner and a deadline, or is finished.", without_owner),
    Check(
        "deadline-watched",
        "Every deadline that lies ahead has its timer.",
        within("claims", NO_ALARM, timer=DEADLINE_TIMER),
    ),
    Check(
        "claim-in-hand",
        "A claim that is our own move has work under way.",
        within("claims", IDLE, assemble=ASSEMBLE, send=SEND),
    ),
    Check("moves-allowed", "A claim's history holds only moves of the lifecycle, end to end.", strange_moves),
)
