"""Rows to encounters, and back. Never commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Select, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as insert_or_pass

from coding.domain.charges import FeeSchedule
from coding.domain.coded_visit import CodedVisit, Disposition
from coding.domain.encounter import Encounter, Told
from coding.domain.proposal import Proposal
from coding.sealing import OVERRIDE, PAST_VISIT, REASON, VISIT
from coding.tables import encounters, fee_schedule, history
from common.ids import new_id
from common.money import Money
from common.pagination import Cursor, keyset
from common.phi import Phi
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction


@dataclass(frozen=True, slots=True)
class Happening:
    """One version of an encounter. `published` is the event that told the others, None when they knew already."""

    version: int
    at: datetime
    actor: str
    act: str
    reason: Phi[str] | None
    published: str | None
    coded: CodedVisit
    proposal: Proposal | None
    location_code: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; None does not narrow it. Both dates are inclusive."""

    disposition: Disposition | None = None
    date_from: date | None = None
    date_to: date | None = None
    patient_id: UUID | None = None


CODED = TypeAdapter(CodedVisit)
PROPOSAL = TypeAdapter(Proposal)


async def load(tx: Transaction, encounter_id: UUID) -> Encounter:
    """Raises NotFound."""
    row = await tx.row(select(encounters).where(encounters.c.id == encounter_id))
    if row is None:
        raise NotFound(kind="encounter", id=encounter_id)
    return _encounter(tx, row)


async def page(tx: Transaction, wanted: Wanted, cursor: Cursor | None, limit: int) -> list[Encounter]:
    return [_encounter(tx, row) for row in await tx.rows(keyset(_narrowed(wanted), encounters.c.id, cursor, limit))]


async def add(tx: Transaction, encounter: Encounter) -> UUID | None:
    """Put a new encounter on file, or give the id of the one that has its visit number already."""
    statement = insert_or_pass(encounters).values(
        practice_id=tx.practice_id,
        id=encounter.id,
        version=encounter.version,
        patient_id=encounter.patient_id,
        visit_number=encounter.visit_number,
        **_columns(tx, encounter),
    )
    passed = statement.on_conflict_do_nothing(index_elements=["practice_id", "visit_number"])
    if await tx.scalar(passed.returning(encounters.c.id)) is not None:
        return None
    return await tx.scalar(select(encounters.c.id).where(encounters.c.visit_number == encounter.visit_number))


async def of_visit_number(tx: Transaction, visit_number: str) -> Encounter | None:
    """The encounter that a practice's own number names; its row is kept from other writers until the end."""
    found = select(encounters).where(encounters.c.visit_number == visit_number).with_for_update()
    row = await tx.row(found)
    return _encounter(tx, row) if row else None


async def last_sent(tx: Transaction, encounter_id: UUID, acts: Sequence[str]) -> dict[str, Any] | None:
    """The visit form of the newest version that one of `acts` made."""
    statement = (
        select(history.c.id, history.c.visit)
        .where(history.c.encounter_id == encounter_id, history.c.act.in_(acts))
        .order_by(history.c.version.desc())
        .limit(1)
    )
    row = await tx.row(statement)
    return PAST_VISIT.open(tx.vault, tx.practice_id, row["id"], row["visit"]) if row else None


async def last_sent_location(tx: Transaction, encounter_id: UUID, acts: Sequence[str]) -> str | None:
    """The location on file at the newest version that one of `acts` made."""
    made = (history.c.encounter_id == encounter_id, history.c.act.in_(acts))
    statement = select(history.c.location_code).where(*made).order_by(history.c.version.desc()).limit(1)
    return await tx.scalar(statement)


async def last_told(tx: Transaction, encounter_id: UUID, events: Sequence[str]) -> Told | None:
    """The newest version that one of `events` told of."""
    statement = (
        select(history.c.version, history.c.coded)
        .where(history.c.encounter_id == encounter_id, history.c.published.in_(events))
        .order_by(history.c.version.desc())
        .limit(1)
    )
    row = await tx.row(statement)
    return Told(row["version"], CODED.validate_python(row["coded"])) if row else None


async def save(tx: Transaction, encounter: Encounter) -> Encounter:
    """Raises Stale when somebody was faster."""
    version = await save_version(
        tx, encounters, encounter.id, encounter.version, _columns(tx, encounter), kind="encounter"
    )
    return replace(encounter, version=version)


async def note(
    tx: Transaction, encounter: Encounter, *, act: str, reason: Phi[str] | None, published: str | None
) -> None:
    """Keep this version of the encounter for good."""
    id = new_id()
    await tx.execute(
        insert(history).values(
            practice_id=tx.practice_id,
            id=id,
            encounter_id=encounter.id,
            version=encounter.version,
            at=tx.now,
            actor=tx.actor.subject,
            act=act,
            sealed_reason=REASON.seal_if(tx.vault, tx.practice_id, id, reason),
            published=published,
            visit=PAST_VISIT.seal(tx.vault, tx.practice_id, id, dict(encounter.document)),
            coded=CODED.dump_python(encounter.coded, mode="json"),
            proposed=_proposed(encounter),
            location_code=encounter.location_code,
        )
    )


