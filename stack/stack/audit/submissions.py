"""What left under which control number: numbered once, told once, in one batch."""

from collections.abc import Iterable

from claims.domain.numbering import control_number
from stack.audit.check import Check, within
from stack.audit.databases import Snapshot
from stack.audit.result import Violation

REPEATED = """
    SELECT control_number, count(*) AS times, min(claim_id::text) AS claim_id FROM submissions
    GROUP BY control_number HAVING count(*) > 1
"""
NUMBERS = """
    SELECT s.claim_id, c.number, s.control_number, s.attempt,
           row_number() OVER (PARTITION BY s.claim_id ORDER BY s.attempt) AS place
    FROM submissions AS s JOIN claims AS c ON c.id = s.claim_id
"""
# Every status behind the wire; a claim may be in it only if one of its submissions left.
BEYOND_THE_WIRE = ["submitted", "accepted", "denied", "correcting", "appealed", "partly_paid", "paid", "closed"]
NEVER_LEFT = """
    SELECT c.id AS claim_id, c.status FROM claims AS c
    WHERE c.status = ANY(CAST(:statuses AS text[]))
      AND NOT EXISTS (SELECT FROM submissions AS s WHERE s.claim_id = c.id AND s.sent_at IS NOT NULL)
"""
TOLD = """
    SELECT s.claim_id, s.control_number, count(e.event_id) AS told,
           count(e.event_id) FILTER (WHERE (e.payload::jsonb ->> 'charge')::numeric <> s.charge) AS other_charge
    FROM submissions AS s
    LEFT JOIN event_log AS e ON e.key = s.claim_id AND e.type LIKE 'org.dermbill.claims.ClaimSubmitted.%'
                            AND e.payload::jsonb ->> 'control_number' = s.control_number
    GROUP BY s.claim_id, s.control_number, s.sent_at, s.charge
    HAVING count(e.event_id) <> (s.sent_at IS NOT NULL)::int
        OR count(e.event_id) FILTER (WHERE (e.payload::jsonb ->> 'charge')::numeric <> s.charge) > 0
    UNION ALL
    SELECT e.key, e.payload::jsonb ->> 'control_number', 1, 0 FROM event_log AS e
    WHERE e.type LIKE 'org.dermbill.claims.ClaimSubmitted.%' AND NOT EXISTS (
        SELECT FROM submissions AS s
        WHERE s.claim_id = e.key AND s.control_number = e.payload::jsonb ->> 'control_number')
"""
BATCHES = """
    SELECT b.id AS batch_id, b.status, b.claim_count, count(s.claim_id) AS carried,
           ((b.charge - coalesce(sum(s.charge), 0)) * 100)::bigint AS cents
    FROM batches AS b LEFT JOIN submissions AS s ON s.batch_id = b.id
    GROUP BY b.id HAVING b.claim_count <> count(s.claim_id) OR b.charge <> coalesce(sum(s.charge), 0)
"""
HOMELESS = """
    SELECT s.claim_id, s.control_number, s.batch_id FROM submissions AS s
    WHERE NOT EXISTS (SELECT FROM batches AS b WHERE b.id = s.batch_id AND b.status NOT IN ('gathering', 'empty'))
"""
# An acknowledgement that was faster than our word that the batch left waits for it, and no longer.
UNAPPLIED = """
    SELECT a.id AS acknowledgement_id, a.claim_id, a.control_number FROM acknowledgements AS a
    JOIN claims AS c ON c.id = a.claim_id
    WHERE a.applied_at IS NULL AND c.status <> 'sending'
"""


async def misnumbered(now: Snapshot) -> Iterable[Violation]:
    """Attempts count from 1 without a gap, and each control number is the claim's number and the attempt."""
    return [
        Violation("claims", {name: str(row[name]) for name in ("claim_id", "control_number", "attempt")})
        for row in await now.rows("claims", NUMBERS)
        if row["attempt"] != row["place"] or row["control_number"] != control_number(row["number"], row["attempt"])
    ]


CHECKS = (
    Check("control-number-once", "No two submissions share a control number.", within("claims", REPEATED)),
    Check("attempts-counted", "A claim's submissions are numbered without a gap.", misnumbered),
    Check(
        "sent-before-answered",
        "No claim was answered that never left.",
        within("claims", NEVER_LEFT, statuses=BEYOND_THE_WIRE),
    ),
    Check("submission-told-once", "Every submission that left was told once.", within("claims", TOLD)),
    Check("batch-carries", "A batch carries the claims and the charge that it says.", within("claims", BATCHES)),
    Check("submission-in-batch", "Every submission is in a batch that left the house.", within("claims", HOMELESS)),
    Check("claim-acks-applied", "Every acknowledgement of a claim was applied.", within("claims", UNAPPLIED)),
)
