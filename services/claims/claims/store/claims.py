"""The claim's row, its submissions, its history and its follow-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, RowMapping, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from claims.domain.claim import Claim, Entry, Standing, Submission
from claims.domain.coding import CodedEncounter, ServiceLine
from claims.domain.decisions import Decision
from claims.domain.draft import Neighbour
from claims.domain.facts import Taken
from claims.domain.findings import Finding
from claims.domain.lifecycle import Deadline, Status, Wait
from claims.domain.numbering import claim_number
from claims.sealing import EARLIER, OVERRIDES, REASON, SNAPSHOT
from claims.store import holds
from claims.tables import CLAIM_NUMBERS, claim_history, claims, follow_ups, submissions
from common.change import Change
from common.ids import new_id
from common.pagination import Cursor, keyset
from common.refusal import NotFound, Stale
from common.uow import Transaction

DEADLINE_TIMER = "claim-deadline"

# Who settles a follow-up whose wait ended after all.
BY_ITSELF = "claims"

_CODED = TypeAdapter(CodedEncounter)
_LINES = TypeAdapter(tuple[ServiceLine, ...])
_STANDING = TypeAdapter(Standing | None)
_DECISIONS = TypeAdapter(tuple[Decision, ...])
_FINDINGS = TypeAdapter(tuple[Finding, ...])
_AUTHORIZED = TypeAdapter(tuple[Taken, ...])


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a claim's history, and who was the actor of it."""

    id: UUID
    actor: str
    entry: Entry


async def next_number(tx: Transaction) -> str:
    return claim_number(await tx.scalar(select(CLAIM_NUMBERS.next_value())))


async def load(tx: Transaction, claim_id: UUID, *, lock: bool = True) -> Claim:
    """The claim, its row locked for the rest of the transaction. Raises NotFound."""
    found = await _claims(tx, select(claims).where(claims.c.id == claim_id), lock=lock)
    if not found:
        raise NotFound(kind="claim", id=claim_id)
    return found[0]


async def of_encounter(tx: Transaction, encounter_id: UUID) -> Claim | None:
    found = await _claims(tx, select(claims).where(claims.c.encounter_id == encounter_id))
    return found[0] if found else None


async def of_batch(tx: Transaction, batch_id: UUID, *, lock: bool = True) -> list[Claim]:
    """The claims that were ever sent in a batch, in the order in which they stand in it."""
    sent = select(submissions.c.claim_id).where(submissions.c.batch_id == batch_id)
    return await _claims(tx, select(claims).where(claims.c.id.in_(sent)), lock=lock)


async def of_ids(tx: Transaction, ids: Iterable[UUID], *, lock: bool = True) -> list[Claim]:
    return await _claims(tx, select(claims).where(claims.c.id.in_(set(ids))), lock=lock)


async def of_patient(tx: Transaction, patient_id: UUID, statuses: Iterable[Status]) -> list[UUID]:
    """The ids of the patient's claims in any of the statuses."""
    wanted = claims.c.status.in_([status.value for status in statuses])
    found = select(claims.c.id).where(claims.c.patient_id == patient_id, wanted).order_by(claims.c.id)
    return [row["id"] for row in await tx.rows(found)]


async def waiting_for(tx: Transaction, payer_id: str, limit: int) -> list[Claim]:
    """Up to `limit` claims that wait for a batch to the payer and that no other batch is taking now."""
    return await _claims(tx, select(claims).where(_waits_for(payer_id)).limit(limit), skip_locked=True)


async def any_waits_for(tx: Transaction, payer_id: str) -> bool:
    """Whether some claim waits for a batch to the payer."""
    return await tx.scalar(select(claims.c.id).where(_waits_for(payer_id)).limit(1)) is not None


async def claim_ids_of(tx: Transaction, control_numbers: Iterable[str]) -> dict[str, UUID]:
    """Which claim each control number names; unknown ones are left out."""
    wanted = select(submissions.c.control_number, submissions.c.claim_id).where(
        submissions.c.control_number.in_(set(control_numbers))
    )
    return {row["control_number"]: row["claim_id"] for row in await tx.rows(wanted)}


async def neighbours_of(tx: Transaction, claim: Claim) -> list[Neighbour]:
    """What other claims bill for the same patient and date of service.

    Claims of one patient are judged one after another: of two duplicates assembled at once the second sees the first.
    """
    await one_at_a_time(tx, claim.patient_id)
    rows = await tx.rows(
        select(claims.c.id, claims.c.coded, claims.c.lines).where(
            claims.c.patient_id == claim.patient_id,
            claims.c.date_of_service == claim.coded.date_of_service,
            claims.c.id != claim.id,
            claims.c.status != Status.VOID.value,
        )
    )
    return [
        Neighbour(row["id"], row["coded"]["rendering_npi"], line)
        for row in rows
        for line in _LINES.validate_python(row["lines"])
    ]


