"""The wire: one transmission for each batch, numbers in a row, every interchange that came processed once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from claims.domain.batches import ACKNOWLEDGED, BatchStatus
from edi.domain.kinds import ACKNOWLEDGEMENTS
from edi.domain.numbering import LARGEST
from stack.audit.archive import opened
from stack.audit.check import Check, within
from stack.audit.databases import Snapshot
from stack.audit.result import Violation
from x12 import X12Error
from x12.delimiters import Header
from x12.tokens import read_tokens

CLAIMS_SENT = "837P"

BATCHES = "SELECT id, practice_id, status, transmission_id FROM batches"
TRANSMISSIONS = """
    SELECT id, practice_id, reference, status, outcome FROM transmissions WHERE kind = :kind ORDER BY ordinal
"""
SENT_FILES = """
    SELECT t.id, t.reference, a.practice_id, a.id AS archive_id, a.content AS sealed, i.start, i.size
    FROM transmissions AS t JOIN interchanges AS i ON i.id = t.interchange_id JOIN archive AS a ON a.id = i.archive_id
    WHERE t.kind = :kind
"""
CARRIED = "SELECT batch_id, control_number FROM submissions"

# What the batch is once claims has heard what edi knows of its transmission; a 999 (AK901) has the last word.
AGREES: Mapping[str, frozenset[BatchStatus]] = {
    "queued": frozenset({BatchStatus.INTENDED, BatchStatus.HANDED_OVER}),
    "sent": frozenset({BatchStatus.SENT}),
    "failed": frozenset({BatchStatus.FAILED}),
}
NEVER_HANDED_OVER = frozenset({BatchStatus.GATHERING, BatchStatus.EMPTY, BatchStatus.NOT_TAKEN})

# A question in real time takes its numbers from the same series as what is sent. It keeps its number and not its
# place, which are one until the numbers wrap.
SERIES = """
    SELECT partner_id, ordinal, place, interchange_control, group_control FROM (
        SELECT *, row_number() OVER (PARTITION BY partner_id ORDER BY ordinal, id) AS place FROM (
            SELECT t.id, t.partner_id, t.ordinal, t.interchange_control, t.group_control, i.control
            FROM transmissions AS t JOIN interchanges AS i ON i.id = t.interchange_id
            UNION ALL
            SELECT x.id, x.partner_id, CAST(x.interchange_control AS bigint), x.interchange_control, i.groups[1],
                   i.control
            FROM exchanges AS x JOIN interchanges AS i ON i.id = x.request_id
        ) AS numbered
    ) AS sent
    WHERE ordinal <> place OR interchange_control <> control
       OR interchange_control <> lpad(((ordinal - 1) % :largest + 1)::text, 9, '0')
       OR group_control <> ((ordinal - 1) % :largest + 1)::text
"""
COUNTERS = """
    SELECT c.partner_id, c.interchanges, c.groups, count(s.id) AS sent
    FROM counters AS c
    LEFT JOIN (SELECT partner_id, id FROM transmissions UNION ALL SELECT partner_id, id FROM exchanges) AS s
      ON s.partner_id = c.partner_id
    GROUP BY c.partner_id, c.interchanges, c.groups HAVING c.interchanges <> count(s.id) OR c.groups <> count(s.id)
"""
# A person may let the same numbers over other bytes pass; the same bytes never count twice.
TWICE_IN = """
    SELECT partner_id, sender_id, control, kind, count(*) AS times FROM interchanges
    WHERE direction = 'in' AND reason IS NULL
    GROUP BY partner_id, sender_id, control, kind, groups, sha256 HAVING count(*) > 1
"""
# Who asked in real time has the answer, and nobody else is told of it.
ANNOUNCED = """
    SELECT coalesce(i.id, e.key) AS interchange_id, coalesce(i.kind, e.kind) AS kind, coalesce(e.times, 0) AS told
    FROM (SELECT i.id, k.kind FROM interchanges AS i, jsonb_object_keys(i.kinds) AS k(kind)
          WHERE i.direction = 'in' AND i.reason IS NULL AND k.kind <> ALL(CAST(:acknowledgements AS text[]))
            AND NOT EXISTS (SELECT FROM exchanges AS x JOIN interchanges AS r ON r.id = x.response_id
                            WHERE r.archive_id = i.archive_id)) AS i
    FULL JOIN (SELECT key, payload::jsonb ->> 'kind' AS kind, count(*) AS times FROM event_log
               WHERE type LIKE 'org.dermbill.edi.InterchangeReceived.%' GROUP BY key, payload::jsonb ->> 'kind') AS e
      ON e.key = i.id AND e.kind = i.kind
    WHERE i.id IS NULL OR e.times IS DISTINCT FROM 1
"""
ANSWERED = """
    SELECT reference AS interchange_id, count(*) AS acknowledgements FROM transmissions AS t WHERE kind = '999'
    GROUP BY reference
    HAVING count(*) > 1 OR NOT EXISTS (
        SELECT FROM interchanges AS i WHERE i.id = t.reference AND i.direction = 'in' AND i.reason IS NULL)
"""
ACKNOWLEDGED_ONCE = """
    SELECT t.id AS transmission_id, t.status, count(a.id) AS applied
    FROM transmissions AS t
    LEFT JOIN acknowledgements AS a ON a.transmission_id = t.id AND a.applied AND a.kind = '999'
    GROUP BY t.id, t.status HAVING count(a.id) <> (t.status = 'acknowledged')::int
