"""The newest word of each encounter, as usage is counted from it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from authorizations.domain.counting import DoneLine
from authorizations.domain.encounter import Word
from authorizations.tables import encounters
from common.uow import Transaction


async def hear(tx: Transaction, word: Word) -> UUID | None:
    """Keep the word unless a newer one is there. The patient whose usage changed, or None when none did."""
    statement = select(encounters).where(encounters.c.id == word.encounter_id).with_for_update()
    known = await tx.row(statement)
    if known is not None and known["word"] >= word.version:
        return None
    values = {
        "word": word.version,
        "patient_id": word.patient_id,
        "day": word.on,
        "rendering_npi": word.rendering_npi,
        "lines": [[code, units] for code, units in word.units.items()],
    }
    row = upsert(encounters).values(practice_id=tx.practice_id, id=word.encounter_id, **values)
    await tx.execute(
        row.on_conflict_do_update(index_elements=["id"], set_=values, where=encounters.c.word < word.version)
    )
    return word.patient_id


async def done_for(tx: Transaction, patient_id: UUID) -> list[DoneLine]:
    """Every coded line of the patient, the lines of one code of one encounter together."""
    rows = await tx.rows(select(encounters).where(encounters.c.patient_id == patient_id))
    return [
        DoneLine(row["id"], row["day"], row["rendering_npi"], code, units)
        for row in rows
        for code, units in row["lines"]
    ]