async def history_of(tx: Transaction, encounter_id: UUID) -> Sequence[Happening]:
    """Every version, the first one first."""
    rows = await tx.rows(select(history).where(history.c.encounter_id == encounter_id).order_by(history.c.version))
    return [
        Happening(
            version=row["version"],
            at=row["at"],
            actor=row["actor"],
            act=row["act"],
            reason=REASON.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_reason"]),
            published=row["published"],
            coded=CODED.validate_python(row["coded"]),
            proposal=_proposal(row),
            location_code=row["location_code"],
        )
        for row in rows
    ]


async def fee_schedule_on(tx: Transaction, codes: Collection[str], on: date) -> FeeSchedule:
    """The newest charge of each code that is in force on a date of service."""
    in_force = fee_schedule.c.effective_from <= on
    newest = (
        select(fee_schedule.c.code, fee_schedule.c.part, fee_schedule.c.charge)
        .where(fee_schedule.c.code.in_(codes), in_force)
        .ext(distinct_on(fee_schedule.c.code, fee_schedule.c.part))
        .order_by(fee_schedule.c.code, fee_schedule.c.part, fee_schedule.c.effective_from.desc())
    )
    charges = {(row["code"], row["part"]): row["charge"] for row in await tx.rows(newest)}
    any_at_all = bool(charges) or await tx.scalar(select(fee_schedule.c.id).where(in_force).limit(1)) is not None
    return FeeSchedule(charges, in_force=any_at_all)


async def set_fees(tx: Transaction, fees: Mapping[tuple[str, str], Money], effective_from: date) -> None:
    """Add charges from that day on, and change those that begin on it."""
    rows = [
        {
            "practice_id": tx.practice_id,
            "id": new_id(),
            "code": code,
            "part": part,
            "effective_from": effective_from,
            "charge": charge,
        }
        for (code, part), charge in sorted(fees.items())
    ]
    statement = insert_or_pass(fee_schedule)
    changed = statement.on_conflict_do_update(
        index_elements=["practice_id", "code", "part", "effective_from"], set_={"charge": statement.excluded.charge}
    )
    await tx.execute(changed, rows)


async def fees_page(tx: Transaction, cursor: Cursor | None, limit: int) -> list[RowMapping]:
    return list(await tx.rows(keyset(select(fee_schedule), fee_schedule.c.id, cursor, limit)))


def _narrowed(wanted: Wanted) -> Select[Any]:
    statement = select(encounters)
    if wanted.disposition:
        statement = statement.where(encounters.c.disposition == wanted.disposition.value)
    if wanted.date_from:
        statement = statement.where(encounters.c.date_of_service >= wanted.date_from)
    if wanted.date_to:
        statement = statement.where(encounters.c.date_of_service <= wanted.date_to)
    if wanted.patient_id:
        statement = statement.where(encounters.c.patient_id == wanted.patient_id)
    return statement


def _columns(tx: Transaction, encounter: Encounter) -> dict[str, Any]:
    return {
        "rendering_npi": encounter.rendering_npi,
        "location_code": encounter.location_code,
        "date_of_service": encounter.date_of_service,
        "disposition": encounter.coded.disposition.value,
        "visit": VISIT.seal(tx.vault, tx.practice_id, encounter.id, dict(encounter.document)),
        "coded": CODED.dump_python(encounter.coded, mode="json"),
        "sealed_override": OVERRIDE.seal_if(tx.vault, tx.practice_id, encounter.id, encounter.override),
        "proposed": _proposed(encounter),
    }


def _proposed(encounter: Encounter) -> Any:
    return PROPOSAL.dump_python(encounter.proposal, mode="json") if encounter.proposal else None


def _proposal(row: Any) -> Proposal | None:
    return PROPOSAL.validate_python(row["proposed"]) if row["proposed"] else None


def _encounter(tx: Transaction, row: Any) -> Encounter:
    return Encounter(
        id=row["id"],
        patient_id=row["patient_id"],
        rendering_npi=row["rendering_npi"],
        visit_number=row["visit_number"],
        document=VISIT.open(tx.vault, tx.practice_id, row["id"], row["visit"]),
        coded=CODED.validate_python(row["coded"]),
        override=OVERRIDE.open_if(tx.vault, tx.practice_id, row["id"], row["sealed_override"]),
        proposal=_proposal(row),
        location_code=row["location_code"],
        version=row["version"],
    )