async def one_at_a_time(tx: Transaction, patient_id: UUID) -> None:
    """Wait until no other transaction judges claims of the patient, or keeps what was heard of them."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(patient_id), 0))))


async def search(
    tx: Transaction,
    *,
    status: Status | None,
    payer_id: str | None,
    encounter_id: UUID | None,
    patient_id: UUID | None,
    cursor: Cursor | None,
    limit: int,
) -> Sequence[RowMapping]:
    statement = select(claims)
    wanted = {"status": status.value if status else None, "payer_id": payer_id}
    wanted |= {"encounter_id": encounter_id, "patient_id": patient_id}
    for column, value in wanted.items():
        if value is not None:
            statement = statement.where(claims.c[column] == value)
    return await tx.rows(keyset(statement, claims.c.id, cursor, limit))


async def history(tx: Transaction, claim_id: UUID, cursor: Cursor | None, limit: int) -> list[Happening]:
    statement = select(claim_history).where(claim_history.c.claim_id == claim_id)
    return [_happening(tx, row) for row in await tx.rows(keyset(statement, claim_history.c.id, cursor, limit))]


async def add(tx: Transaction, change: Change[Claim]) -> Claim:
    """Put a new claim on file, unless its encounter has one: then Stale."""
    claim = change.aggregate
    values = _values(tx, claim) | {
        "practice_id": tx.practice_id,
        "id": claim.id,
        "number": claim.number,
        "version": 1,
        "opened_at": tx.now,
    }
    added = await tx.scalar(upsert(claims).values(values).on_conflict_do_nothing().returning(claims.c.id))
    if added is None:
        raise Stale(kind="claim of encounter", id=claim.encounter_id, version=0)
    await _keep(tx, None, change, 1)
    return claim


async def save(tx: Transaction, before: Claim, change: Change[Claim]) -> None:
    """Write what became of `before`, its history, follow-ups, deadline and events. Raises Stale.

    Each event has a version of its own, so that a listener that skips what it has seen skips none.
    """
    claim = change.aggregate
    if claim == before:
        return
    version = before.version + max(1, len(change.events))
    written = await tx.execute(
        update(claims)
        .where(claims.c.id == claim.id, claims.c.version == before.version)
        .values(**_values(tx, claim), version=version)
    )
    if written.rowcount != 1:
        raise Stale(kind="claim", id=claim.id, version=before.version)
    await _keep(tx, before, change, version)


async def _keep(tx: Transaction, before: Claim | None, change: Change[Claim], version: int) -> None:
    claim = change.aggregate
    tx.audit("create" if before is None else "update", "claim", claim.id, status=claim.status.value, version=version)
    await _keep_submissions(tx, before, claim)
    if claim.happened:
        await tx.execute(insert(claim_history), [_entry(tx, claim, entry) for entry in claim.happened])
    await _keep_follow_ups(tx, before, claim)
    await holds.keep(tx, before, claim)
    if before is None or before.deadline != claim.deadline:
        _watch(tx, claim, version)
    for number, event in enumerate(change.events, start=version - len(change.events) + 1):
        tx.publish(event, key=claim.id, version=number, correlation=claim.encounter_id)


async def _keep_submissions(tx: Transaction, before: Claim | None, claim: Claim) -> None:
    known = before.submissions if before else ()
    rows = [
        {"practice_id": tx.practice_id, "claim_id": claim.id, **_columns(one)}
        for one in claim.submissions
        if one not in known
    ]
    if not rows:
        return
    statement = upsert(submissions)
    progress = {name: statement.excluded[name] for name in ("transmission_id", "sent_at", "said_at")}
    await tx.execute(statement.on_conflict_do_update(index_elements=["claim_id", "attempt"], set_=progress), rows)


async def _keep_follow_ups(tx: Transaction, before: Claim | None, claim: Claim) -> None:
    if before is not None and before.since != claim.since and _reminded(before, tx.now):
        waits = [wait.value for wait in Wait]
        await tx.execute(
            update(follow_ups)
            .where(
                follow_ups.c.claim_id == claim.id,
                follow_ups.c.reason.in_(waits),
                follow_ups.c.settled_at.is_(None),
            )
            .values(settled_at=tx.now, settled_by=BY_ITSELF)
        )
    for raised in claim.raised:
        row = {"id": new_id(), "claim_id": claim.id, "practice_id": tx.practice_id}
        row |= {"reason": raised.reason, "facts": dict(raised.facts), "raised_at": raised.raised_at}
        await tx.execute(upsert(follow_ups).values(row).on_conflict_do_nothing())


def _waits_for(payer_id: str) -> ColumnElement[bool]:
    return (claims.c.payer_id == payer_id) & claims.c.status.in_([Status.READY.value, Status.CORRECTING.value])


def _reminded(claim: Claim, now: datetime) -> bool:
    """Whether a follow-up can have been raised for the wait of `claim`."""
    return claim.deadline is not None and claim.deadline.remind_at <= now


def _watch(tx: Transaction, claim: Claim, version: int) -> None:
    if claim.deadline is None:
        tx.cancel(DEADLINE_TIMER, claim.id)
    else:
        tx.schedule(DEADLINE_TIMER, claim.id, due_at=claim.deadline.remind_at, version=version)


async def _claims(
    tx: Transaction, statement: Select[Any], *, lock: bool = True, skip_locked: bool = False
) -> list[Claim]:
    """In the order of their ids, so that two transactions lock several claims in the same order."""
    statement = statement.order_by(claims.c.id)
    if lock:
        statement = statement.with_for_update(skip_locked=skip_locked, of=claims)
    rows = await tx.rows(statement)
    if not rows:
        return []
    sent: dict[UUID, list[Submission]] = defaultdict(list)
    ids = [row["id"] for row in rows]
    found = select(submissions).where(submissions.c.claim_id.in_(ids)).order_by(submissions.c.attempt)
    for row in await tx.rows(found):
        sent[row["claim_id"]].append(Submission(**{name: row[name] for name in Submission.__slots__}))
    return [_claim(tx, row, sent[row["id"]]) for row in rows]


def _claim(tx: Transaction, row: RowMapping, sent: Iterable[Submission]) -> Claim:
    sealed = row["snapshot"]
    deadline = Deadline(Wait(row["wait"]), row["due_at"], row["remind_at"]) if row["wait"] else None
    return Claim(
        id=row["id"],
        number=row["number"],
        coded=_CODED.validate_python(row["coded"]),
        status=Status(row["status"]),
        since=row["since"],
        deadline=deadline,
        version=row["version"],
        lines=_LINES.validate_python(row["lines"]),
        charge=row["charge"],
        snapshot=SNAPSHOT.open(tx.vault, tx.practice_id, row["id"], sealed) if sealed is not None else None,
        findings=_FINDINGS.validate_python(row["findings"]),
        overrides=OVERRIDES.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_overrides"]) or (),
        submissions=tuple(sent),
        payer_claim_number=row["payer_claim_number"],
        adjudicated_on=row["adjudicated_on"],
        decision_due=row["decision_due"],
        authorization_number=row["authorization_number"],
        standing=_STANDING.validate_python(row["standing"]),
        denied_by=row["denied_by"],
        authorized=_AUTHORIZED.validate_python(row["authorized"] or ()),
        decisions=_DECISIONS.validate_python(row["decisions"] or ()),
        earlier=EARLIER.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_earlier"]) or (),
    )


def _values(tx: Transaction, claim: Claim) -> dict[str, Any]:
    deadline, frozen = claim.deadline, claim.snapshot
    return {
        "encounter_id": claim.encounter_id,
        "patient_id": claim.patient_id,
        "payer_id": claim.payer_id,
        "date_of_service": claim.coded.date_of_service,
        "status": claim.status.value,
        "since": claim.since,
        "wait": deadline.wait.value if deadline else None,
        "due_at": deadline.due_at if deadline else None,
        "remind_at": deadline.remind_at if deadline else None,
        "charge": claim.charge,
        "coded": _CODED.dump_python(claim.coded, mode="json"),
        "lines": _LINES.dump_python(claim.lines, mode="json"),
        "snapshot": SNAPSHOT.seal(tx.vault, tx.practice_id, claim.id, frozen) if frozen else None,
        "findings": _FINDINGS.dump_python(claim.findings, mode="json"),
        "sealed_overrides": OVERRIDES.seal_if(tx.vault, tx.practice_id, claim.id, claim.overrides or None),
        "payer_claim_number": claim.payer_claim_number,
        "adjudicated_on": claim.adjudicated_on,
        "decision_due": claim.decision_due,
        "authorization_number": claim.authorization_number,
        "standing": _STANDING.dump_python(claim.standing, mode="json"),
        "denied_by": claim.denied_by,
        "authorized": _AUTHORIZED.dump_python(claim.authorized, mode="json") or None,
        "decisions": _DECISIONS.dump_python(claim.decisions, mode="json") if claim.decisions else None,
        "sealed_earlier": EARLIER.seal_if(tx.vault, tx.practice_id, claim.id, claim.earlier or None),
    }


def _entry(tx: Transaction, claim: Claim, entry: Entry) -> dict[str, Any]:
    id = new_id()
    return {
        "practice_id": tx.practice_id,
        "id": id,
        "claim_id": claim.id,
        "at": entry.at,
        "actor": tx.actor.subject,
        "fact": entry.fact,
        "before": entry.before.value,
        "after": entry.after.value,
        "attempt": entry.attempt,
        "facts": dict(entry.facts),
        "sealed_reason": REASON.seal_if(tx.vault, tx.practice_id, id, entry.reason),
    }


def _happening(tx: Transaction, row: RowMapping) -> Happening:
    entry = Entry(
        at=row["at"],
        fact=row["fact"],
        before=Status(row["before"]),
        after=Status(row["after"]),
        attempt=row["attempt"],
        facts=row["facts"],
        reason=REASON.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_reason"]),
    )
    return Happening(row["id"], row["actor"], entry)


def _columns(submission: Submission) -> dict[str, Any]:
    return {name: getattr(submission, name) for name in Submission.__slots__}
