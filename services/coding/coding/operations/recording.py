"""An encounter comes in, and is amended when a question about it is answered."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from coding import store
from coding.domain.encounter import Encounter
from coding.operations.announcing import announce
from coding.operations.documenting import Documented
from common.ids import new_id
from common.refusal import Refusal, Stale
from common.uow import UnitOfWork


class VisitNumberTaken(Refusal):
    code = "visit-number-taken"
    sentence = "Encounter {encounter_id} of this practice has that visit number already."
    mend = "Amend that encounter; if this is another visit, give it another number."


async def record(
    uow: UnitOfWork, visit: Documented, *, patient_id: UUID, rendering_npi: str, visit_number: str | None
) -> Encounter:
    """Keep a visit and what the rules make of it. Raises VisitNumberTaken."""
    async with uow.begin() as tx:
        encounter = Encounter(
            id=new_id(),
            patient_id=patient_id,
            rendering_npi=rendering_npi,
            visit_number=visit_number,
            document=visit.document,
            coded=await visit.coded(tx),
        )
        taken = await store.add(tx, encounter)
        if taken is not None:
            raise VisitNumberTaken(encounter_id=taken)
        await announce(tx, encounter, None, act="recorded")
        tx.audit("create", "encounter", encounter.id, patient_id=patient_id, disposition=encounter.coded.disposition)
        return tx.done(encounter)


async def amend(uow: UnitOfWork, encounter_id: UUID, version: int, visit: Documented) -> Encounter:
    """Replace the facts of an encounter read at `version` and code it again; an override ends with it.

    Raises NotFound, Stale.
    """
    async with uow.begin() as tx:
        coded = await visit.coded(tx)
        before = await store.load(tx, encounter_id)
        if before.version != version:
            raise Stale(kind="encounter", id=encounter_id, version=version)
        encounter = await store.save(tx, replace(before, document=visit.document, coded=coded, override=None))
        await announce(tx, encounter, before, act="amended")
        tx.audit("update", "encounter", encounter.id, version=encounter.version, disposition=coded.disposition)
        return tx.done(encounter)
