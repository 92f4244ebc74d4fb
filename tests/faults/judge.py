"""A judge of the whole that shares no code with what it judges but the two tables of rules (lifecycle, accounts).

It asks the databases as their superuser and the simulator for the truth, and gives a sentence for every violation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from clinic import Clinic
from own_stack import SERVICE_NAMES, TOPIC_OF, OwnStack
from topics import handled_types, out_of_order, read_topics

from claims.domain.lifecycle import Fact, Status, after
from payments.domain.accounts import CHART, Part

Databases = Mapping[str, asyncpg.Connection]
Truth = Sequence[Mapping[str, Any]]

IN_TRANSIT = ("assembling", "ready", "sending", "submitted", "accepted", "correcting")
REJECTED = ("rejected_by_payer", "rejected_by_clearinghouse")


@asynccontextmanager
async def databases_of(stack: OwnStack) -> AsyncIterator[Databases]:
    opened = {service: await stack.connect(service) for service in SERVICE_NAMES}
    try:
        yield opened
    finally:
        for database in opened.values():
            await database.close()


async def _all_of(clinic: Clinic, path: str, name: str) -> Truth:
    """Every page of a list of the simulator: what came in, as the other side saw it."""
    found: list[Mapping[str, Any]] = []
    after_id = 0
    while True:
        answer = await clinic.simulator("GET", f"/{path}?after={after_id}&limit=1000")
        if not answer[name]:
            return found
        found += answer[name]
        after_id = answer["next"]


async def still_moving(stack: OwnStack, clinic: Clinic) -> dict[str, int]:
    """What has not come to rest yet, each with how many; empty when everything has."""
    counts = await clinic.simulator("GET", "/counts")
    async with databases_of(stack) as db:
        moving = {
            f"{service} {what}": await db[service].fetchval(f"SELECT count(*) FROM {rows}")
            for service, what, rows in _MOVING
        }
        moving |= {
            f"{service} outbox": await db[service].fetchval("SELECT count(*) FROM outbox") for service in SERVICE_NAMES
        }
        moving |= {
            f"{service} inbox": len(await _unheard(db, service)) for service in SERVICE_NAMES if handled_types(service)
        }
        files = await db["edi"].fetchval("SELECT count(*) FROM files")
    moving["simulator's steps"] = sum(counts["due"].values())
    moving["simulator's files"] = sum(counts["mailbox"].values()) - files
    moving["processes"] = 0 if stack.all_ready() else 1
    return {what: count for what, count in moving.items() if count}


_MOVING: Sequence[tuple[str, str, str]] = (
    ("claims", "claims", f"claims WHERE status IN {IN_TRANSIT}"),
    ("claims", "timers", "timers WHERE stopped_at IS NULL AND due_at <= now()"),
    ("payments", "timers", "timers WHERE stopped_at IS NULL AND due_at <= now()"),
    ("edi", "timers", "timers WHERE stopped_at IS NULL AND due_at <= now() AND kind <> 'poll-partner'"),
    ("edi", "transmissions", "transmissions WHERE sent_at IS NULL"),
    ("edi", "unanswered files", "transmissions WHERE kind = '837P' AND acknowledged_at IS NULL"),
)


async def violations(stack: OwnStack, clinic: Clinic, accepted: Sequence[UUID]) -> list[str]:
    """Everything that is not as it must be when all has come to rest."""
    truth = await _all_of(clinic, "truth", "claims")
    interchanges = await _all_of(clinic, "interchanges", "interchanges")
    topics = await read_topics(stack.kafka_servers)
    async with databases_of(stack) as db:
        return [
            *await _none(db),
            *await _encounters(db, accepted),
            *await _claims(db),
            *await _wire(db, truth, interchanges),
            *await _money(db, truth),
            *await _denials(db, truth),
            *await _events(db, topics),
            *await _histories(db),
        ]


@dataclass(frozen=True, slots=True)
class Never:
    """Rows that must not exist: the sentence and the query that gives their ids."""

    service: str
    sentence: str
    rows: str


_EVERYWHERE = (
    ("an event waits in the outbox", "SELECT position FROM outbox"),
    ("an event is parked", "SELECT event_id || ' ' || code FROM parked_events"),
    ("a timer was stopped", "SELECT kind || ' ' || stopped_code FROM timers WHERE stopped_at IS NOT NULL"),
    ("an event was written twice", "SELECT key FROM event_log GROUP BY key, version, type HAVING count(*) > 1"),
    ("an access is not sealed", "SELECT audit_id FROM audit_queue"),
    (
        "an event was written behind a later version of its key",
        "SELECT event_id FROM (SELECT event_id, version, max(version) OVER (PARTITION BY key ORDER BY position) AS most"
        " FROM event_log) AS e WHERE version < most",
    ),
)  # fmt: skip

_NONE: Sequence[Never] = (
    *(Never(service, *rule) for service in SERVICE_NAMES for rule in _EVERYWHERE),
    Never("claims", "a claim is still on its way", f"SELECT id FROM claims WHERE status IN {IN_TRANSIT}"),
    Never(
        "claims",
        "an open claim has no deadline",
        "SELECT id FROM claims WHERE status NOT IN ('paid', 'closed', 'void') AND due_at IS NULL",
    ),
    Never(
        "claims",
        "a submission is in a batch that never left",
        "SELECT control_number FROM submissions s JOIN batches b ON b.id = batch_id WHERE b.transmission_id IS NULL",
    ),
    Never("claims", "an acknowledgement was not applied", "SELECT id FROM acknowledgements WHERE applied_at IS NULL"),
    Never(
        "edi",
        "an interchange number is missing or was used twice",
        "SELECT ordinal FROM (SELECT ordinal, row_number() OVER (PARTITION BY partner_id ORDER BY ordinal) AS place"
        " FROM transmissions) AS t WHERE ordinal <> place",
    ),
    Never(
        "edi",
        "an 837P was not accepted",
        "SELECT id FROM transmissions WHERE kind = '837P' AND (outcome IS DISTINCT FROM 'A' OR failure IS NOT NULL)",
    ),
    Never(
        "edi",
        "a batch was written twice",
        "SELECT reference FROM transmissions WHERE kind = '837P' GROUP BY 1 HAVING count(*) > 1",
    ),
    Never("edi", "a file came in twice", "SELECT sha256 FROM files GROUP BY partner_id, sha256 HAVING count(*) > 1"),
    Never("edi", "a file was set aside", "SELECT id || ' ' || status FROM files WHERE reason IS NOT NULL"),
    Never("payments", "a cheque is not posted", "SELECT id FROM remittances WHERE state <> 'posted'"),
    Never("payments", "an 835 was not read", "SELECT id FROM interchanges WHERE state <> 'read'"),
    Never("payments", "a payment is not posted", "SELECT id FROM claim_payments WHERE state <> 'posted'"),
    Never("payments", "somebody has to look at a payment", "SELECT code FROM queue_items WHERE closed_at IS NULL"),
    Never(
        "payments",
        "a posting does not balance",
        "SELECT posting_id FROM ledger_entries GROUP BY posting_id HAVING sum(amount) <> 0",
    ),
    Never("payments", "a fact was posted twice", "SELECT source FROM postings GROUP BY source HAVING count(*) > 1"),
    Never(
        "payments",
        "a payment has not exactly one posting",
        "SELECT p.id FROM claim_payments p LEFT JOIN postings s ON s.claim_payment_id = p.id"
        " GROUP BY p.id HAVING count(s.id) <> 1",
    ),
    Never("denials", "a claim has two cases", "SELECT claim_id FROM cases GROUP BY 1 HAVING count(*) > 1"),
)  # fmt: skip


async def _none(db: Databases) -> list[str]:
    found: list[str] = []
    for rule in _NONE:
        rows = await db[rule.service].fetch(rule.rows)
        found += [f"{rule.service}: {rule.sentence} ({row[0]})" for row in rows]
    return found


async def _encounters(db: Databases, accepted: Sequence[UUID]) -> list[str]:
    kept = await _column(db["coding"], "SELECT id FROM encounters")
    return _exactly_once("accepted encounter", accepted, "coding", kept)


async def _claims(db: Databases) -> list[str]:
    coded = await _column(db["coding"], "SELECT id FROM encounters WHERE disposition = 'ready'")
    claimed = await _column(db["claims"], "SELECT encounter_id FROM claims")
    return _exactly_once("coded encounter", coded, "claims", claimed)


async def _wire(db: Databases, truth: Truth, interchanges: Truth) -> list[str]:
    """Every submission reached the simulator once; nothing else did; no file came twice or was refused."""
    submitted = await _column(db["claims"], "SELECT control_number FROM submissions")
    arrived = [claim["control_number"] for claim in truth]
    sent = await _column(db["edi"], "SELECT interchange_control FROM transmissions WHERE status <> 'failed'")
    came = [one["control"] for one in interchanges]
    refused = [f"simulator: interchange {one['control']} was {one['outcome']}" for one in interchanges
               if one["outcome"] != "taken"]  # fmt: skip
    return [
        *_exactly_once("submission", submitted, "the simulator", arrived),
        *_exactly_once("transmission", sent, "the simulator", came),
        *refused,
    ]


async def _money(db: Databases, truth: Truth) -> list[str]:
    """Each remitted claim is posted once and to the cent; charge = paid + adjusted + patient + open."""
    remitted = {claim["control_number"]: claim for claim in truth if claim["status"] == "remitted"}
    posted = await _column(db["payments"], "SELECT control_number FROM claim_payments WHERE state = 'posted'")
    found = _exactly_once("remitted claim", list(remitted), "payments", posted)
    numbers = dict(await db["claims"].fetch("SELECT claim_id, control_number FROM submissions WHERE attempt = 1"))
    sent = "SELECT id, charge FROM claims WHERE id IN (SELECT claim_id FROM submissions)"
    charges = dict(await db["claims"].fetch(sent))
    bars = await _bars(db["payments"])
    found += _exactly_once("submitted claim", list(charges), "the ledger", list(bars))
    for claim_id, bar in bars.items():
        true = remitted.get(numbers.get(claim_id, ""))
        parts = bar[Part.PAID] + bar[Part.ADJUSTED] + bar[Part.PATIENT] + bar[Part.OPEN]
        if not (-bar[Part.CHARGE] == parts == charges.get(claim_id)):
            found.append(f"payments: claim {claim_id} is charged {charges.get(claim_id)}, in the ledger {dict(bar)}")
        expected = (Decimal(true["paid"]), Decimal(true["patient_responsibility"])) if true else (0, 0)
        if (bar[Part.PAID], bar[Part.PATIENT]) != expected:
            found.append(f"payments: claim {claim_id} has {dict(bar)}, the payer says {expected}")
    return found


async def _bars(payments: asyncpg.Connection) -> Mapping[UUID, Mapping[Part, Decimal]]:
    sums = "SELECT claim_id, account, sum(amount) FROM ledger_entries WHERE claim_id IS NOT NULL GROUP BY 1, 2"
    bars: dict[UUID, dict[Part, Decimal]] = defaultdict(lambda: dict.fromkeys(Part, Decimal(0)))
    for claim_id, account, amount in await payments.fetch(sums):
        part = CHART[account].part
        if part is not None:
            bars[claim_id][part] += amount
    return bars


async def _denials(db: Databases, truth: Truth) -> list[str]:
    """The claims' statuses are the payers' words, and each denied claim has its case."""
    by_number = dict(
        await db["claims"].fetch(
            "SELECT s.control_number, c.status FROM submissions s JOIN claims c ON c.id = s.claim_id"
        )
    )
    found: list[str] = []
    for claim in truth:
        expected = {"rejected"} if claim["status"] in REJECTED else _AFTER[claim["outcome"]]
        status = by_number.get(claim["control_number"])
        if status not in expected:
            found.append(f"claims: {claim['control_number']} is {status}, the payer said {claim['outcome']}")
    denied = await _column(db["claims"], "SELECT id FROM claims WHERE status IN ('denied', 'partly_paid')")
    cases = await _column(db["denials"], "SELECT claim_id FROM cases")
    return [*found, *_exactly_once("denied claim", denied, "denials", cases)]


_AFTER = {"allowed": {"paid"}, "denied": {"denied"}, "partly_denied": {"partly_paid"}, None: {"rejected"}}


async def _events(db: Databases, topics: Mapping[str, Sequence[Any]]) -> list[str]:
    """Every event of every log is on its topic in order, and in the inbox of everybody who handles it."""
    found: list[str] = []
    for service in SERVICE_NAMES:
        topic = TOPIC_OF[service]
        logged = {str(id) for id in await _column(db[service], "SELECT event_id FROM event_log")}
        told = {record.event_id for record in topics[topic]}
        found += [f"{topic}: event {id} of the log is not on the topic" for id in sorted(logged - told)]
        found += [f"{topic}: event {id} on the topic is in no log" for id in sorted(told - logged)]
        found += out_of_order(topic, topics[topic])
        found += [f"{service}: event {id} was never handled" for id in await _unheard(db, service)]
        found += [f"{service}: event {id} was handled and never said" for id in await _invented(db, service)]
    return found


async def _histories(db: Databases) -> list[str]:
    """The history of every claim is a walk through the lifecycle that ends where the claim is."""
    statuses = dict(await db["claims"].fetch("SELECT id, status FROM claims"))
    walked: dict[UUID, str] = {}
    found: list[str] = []
    for row in await db["claims"].fetch("SELECT claim_id, fact, before, after FROM claim_history ORDER BY id"):
        claim_id, fact, before, reached = row
        if before != walked.get(claim_id, before):
            found.append(f"claims: {claim_id} was {walked[claim_id]} and {fact} found it {before}")
        if before != reached and after(Status(before), Fact(fact)) != reached:
            found.append(f"claims: {claim_id} went from {before} by {fact} to {reached}")
        walked[claim_id] = reached
    found += [
        f"claims: {claim_id} is {status}, its history ends at {walked.get(claim_id)}"
        for claim_id, status in statuses.items()
        if walked.get(claim_id) != status
    ]
    return found


async def _unheard(db: Databases, service: str) -> Collection[UUID]:
    return await _said_to(db, service) - set(await _column(db[service], "SELECT event_id FROM inbox"))


async def _invented(db: Databases, service: str) -> Collection[UUID]:
    return set(await _column(db[service], "SELECT event_id FROM inbox")) - await _said_to(db, service)


async def _said_to(db: Databases, service: str) -> set[UUID]:
    """The ids of the events that a service handles, from the logs of all."""
    types = list(handled_types(service))
    said: set[UUID] = set()
    for other in db.values():
        rows = await other.fetch("SELECT event_id FROM event_log WHERE type = ANY($1::text[])", types)
        said |= {row[0] for row in rows}
    return said


async def _column(database: asyncpg.Connection, query: str) -> list[Any]:
    return [row[0] for row in await database.fetch(query)]


def _exactly_once(what: str, expected: Sequence[Any], place: str, found: Sequence[Any]) -> list[str]:
    wanted, there = Counter(expected), Counter(found)
    return [
        *(f"{what} {key} is missing in {place}" for key in wanted - there),
        *(f"{what} {key} is in {place} {there[key]} times, not {wanted[key]}" for key in there - wanted),
    ]
