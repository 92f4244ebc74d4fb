"""What payers answered: every 277CA and 835 read once, every cheque balanced, posted once and told once."""

from collections import Counter
from collections.abc import Iterable

from claims.operations.acknowledgement import READ as READ_ACKNOWLEDGEMENT
from payments.operations.intake import READ as READ_REMITTANCE
from payments.operations.receivables import POST
from stack.audit.archive import opened
from stack.audit.check import Check, within
from stack.audit.databases import Snapshot
from stack.audit.result import Violation
from x12 import ClaimAck, X12Error, read_claim_acks

RECEIVED = """
    SELECT i.id, i.practice_id, i.control, (i.kinds ->> :kind)::int AS sets FROM interchanges AS i
    WHERE i.direction = 'in' AND i.reason IS NULL AND i.kinds ? :kind
"""
CONTENT = """
    SELECT a.practice_id, a.id AS archive_id, a.content AS sealed, i.start, i.size
    FROM interchanges AS i JOIN archive AS a ON a.id = i.archive_id WHERE i.id = :id
"""
TIMERS = "SELECT key FROM timers WHERE kind = :kind"
CLAIMS_SPOKEN_OF = "SELECT interchange_id, count(*) AS claims FROM acknowledgements GROUP BY interchange_id"
REMITTANCE_FILES = """
    SELECT i.id, i.practice_id, i.state, count(r.id) AS cheques
    FROM interchanges AS i LEFT JOIN remittances AS r ON r.interchange_id = i.id GROUP BY i.id
"""

# Rulebook 11: the claims' payments less what is taken on the provider level are the cheque.
CHEQUES = """
    SELECT r.id AS remittance_id, ((p.paid - l.taken - r.total) * 100)::bigint AS cents
    FROM remittances AS r
    CROSS JOIN LATERAL (SELECT coalesce(sum(paid), 0) AS paid FROM claim_payments WHERE remittance_id = r.id) AS p
    CROSS JOIN LATERAL (SELECT coalesce(sum((e ->> 'amount')::numeric), 0) AS taken
                        FROM jsonb_array_elements(r.provider_level) AS e) AS l
    WHERE r.state <> 'refused' AND p.paid - l.taken <> r.total
"""
# Cheque and provider level are credited to `unapplied`, every posted payment is taken from it.
UNAPPLIED = """
    SELECT r.id AS remittance_id, r.state, ((b.held + p.waiting) * 100)::bigint AS cents
    FROM remittances AS r
    CROSS JOIN LATERAL (SELECT coalesce(sum(paid), 0) AS waiting FROM claim_payments
                        WHERE remittance_id = r.id AND state <> 'posted') AS p
    CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount), 0) AS held FROM postings AS g
                        JOIN ledger_entries AS e ON e.posting_id = g.id
                        WHERE g.remittance_id = r.id AND e.account = 'unapplied') AS b
    WHERE r.state <> 'refused' AND b.held <> -p.waiting
"""
POSTED = """
    SELECT p.id AS claim_payment_id, p.state, count(g.id) AS postings
    FROM claim_payments AS p
    LEFT JOIN postings AS g ON g.claim_payment_id = p.id AND g.kind IN ('claim_payment', 'reversal')
    GROUP BY p.id
    HAVING count(g.id) <> (p.state = 'posted')::int AND NOT (p.charge = 0 AND p.paid = 0 AND count(g.id) = 0)
"""
TOLD = """
    SELECT coalesce(p.claim_id, e.claim_id) AS claim_id, coalesce(p.remittance_id, e.remittance_id) AS remittance_id,
           coalesce(p.times, 0) AS posted, coalesce(e.times, 0) AS told,
           ((coalesce(p.paid, 0) - coalesce(e.paid, 0)) * 100)::bigint AS cents
    FROM (SELECT claim_id, remittance_id, count(*) AS times, sum(paid) AS paid FROM claim_payments
          WHERE state = 'posted' GROUP BY claim_id, remittance_id) AS p
    FULL JOIN (SELECT key AS claim_id, (payload::jsonb ->> 'remittance_id')::uuid AS remittance_id, count(*) AS times,
                      sum((payload::jsonb ->> 'paid')::numeric) AS paid
               FROM event_log WHERE type LIKE 'org.dermbill.payments.RemittancePosted.%' GROUP BY 1, 2) AS e
      ON e.claim_id = p.claim_id AND e.remittance_id = p.remittance_id
    WHERE p.times IS DISTINCT FROM e.times OR p.paid IS DISTINCT FROM e.paid
"""
SAID = """
    SELECT key AS claim_id, payload::jsonb ->> 'remittance_id' AS remittance_id,
           payload::jsonb ->> 'control_number' AS control_number
    FROM event_log WHERE type LIKE 'org.dermbill.payments.RemittancePosted.%'
"""
KEPT = """
    SELECT claim_id, facts ->> 'remittance_id' AS remittance_id, facts ->> 'control_number' AS control_number
    FROM claim_history WHERE facts ? 'remittance_id'
"""
ASIDE = """
    SELECT 'interchange' AS kind, i.id FROM interchanges AS i
    WHERE i.state = 'refused' AND NOT EXISTS (
        SELECT FROM queue_items AS q WHERE q.interchange_id = i.id AND q.kind = 'refused')
    UNION ALL
    SELECT 'remittance', r.id FROM remittances AS r
    WHERE r.state = 'refused' AND NOT EXISTS (
        SELECT FROM queue_items AS q WHERE q.remittance_id = r.id AND q.kind = 'refused')
    UNION ALL
    SELECT 'claim payment', p.id FROM claim_payments AS p
    WHERE p.state = 'unmatched' AND NOT EXISTS (
        SELECT FROM queue_items AS q WHERE q.claim_payment_id = p.id AND q.kind = 'unmatched')
"""
UNFINISHED = """
    SELECT r.id AS remittance_id, r.state, count(p.id) AS waiting
    FROM remittances AS r LEFT JOIN claim_payments AS p ON p.remittance_id = r.id AND p.state = 'waiting'
    WHERE NOT EXISTS (SELECT FROM timers AS t WHERE t.kind = :post AND t.key = r.id)
    GROUP BY r.id HAVING r.state = 'posting' OR count(p.id) > 0
"""


