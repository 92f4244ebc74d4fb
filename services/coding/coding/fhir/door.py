"""HTTP in, in FHIR's words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from coding.domain.refusals import VisitUnreadable
from coding.fhir.bundle import read_bundle
from coding.models.answers import EncounterOut
from coding.operations import recording
from coding.operations.documenting import documented
from common.web import Creates, etag, needs

router = APIRouter(prefix="/fhir/R4", tags=["fhir"])

BundleBody = Annotated[dict[str, Any], Body(media_type="application/fhir+json")]


@router.post("/Bundle", status_code=201, dependencies=[needs("encounters:write")])
async def bundle(resource: BundleBody, uow: Creates, response: Response) -> EncounterOut:
    """Keep and code the visit of a Bundle: an Encounter, its Conditions, its Procedures and what is said of them."""
    received = read_bundle(resource)
    try:
        visit = documented(received.document)
    except VisitUnreadable as refusal:
        raise received.in_its_own_words(refusal) from None
    outcome = await recording.receive(
        uow.answering(EncounterOut.told),
        visit,
        patient_id=received.patient_id,
        rendering_npi=received.rendering_npi,
        visit_number=received.visit_number,
        proposal=received.proposal,
        location_code=received.location_code,
    )
    response.headers["ETag"] = etag(outcome.encounter.version)
    return EncounterOut.told(outcome)
