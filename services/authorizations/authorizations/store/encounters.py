"""The newest word of each encounter, as usage is counted from it and the rules are asked of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from authorizations.domain.counting import DoneLine
from authorizations.domain.encounter import Word
from authorizations.domain.needed import PlannedService
from authorizations.domain.visit_needs import CodedVisit
from authorizations.tables import encounters
from common.uow import Transaction

DECIDE = "decide-need"

_SERVICES = TypeAdapter(tuple[PlannedService, ...])


async def hear(tx: Transaction, word: Word) -> UUID | None:
    """Keep the word unless a newer one is there. The patient whose usage changed, or None when none did.

    What is coded is put to the rules soon.
    """
    statement = select(encounters).where(encounters.c.id == word.encounter_id).with_for_update()
    known = await tx.row(statement)
    if known is not None and known["word"] >= word.version:
        return None
    values = {
        "word": word.version,
        "patient_id": word.patient_id,
        "day": word.on,
        "rendering_npi": word.rendering_npi,
        "lines": [[service.code, service.units] for service in word.services],
        "place": word.place,
        "services": _SERVICES.dump_python(word.services, mode="json"),
    }
    row = upsert(encounters).values(practice_id=tx.practice_id, id=word.encounter_id, **values)
    await tx.execute(
        row.on_conflict_do_update(index_elements=["id"], set_=values, where=encounters.c.word < word.version)
    )
    if word.services:
        tx.schedule(DECIDE, word.encounter_id, due_at=tx.now, version=word.version)
    return word.patient_id


async def done_for(tx: Transaction, patient_id: UUID) -> list[DoneLine]:
    """Every coded line of the patient, the lines of one code of one encounter together."""
    rows = await tx.rows(select(encounters).where(encounters.c.patient_id == patient_id))
    return [
        DoneLine(row["id"], row["day"], row["rendering_npi"], code, units)
        for row in rows
        for code, units in row["lines"]
    ]


async def coded(tx: Transaction, encounter_id: UUID, *, lock: bool = False) -> CodedVisit | None:
    """The visit as it is coded now; None where it is not."""
    statement = select(encounters).where(encounters.c.id == encounter_id)
    row = await tx.row(statement.with_for_update() if lock else statement)
    return _coded(row) if row is not None else None


async def coded_among(tx: Transaction, encounter_ids: Collection[UUID]) -> Mapping[UUID, CodedVisit]:
    """Those of the visits that are coded now."""
    found = [_coded(row) for row in await tx.rows(select(encounters).where(encounters.c.id.in_(encounter_ids)))]
    return {visit.encounter_id: visit for visit in found if visit is not None}


async def coverages_changed(tx: Transaction, patient_id: UUID, since: date) -> None:
    """Have the patient's visits of `since` and later put to the rules anew."""
    statement = (
        update(encounters)
        .where(encounters.c.patient_id == patient_id, encounters.c.day >= since)
        .values(coverages_heard=encounters.c.coverages_heard + 1)
        .returning(encounters.c.id, encounters.c.word)
    )
    for row in await tx.rows(statement):
        tx.schedule(DECIDE, row["id"], due_at=tx.now, version=row["word"])


def _coded(row: Any) -> CodedVisit | None:
    services = _SERVICES.validate_python(row["services"] or ())
    if not services:
        return None
    return CodedVisit(
        row["id"], row["word"], row["patient_id"], row["day"], row["place"], services, row["coverages_heard"]
    )
