"""An encounter comes in, comes in again, and is amended when a question about it is answered."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from coding import store
from coding.domain.coded_visit import Disposition
from coding.domain.encounter import Encounter, Outcome
from coding.domain.proposal import Proposal
from coding.operations.announcing import announce
from coding.operations.documenting import Documented, documented
from coding.operations.pricing import priced
from coding.operations.unfinished import Unfinished, names_a_service
from common.ids import new_id
from common.refusal import Refusal, Stale
from common.uow import Transaction, UnitOfWork

RECORDED, RECEIVED, MOVED = "recorded", "received", "moved"
SENT = (RECORDED, RECEIVED)


class VisitNumberTaken(Refusal):
    code = "visit-number-taken"
    sentence = "Encounter {encounter_id} of this practice has that visit number already, for another patient."
    mend = "If this is another visit, give it another number."


async def receive(
    uow: UnitOfWork,
    visit: Documented | Unfinished,
    *,
    patient_id: UUID,
    rendering_npi: str,
    visit_number: str | None,
    proposal: Proposal | None = None,
    location_code: str | None = None,
) -> Outcome:
    """Keep a visit and what the rules make of it.

    A visit that comes again under its number is the same encounter: as it was sent before it changes nothing, also
    where a coder amended it since; otherwise it is a new version. What comes without any fact of a service leaves
    facts of one as they are and brings its proposal and its location alone. A location that is not named leaves the one
    on file. Raises VisitNumberTaken.
    """
    async with uow.begin() as tx:
        known = await store.of_visit_number(tx, visit_number) if visit_number is not None else None
        if known is None:
            first = Encounter(
                id=new_id(),
                patient_id=patient_id,
                rendering_npi=rendering_npi,
                visit_number=visit_number,
                document=visit.document,
                coded=await visit.coded(tx),
                proposal=proposal,
                location_code=location_code,
            )
            taken = await store.add(tx, first)
            if taken is None:
                return tx.done(await _told(tx, first, None, RECORDED))
            known = await store.load(tx, taken)
        if known.patient_id != patient_id:
            raise VisitNumberTaken(encounter_id=known.id)
        placed = replace(known, proposal=proposal or known.proposal, location_code=location_code or known.location_code)
        return tx.done(await _again(tx, known, placed, visit, rendering_npi))


async def amend(uow: UnitOfWork, encounter_id: UUID, version: int, visit: Documented) -> Outcome:
    """Replace the facts of an encounter read at `version` and code it again; an override ends with it.

    Raises NotFound, Stale.
    """
    async with uow.begin() as tx:
        before = await _at(tx, encounter_id, version)
        changed = replace(before, document=visit.document, coded=await visit.coded(tx), override=None)
        return tx.done(await _saved(tx, changed, before, "amended"))


async def recode(uow: UnitOfWork, encounter_id: UUID, version: int) -> Outcome:
    """Code the facts of an encounter read at `version` again, by the tables and charges that are in force now.

    Lines that a coder chose stay, at the charges in force now. Raises NotFound, Stale.
    """
    async with uow.begin() as tx:
        before = await _at(tx, encounter_id, version)
        if before.override is None:
            coded = await documented(before.document).coded(tx)
        else:
            chosen = replace(before.coded, disposition=Disposition.READY)
            coded = await priced(tx, chosen, before.date_of_service)
        return tx.done(await _saved(tx, replace(before, coded=coded), before, "recoded"))


async def propose(uow: UnitOfWork, encounter_id: UUID, version: int, proposal: Proposal) -> Outcome:
    """Put what the EHR would bill beside an encounter read at `version`; it is coded as before.

    Raises NotFound, Stale.
    """
    async with uow.begin() as tx:
        before = await _at(tx, encounter_id, version)
        return tx.done(await _saved(tx, replace(before, proposal=proposal), before, "proposed"))


async def locate(uow: UnitOfWork, encounter_id: UUID, version: int, location_code: str | None) -> Outcome:
    """Say where an encounter read at `version` was, or that nobody has said; it is coded as before.

    Raises NotFound, Stale.
    """
    async with uow.begin() as tx:
        before = await _at(tx, encounter_id, version)
        return tx.done(await _saved(tx, replace(before, location_code=location_code), before, "located"))


async def _again(
    tx: Transaction, known: Encounter, changed: Encounter, visit: Documented | Unfinished, rendering_npi: str
) -> Outcome:
    """`changed` is the known encounter with the proposal and the location that were sent."""
    sent_before = await store.last_sent(tx, known.id, SENT)
    # What tells of no service replaces only what told of none either, and what no person has touched.
    poor = known.override is None and known.document == sent_before and not names_a_service(known.document)
    if (visit.names_a_service or poor) and (visit.document != sent_before or rendering_npi != known.rendering_npi):
        changed = replace(
            changed, document=visit.document, rendering_npi=rendering_npi, coded=await visit.coded(tx), override=None
        )
        return await _saved(tx, changed, known, RECEIVED)
    if changed.location_code != known.location_code:
        if changed.location_code != await store.last_sent_location(tx, known.id, (*SENT, MOVED)):
            return await _saved(tx, changed, known, MOVED)
        # A person has corrected the location since it was sent.
        changed = replace(changed, location_code=known.location_code)
    if changed == known:
        return Outcome(known, known)
    return await _saved(tx, changed, known, "proposed")


async def _at(tx: Transaction, encounter_id: UUID, version: int) -> Encounter:
    encounter = await store.load(tx, encounter_id)
    if encounter.version != version:
        raise Stale(kind="encounter", id=encounter_id, version=version)
    return encounter


async def _saved(tx: Transaction, changed: Encounter, before: Encounter, act: str) -> Outcome:
    return await _told(tx, await store.save(tx, changed), before, act)


async def _told(tx: Transaction, encounter: Encounter, before: Encounter | None, act: str) -> Outcome:
    await announce(tx, encounter, before, act=act)
    disposition = encounter.coded.disposition
    if before is None:
        tx.audit("create", "encounter", encounter.id, patient_id=encounter.patient_id, disposition=disposition)
    else:
        tx.audit("update", "encounter", encounter.id, version=encounter.version, act=act, disposition=disposition)
    return Outcome(encounter, before)
