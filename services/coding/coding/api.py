"""HTTP in: encounters."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from coding import editions, published, store
from coding.domain.coded_visit import Disposition
from coding.domain.encounter import Outcome
from coding.models.answers import CodedOut, EncounterOut, EncounterSummary, EncounterWithHistory
from coding.models.code_sets import EditionOut, EntryOut
from coding.models.fees import FeeOut, FeesIn, FeesPut
from coding.models.visits import EXAMPLE_VISIT, EncounterIn, LocationIn, OverrideIn, ProposalIn, VisitForm
from coding.operations import overriding, pricing, recording
from coding.operations.documenting import documented
from coding.store import Wanted
from common.pagination import Cursor, Limit, Page
from common.phi import Phi
from common.refusal import NotFound
from common.web import Creates, IfMatch, Reads, Writes, etag, needs

router = APIRouter(tags=["encounters"])

READ, WRITE = "encounters:read", "encounters:write"
CodePath = Annotated[str, Path(pattern=r"^[A-Z0-9][A-Z0-9.]{2,7}$")]
VISIT = {"requestBody": {"content": {"application/json": {"example": EXAMPLE_VISIT}}}}


@router.post("/encounters", status_code=201, dependencies=[needs(WRITE)])
async def record(body: EncounterIn, uow: Creates, response: Response) -> EncounterOut:
    """Keep a documented visit and code it; one that comes again under its visit number is the same encounter."""
    outcome = await recording.receive(
        uow.answering(EncounterOut.told),
        documented(body.visit),
        patient_id=body.patient_id,
        rendering_npi=body.rendering_npi,
        visit_number=body.visit_number,
        proposal=body.proposal(),
        location_code=body.location_code,
    )
    return _answer(outcome, response)


@router.post("/encounters/preview", dependencies=[needs(READ)], openapi_extra=VISIT)
async def preview(visit: VisitForm, reads: Reads) -> CodedOut:
    """Code a visit form without keeping it."""
    form = documented(visit)
    async with reads.begin() as tx:
        return CodedOut.of(await form.coded(tx))


@router.get("/code-sets", dependencies=[needs(READ)])
async def list_code_sets(reads: Reads) -> list[EditionOut]:
    """The published tables that were loaded, by kind, newest first; what is not here is the starter set's."""
    async with reads.begin() as tx:
        return [EditionOut.of(edition) for edition in await editions.all_editions(tx)]


@router.get("/code-sets/codes/{code}", dependencies=[needs(READ)])
async def look_up_code(code: CodePath, on: date, reads: Reads) -> list[EntryOut]:
    """What each loaded table says of a code on a date of service: values, unit limit, parents, diagnosis, supply."""
    async with reads.begin() as tx:
        return [EntryOut.of(entry) for entry in await published.of_code(tx, code, on)]


@router.get("/code-sets/pairs/{one}/{other}", dependencies=[needs(READ)])
async def look_up_pair(one: CodePath, other: CodePath, on: date, reads: Reads) -> EntryOut:
    """The loaded NCCI pairs of two codes on a date of service, in either order."""
    async with reads.begin() as tx:
        found = await published.of_pair(tx, one, other, on)
    if found is None:
        raise NotFound(kind="edition of NCCI pairs in force on", id=on)
    return EntryOut.of(found)


@router.get("/fee-schedule", dependencies=[needs(READ)])
async def list_fees(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[FeeOut]:
    """What the practice charges, with the day from which on."""
    async with reads.begin() as tx:
        found = await store.fees_page(tx, cursor, limit)
    return Page.of(found, limit, FeeOut.of, lambda row: row["id"])


@router.put("/fee-schedule", dependencies=[needs(WRITE)])
async def put_fees(body: FeesIn, uow: Writes) -> FeesPut:
    """Set what the practice charges from a day on; services of earlier days keep their charges."""
    count = await pricing.set_fees(uow.answering(FeesPut.of, 200), body.fees(), effective_from=body.effective_from)
    return FeesPut.of(count)


@router.get("/encounters", dependencies=[needs(READ)])
async def list_encounters(
    reads: Reads,
    disposition: Disposition | None = None,
    date_from: date | None = None,
    date_to: date | None = None,
    patient_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[EncounterSummary]:
    """The practice's encounters, in the order they came in; the dates are dates of service, inclusive."""
    async with reads.begin() as tx:
        found = await store.page(tx, Wanted(disposition, date_from, date_to, patient_id), cursor, limit)
        for encounter in found[:limit]:
            tx.audit("read", "encounter", encounter.id)
    return Page.of(found, limit, EncounterSummary.of, lambda encounter: encounter.id)


@router.get("/encounters/{encounter_id}", dependencies=[needs(READ)])
async def get(encounter_id: UUID, reads: Reads, response: Response) -> EncounterWithHistory:
    """The encounter with its facts, lines, reasons, questions and history."""
    async with reads.begin() as tx:
        encounter = await store.load(tx, encounter_id)
        history = await store.history_of(tx, encounter_id)
        tx.audit("read", "encounter", encounter.id)
    response.headers["ETag"] = etag(encounter.version)
    return EncounterWithHistory.whole(encounter, history)


@router.put("/encounters/{encounter_id}/visit", dependencies=[needs(WRITE)], openapi_extra=VISIT)
async def amend(
    encounter_id: UUID, visit: VisitForm, version: IfMatch, uow: Writes, response: Response
) -> EncounterOut:
    """Answer the questions: put the whole corrected visit form in place of the old one and code it again."""
    outcome = await recording.amend(uow.answering(EncounterOut.told, 200), encounter_id, version, documented(visit))
    return _answer(outcome, response)


@router.put("/encounters/{encounter_id}/proposal", dependencies=[needs(WRITE)])
async def propose(
    encounter_id: UUID, body: ProposalIn, version: IfMatch, uow: Writes, response: Response
) -> EncounterOut:
    """Put what the EHR would bill beside what the engine finds; nothing is coded from it."""
    outcome = await recording.propose(uow.answering(EncounterOut.told, 200), encounter_id, version, body.proposal())
    return _answer(outcome, response)


@router.put("/encounters/{encounter_id}/location", dependencies=[needs(WRITE)])
async def locate(
    encounter_id: UUID, body: LocationIn, version: IfMatch, uow: Writes, response: Response
) -> EncounterOut:
    """Say where the visit was, by the practice's own code of the place; null: nobody has said."""
    unit = uow.answering(EncounterOut.told, 200)
    return _answer(await recording.locate(unit, encounter_id, version, body.location_code), response)


@router.post("/encounters/{encounter_id}/recode", dependencies=[needs(WRITE)])
async def recode(encounter_id: UUID, version: IfMatch, uow: Writes, response: Response) -> EncounterOut:
    """Code the same facts again, by the tables and the fee schedule as they are now."""
    outcome = await recording.recode(uow.answering(EncounterOut.told, 200), encounter_id, version)
    return _answer(outcome, response)


@router.post("/encounters/{encounter_id}/override", dependencies=[needs(WRITE)])
async def override(
    encounter_id: UUID, body: OverrideIn, version: IfMatch, uow: Writes, response: Response
) -> EncounterOut:
    """Code a held or ready encounter by hand."""
    lines = tuple(line.line() for line in body.lines)
    outcome = await overriding.override(
        uow.answering(EncounterOut.told, 200), encounter_id, version, lines, reason=Phi(body.reason)
    )
    return _answer(outcome, response)


def _answer(outcome: Outcome, response: Response) -> EncounterOut:
    response.headers["ETag"] = etag(outcome.encounter.version)
    return EncounterOut.told(outcome)
