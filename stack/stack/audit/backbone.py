"""Nothing said is lost, nothing is applied twice, nothing stops in silence: outbox, inbox, timers, versions."""

from collections.abc import Iterable, Mapping

from stack.audit.check import Check, each, everywhere, within
from stack.audit.databases import Snapshot
from stack.audit.result import Violation
from stack.members import members

LATE_MINUTES = 10
"""A timer that is tried again is set at most five minutes ahead, so one that is later than this was forgotten."""

BACKWARDS = """
    SELECT key, type, version, before FROM (
        SELECT key, type, version,
               lag(version) OVER (PARTITION BY key ORDER BY position) AS before
        FROM event_log
    ) AS told WHERE version < before
"""
REPEATED = """
    SELECT key, type, version, count(*) AS times FROM event_log
    GROUP BY key, type, version HAVING count(*) > 1
"""

# Services in which every version of an aggregate is told of, so that a missing number is a missing event.
WITHOUT_GAPS = "SELECT key, version, place FROM ({numbered}) AS told WHERE version <> place"
NUMBERED = """
    SELECT key, version, row_number() OVER (PARTITION BY key ORDER BY position) AS place FROM event_log {where}
"""
RECEIVED = "WHERE type LIKE 'org.dermbill.edi.InterchangeReceived.%'"

# A row that stands behind its own events has lost an update.
AGGREGATES: Mapping[str, tuple[str, str]] = {
    "coding": ("encounters", "id"),
    "claims": ("claims", "id"),
    "edi": ("transmissions", "id"),
    "payments": ("claim_accounts", "claim_id"),
    "denials": ("cases", "id"),
    "credentialing": ("enrollments", "id"),
    "eligibility": ("checks", "id"),
    "authorizations": ("authorizations", "id"),
}
BEHIND = """
    SELECT a.{id} AS key, a.version, max(e.version) AS told
    FROM {table} AS a JOIN event_log AS e ON e.key = a.{id} GROUP BY a.{id}, a.version HAVING max(e.version) > a.version
"""
COUNTED = """
    SELECT a.claim_id, a.version, count(e.event_id) AS told
    FROM claim_accounts AS a LEFT JOIN event_log AS e ON e.key = a.claim_id
    GROUP BY a.claim_id, a.version HAVING a.version <> count(e.event_id)
"""

STOPPED = "SELECT kind, key, stopped_code FROM timers WHERE stopped_at IS NOT NULL"
LATE = """
    SELECT kind, key, due_at, coalesce(last_error, '-') AS last_error FROM timers
    WHERE stopped_at IS NULL AND due_at < clock_timestamp() - make_interval(mins => :minutes)
      AND (leased_until IS NULL OR leased_until < clock_timestamp())
"""
# Type and key of a parked message may come from anywhere, and are not repeated here.
PARKED = 'SELECT consumer, event_id, code, topic, "partition", record_offset FROM parked_events'
TWICE_HANDLED = """
    SELECT consumer, event_id, count(*) AS times FROM inbox GROUP BY consumer, event_id HAVING count(*) > 1
"""
TWICE_LOGGED = "SELECT event_id, count(*) AS times FROM event_log GROUP BY event_id HAVING count(*) > 1"
UNSENT = "SELECT position FROM outbox"
HEARD = "SELECT event_id FROM inbox WHERE consumer = :me UNION SELECT event_id FROM parked_events WHERE consumer = :me"
SAID = "SELECT event_id, type, key FROM event_log WHERE type = ANY(CAST(:types AS text[]))"
TYPES = "SELECT topic, type, min(key::text) AS key FROM event_log GROUP BY topic, type"


async def not_heard(now: Snapshot) -> Iterable[Violation]:
    """Events of which a service that handles their type knows nothing."""
    found: list[Violation] = []
    for consumer in members():
        types = sorted(consumer.handlers.by_type)
        if not types:
            continue
        heard = {row["event_id"] for row in await now.rows(consumer.name, HEARD, me=consumer.name)}
        for producer in now.connections:
            for row in await now.rows(producer, SAID, types=types):
                if row["event_id"] not in heard:
                    ids = {"said_by": producer, **{name: str(row[name]) for name in ("type", "event_id", "key")}}
                    found.append(Violation(consumer.name, ids))
    return found


async def unknown_types(now: Snapshot) -> Iterable[Violation]:
    """Types in a log that their service does not publish, or not on that topic."""
    return [
        Violation(service.name, {"topic": row["topic"], "type": row["type"], "key": row["key"]})
        for service in members()
        for row in await now.rows(service.name, TYPES)
        if row["type"] not in service.contract.types or row["topic"] != service.contract.topic
    ]


def _numbered(where: str = "") -> str:
    return WITHOUT_GAPS.format(numbered=NUMBERED.format(where=where))


CHECKS = (
    Check("outbox-empty", "Every event that was logged has reached Kafka.", everywhere(UNSENT)),
    Check("events-heard", "Every service has taken every event that it handles.", not_heard),
    Check("handled-once", "No consumer has taken an event twice.", everywhere(TWICE_HANDLED)),
    Check("logged-once", "No event is in a log twice.", everywhere(TWICE_LOGGED)),
    Check("types-published", "A log holds only what its service publishes, on its topic.", unknown_types),
    Check("versions-rise", "The events of one aggregate carry rising versions.", everywhere(BACKWARDS)),
    Check("versions-once", "No event of an aggregate repeats a version.", everywhere(REPEATED)),
    Check(
        "versions-whole",
        "Where every version is told of, none is missing.",
        each({"payments": _numbered(), "edi": _numbered(RECEIVED)}),
    ),
    Check("accounts-counted", "A claim account counts its own events.", within("payments", COUNTED)),
    Check(
        "rows-current",
        "No row stands behind the events that were told of it.",
        each({service: BEHIND.format(table=table, id=id) for service, (table, id) in AGGREGATES.items()}),
    ),
    Check("nothing-parked", "No event is parked.", everywhere(PARKED)),
    Check("no-timer-stopped", "No timer was stopped by a refusal.", everywhere(STOPPED)),
    Check("no-timer-late", "No timer is forgotten.", everywhere(LATE, minutes=LATE_MINUTES)),
)