"""
UNWATCHED = """
    SELECT t.id AS transmission_id, t.status FROM transmissions AS t
    WHERE t.status = 'queued' AND NOT EXISTS (
            SELECT FROM timers AS m WHERE m.kind = 'send-transmission' AND m.key = t.id)
       OR t.status = 'sent' AND t.acknowledge_by > clock_timestamp() AND NOT EXISTS (
            SELECT FROM timers AS m WHERE m.kind = 'no-acknowledgement' AND m.key = t.id)
    UNION ALL
    SELECT p.id, 'mailbox' FROM partners AS p
    WHERE NOT EXISTS (SELECT FROM timers AS m WHERE m.kind = 'poll-partner' AND m.key = p.id)
"""


async def batches_and_transmissions(now: Snapshot) -> Iterable[Violation]:
    """A batch that was handed over is one transmission of its practice, and each knows the other."""
    batches = {row["id"]: row for row in await now.rows("claims", BATCHES)}
    sent: dict[UUID, list[UUID]] = defaultdict(list)
    found: list[Violation] = []
    for row in await now.rows("edi", TRANSMISSIONS, kind=CLAIMS_SENT):
        sent[row["reference"]].append(row["id"])
        batch = batches.get(row["reference"])
        if batch is None or batch["practice_id"] != row["practice_id"]:
            ids = {"transmission_id": str(row["id"]), "batch_id": str(row["reference"]), "fault": "no such batch"}
            found.append(Violation("edi", ids))
    for batch_id, batch in batches.items():
        status, mine = BatchStatus(batch["status"]), sent[batch_id]
        if status in NEVER_HANDED_OVER:
            good = not mine
        elif status is BatchStatus.INTENDED:
            good = len(mine) <= 1
        else:
            good = mine == [batch["transmission_id"]]
        if not good:
            ids = {"batch_id": str(batch_id), "status": batch["status"], "transmissions": str(len(mine))}
            found.append(Violation("claims", ids))
    return found


async def batches_disagree(now: Snapshot) -> Iterable[Violation]:
    """What edi knows of a transmission is what claims knows of its batch."""
    batches = {row["id"]: row["status"] for row in await now.rows("claims", BATCHES)}
    found: list[Violation] = []
    for row in await now.rows("edi", TRANSMISSIONS, kind=CLAIMS_SENT):
        verdict = ACKNOWLEDGED.get(row["outcome"], BatchStatus.REJECTED)
        status = batches.get(row["reference"])
        if status is not None and status not in AGREES.get(row["status"], frozenset({verdict})):
            ids = {"batch_id": str(row["reference"]), "batch": status, "transmission": row["status"]}
            found.append(Violation("claims", ids))
    return found


async def claims_in_files(now: Snapshot) -> Iterable[Violation]:
    """The files that went out, read again: each control number stands once, in the file of its own batch."""
    wanted: dict[UUID, Counter[str]] = defaultdict(Counter)
    for row in await now.rows("claims", CARRIED):
        wanted[row["batch_id"]][row["control_number"]] += 1
    found: list[Violation] = []
    for row in await now.rows("edi", SENT_FILES, kind=CLAIMS_SENT):
        there = control_numbers(opened(now.vaults, row) or b"")
        for number in sorted({*there, *wanted[row["reference"]]}):
            if there[number] != 1 or wanted[row["reference"]][number] != 1:
                ids = {"transmission_id": str(row["id"]), "control_number": number, "in_file": str(there[number])}
                found.append(Violation("edi", ids))
    return found


def control_numbers(content: bytes) -> Counter[str]:
    """How often each CLM01 stands in an interchange; one that cannot be read to its end gives what came before."""
    numbers: Counter[str] = Counter()
    try:
        for token in read_tokens(content):
            if not isinstance(token, Header) and token[0] == "CLM":
                numbers[token[1]] += 1
    except X12Error:
        return numbers
    return numbers


CHECKS = (
    Check("batch-sent-once", "Every batch that left is exactly one transmission.", batches_and_transmissions),
    Check("batch-agrees", "Claims knows of every batch what edi knows.", batches_disagree),
    Check("claims-in-files", "Every claim of a batch stands once in the file that went out.", claims_in_files),
    Check(
        "control-series",
        "A partner's control numbers have no gap and no repeat.",
        within("edi", SERIES, largest=LARGEST),
    ),
    Check("control-counters", "The counters of a partner are where its series is.", within("edi", COUNTERS)),
    Check("received-once", "No interchange was processed twice.", within("edi", TWICE_IN)),
    Check(
        "received-told-once",
        "Every interchange that came was announced once for each kind in it.",
        within("edi", ANNOUNCED, acknowledgements=sorted(ACKNOWLEDGEMENTS)),
    ),
    Check("received-answered-once", "No interchange was acknowledged twice by us.", within("edi", ANSWERED)),
    Check("999-once", "Every 999 was applied to its transmission once.", within("edi", ACKNOWLEDGED_ONCE)),
    Check("wire-watched", "What is on the wire, and every mailbox, has its timer.", within("edi", UNWATCHED)),
)
