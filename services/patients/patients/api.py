"""HTTP in: the patient register."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from common.pagination import Cursor, Limit, Page
from common.phi import Phi
from common.web import Creates, IfMatch, Reads, Today, Writes, etag, needs
from patients import operations, store
from patients.domain.coverage import in_order
from patients.models import (
    ClaimFacts,
    CoverageIn,
    CoverageOut,
    GuarantorIn,
    PatientIn,
    PatientOut,
    SearchIn,
)

router = APIRouter(tags=["patients"])

READ, WRITE = "patients:read", "patients:write"


@router.post("/patients", status_code=201, dependencies=[needs(WRITE)])
async def register(body: PatientIn, uow: Creates, today: Today) -> PatientOut:
    """Put a patient on file."""
    patient = await operations.register(
        uow.answering(PatientOut.of),
        record_number=Phi(body.record_number),
        person=body.person(),
        phone=body.told_phone(),
        today=today,
    )
    return PatientOut.of(patient)


@router.get("/patients", dependencies=[needs(READ)])
async def list_patients(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[PatientOut]:
    """The practice's patients, oldest first."""
    async with reads.begin() as tx:
        found = await store.page(tx, cursor, limit)
        for patient in found[:limit]:
            tx.audit("read", "patient", patient.id)
    return Page.of(found, limit, PatientOut.of, lambda patient: patient.id)


@router.post("/patients/search", dependencies=[needs(READ)])
async def search(body: SearchIn, reads: Reads) -> list[PatientOut]:
    """Find patients by record number, member id, or family name and birth date. A POST, so that no name is in a URL."""
    async with reads.begin() as tx:
        found = await store.found_by(tx, body.criteria(), limit=20)
        for patient in found:
            tx.audit("read", "patient", patient.id)
    return [PatientOut.of(patient) for patient in found]


@router.get("/patients/{patient_id}", dependencies=[needs(READ)])
async def get(patient_id: UUID, reads: Reads, response: Response) -> PatientOut:
    async with reads.begin() as tx:
        patient = await store.load(tx, patient_id)
        tx.audit("read", "patient", patient.id)
    response.headers["ETag"] = etag(patient.version)
    return PatientOut.of(patient)


@router.put("/patients/{patient_id}", dependencies=[needs(WRITE)])
async def amend(
    patient_id: UUID, body: PatientIn, version: IfMatch, uow: Writes, today: Today, response: Response
) -> PatientOut:
    """Correct a patient."""
    patient = await operations.amend(
        uow,
        patient_id,
        version,
        record_number=Phi(body.record_number),
        person=body.person(),
        phone=body.told_phone(),
        today=today,
    )
    response.headers["ETag"] = etag(patient.version)
    return PatientOut.of(patient)


@router.put("/patients/{patient_id}/guarantor", dependencies=[needs(WRITE)])
async def set_guarantor(
    patient_id: UUID, body: GuarantorIn | None, version: IfMatch, uow: Writes, response: Response
) -> PatientOut:
    """Say who answers for the bill; `null` means the patient."""
    patient = await operations.set_guarantor(uow, patient_id, version, body.guarantor() if body else None)
    response.headers["ETag"] = etag(patient.version)
    return PatientOut.of(patient)


@router.post("/patients/{patient_id}/coverages", status_code=201, dependencies=[needs(WRITE)])
async def record_coverage(patient_id: UUID, body: CoverageIn, uow: Creates) -> CoverageOut:
    """Put a coverage on file."""
    coverage = await operations.record_coverage(uow.answering(CoverageOut.of), patient_id, body.facts())
    return CoverageOut.of(coverage)


@router.get("/patients/{patient_id}/coverages", dependencies=[needs(READ)])
async def coverages(patient_id: UUID, reads: Reads, on: date | None = None) -> list[CoverageOut]:
    """The patient's coverages; with `on` only those in force that day, in order of benefits."""
    async with reads.begin() as tx:
        await store.load(tx, patient_id)
        found = await store.coverages_of(tx, patient_id)
        tx.audit("read", "coverage", patient_id)
    chosen = in_order(found, on) if on else found
    return [CoverageOut.of(coverage) for coverage in chosen]


@router.get("/coverages/{coverage_id}", dependencies=[needs(READ)])
async def get_coverage(coverage_id: UUID, reads: Reads, response: Response) -> CoverageOut:
    async with reads.begin() as tx:
        coverage = await store.load_coverage(tx, coverage_id)
        tx.audit("read", "coverage", coverage.patient_id)
    response.headers["ETag"] = etag(coverage.version)
    return CoverageOut.of(coverage)


@router.put("/coverages/{coverage_id}", dependencies=[needs(WRITE)])
async def amend_coverage(
    coverage_id: UUID, body: CoverageIn, version: IfMatch, uow: Writes, response: Response
) -> CoverageOut:
    """Correct or end a coverage."""
    coverage = await operations.amend_coverage(uow, coverage_id, version, body.facts())
    response.headers["ETag"] = etag(coverage.version)
    return CoverageOut.of(coverage)


@router.get("/patients/{patient_id}/claim-facts", dependencies=[needs(READ)])
async def claim_facts(patient_id: UUID, on: date, reads: Reads) -> ClaimFacts:
    """What a claim for a service on that day has to say about the patient and the coverages, in order of benefits."""
    async with reads.begin() as tx:
        patient = await store.load(tx, patient_id)
        found = await store.coverages_of(tx, patient_id)
        tx.audit("read", "patient", patient_id, purpose="claim")
    return ClaimFacts.of(patient, in_order(found, on))