async def acknowledgements_read(now: Snapshot) -> Iterable[Violation]:
    """Every claim that a 277CA speaks of is on file in claims, unless the file is still to be read."""
    waiting = {row["key"] for row in await now.rows("claims", TIMERS, kind=READ_ACKNOWLEDGEMENT)}
    kept = {row["interchange_id"]: row["claims"] for row in await now.rows("claims", CLAIMS_SPOKEN_OF)}
    found: list[Violation] = []
    for row in await now.rows("edi", RECEIVED, kind="277CA"):
        if row["id"] in waiting:
            continue
        [kept_there] = await now.rows("edi", CONTENT, id=row["id"])
        content = opened(now.vaults, kept_there)
        if content is None:
            found.append(Violation("edi", {"interchange_id": str(row["id"]), "fault": "changed in the archive"}))
            continue
        spoken_of = claims_spoken_of(content)
        # A rejection of a whole batch is kept for each of its claims, beyond those that the file names.
        if kept.pop(row["id"], 0) < spoken_of:
            found.append(Violation("claims", {"interchange_id": str(row["id"]), "claims": str(spoken_of)}))
    return found


def claims_spoken_of(content: bytes) -> int:
    """How many claims a 277CA names; of one that cannot be read, none."""
    try:
        return sum(isinstance(part.value, ClaimAck) for part in read_claim_acks(content))
    except X12Error:
        return 0


async def remittances_read(now: Snapshot) -> Iterable[Violation]:
    """Every 835 interchange is once in payments, with each of its cheques, or refused, or still to be read."""
    waiting = {row["key"] for row in await now.rows("payments", TIMERS, kind=READ_REMITTANCE)}
    taken = {row["id"]: row for row in await now.rows("payments", REMITTANCE_FILES)}
    found: list[Violation] = []
    for row in await now.rows("edi", RECEIVED, kind="835"):
        file = taken.pop(row["id"], None)
        if file is None or file["practice_id"] != row["practice_id"]:
            found.append(_file(row["id"], "missing"))
        elif file["state"] == "waiting" and row["id"] not in waiting:
            found.append(_file(row["id"], "waiting without a timer"))
        elif file["state"] == "read" and file["cheques"] != row["sets"]:
            found.append(_file(row["id"], "cheques missing"))
    return [*found, *(_file(stranger, "received by nobody") for stranger in taken)]


def _file(interchange_id: object, fault: str) -> Violation:
    return Violation("payments", {"interchange_id": str(interchange_id), "fault": fault})


async def decisions_kept(now: Snapshot) -> Iterable[Violation]:
    """Every decision that payments told of is in its claim's history, once."""
    names = ("claim_id", "remittance_id", "control_number")
    said = Counter(tuple(str(row[name]) for name in names) for row in await now.rows("payments", SAID))
    kept = Counter(tuple(str(row[name]) for name in names) for row in await now.rows("claims", KEPT))
    return [
        Violation("claims", {**dict(zip(names, key, strict=True)), "told": str(said[key]), "kept": str(kept[key])})
        for key in sorted({*said, *kept})
        if said[key] != kept[key]
    ]


CHECKS = (
    Check("277ca-read", "Every claim that a 277CA names was told of it.", acknowledgements_read),
    Check("835-read-once", "Every 835 is once in payments, with every cheque in it.", remittances_read),
    Check("cheque-balances", "A cheque is its claims' payments less the provider level.", within("payments", CHEQUES)),
    Check("cheque-applied", "What is unapplied of a cheque is what was not posted.", within("payments", UNAPPLIED)),
    Check("payment-posted-once", "Every accepted claim payment is one posting.", within("payments", POSTED)),
    Check("payment-told-once", "Every posted payment was told once, with its amount.", within("payments", TOLD)),
    Check("decision-kept-once", "Every decision of a payer is once in its claim's history.", decisions_kept),
    Check("aside-is-queued", "What was not posted stands in a person's queue.", within("payments", ASIDE)),
    Check("cheque-in-hand", "A cheque that is not finished has its timer.", within("payments", UNFINISHED, post=POST)),
)
