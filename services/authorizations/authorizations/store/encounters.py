"""The newest word of each encounter, as usage is counted from it and the rules are asked of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert as upsert

from authorizations.domain.counting import DoneLine
from authorizations.domain.encounter import Word
from authorizations.domain.needed import PlannedService
from authorizations.domain.visit_needs import CodedVisit
from authorizations.tables import encounters, visit_needs
from common.uow import Transaction

DECIDE = "decide-need"

_SERVICES = TypeAdapter(tuple[PlannedService, ...])


@dataclass(frozen=True, slots=True)
class Heard:
    """A word that is the newest now; `first` where it is the first of its encounter."""

    first: bool


async def hear(tx: Transaction, word: Word) -> Heard | None:
    """Keep the word; None, and nothing is kept, where a newer one is there."""
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
    return Heard(first=known is None)


async def done_for(tx: Transaction, patient_id: UUID) -> list[DoneLine]:
    """Every coded line of the patient, the lines of one code of one encounter together."""
    rows = await tx.rows(select(encounters).where(encounters.c.patient_id == patient_id))
    return [
        DoneLine(row["id"], row["day"], row["rendering_npi"], code, units)
        for row in rows
        for code, units in row["lines"]
    ]


async def coded(tx: Transaction, encounter_id: UUID) -> CodedVisit | None:
    """The visit as it is coded now, locked; None where it is not."""
    row = await tx.row(select(encounters).where(encounters.c.id == encounter_id).with_for_update())
    return _coded(row) if row is not None else None


async def coded_among(tx: Transaction, encounter_ids: Collection[UUID]) -> Mapping[UUID, CodedVisit]:
    """Those of the visits that are coded now."""
    found = [_coded(row) for row in await tx.rows(select(encounters).where(encounters.c.id.in_(encounter_ids)))]
    return {visit.encounter_id: visit for visit in found if visit is not None}


async def coded_of(tx: Transaction, patient_id: UUID, since: date) -> Sequence[UUID]:
    """The patient's coded visits of `since` and later, and those that were never put to the rules."""
    undecided = ~exists().where(visit_needs.c.id == encounters.c.id)
    statement = (
        select(encounters.c.id)
        .where(encounters.c.patient_id == patient_id, encounters.c.services != [])
        .where((encounters.c.day >= since) | undecided)
        .order_by(encounters.c.id)
    )
    return [row["id"] for row in await tx.rows(statement)]


def _coded(row: Any) -> CodedVisit | None:
    services = _SERVICES.validate_python(row["services"] or ())
    if not services:
        return None
    return CodedVisit(row["id"], row["word"], row["patient_id"], row["day"], row["place"], services)
