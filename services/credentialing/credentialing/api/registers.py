"""The registers. A new entry is put with `If-Match: "0"`, a known one with the ETag it was read with."""

from __future__ import annotations

from fastapi import APIRouter, Response

from common.pagination import Cursor, Limit, Page
from common.web import IfMatch, Reads, Writes, etag, needs
from credentialing.api.register_models import (
    GroupIn,
    GroupOut,
    LocationIn,
    LocationOut,
    PayerIn,
    PayerOut,
    PersonalFactsIn,
    PersonalFactsOut,
    ProviderIn,
    ProviderOut,
)
from credentialing.api.words import READ, WRITE, LocationCode, Npi, PayerId
from credentialing.domain.provider import PersonalFacts
from credentialing.operations import registering as operations
from credentialing.store import registers as store
from credentialing.store.registers import Registered

router = APIRouter(tags=["registers"])


@router.get("/payers", dependencies=[needs(READ)])
async def list_payers(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[PayerOut]:
    async with reads.begin() as tx:
        found = await store.list_payers(tx, cursor, limit)
    return Page.of(found, limit, PayerOut.of, lambda entry: entry.id)


@router.get("/payers/{payer_id}", dependencies=[needs(READ)])
async def get_payer(payer_id: PayerId, reads: Reads, response: Response) -> PayerOut:
    async with reads.begin() as tx:
        found = await store.payer(tx, payer_id)
    response.headers["ETag"] = etag(found.version)
    return PayerOut.of(found)


@router.put("/payers/{payer_id}", dependencies=[needs(WRITE)])
async def put_payer(payer_id: PayerId, body: PayerIn, version: IfMatch, uow: Writes, response: Response) -> PayerOut:
    """Add a payer, or change its terms; enrollments decided before keep their dates."""
    put = await operations.put_payer(uow.answering(PayerOut.of, 200), body.payer(payer_id), version)
    response.headers["ETag"] = etag(put.version)
    return PayerOut.of(put)


@router.get("/groups", dependencies=[needs(READ)])
async def list_groups(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[GroupOut]:
    async with reads.begin() as tx:
        found = await store.list_groups(tx, cursor, limit)
    return Page.of(found, limit, GroupOut.of, lambda entry: entry.id)


@router.get("/groups/{billing_npi}", dependencies=[needs(READ)])
async def get_group(billing_npi: Npi, reads: Reads, response: Response) -> GroupOut:
    async with reads.begin() as tx:
        found = await store.group(tx, billing_npi)
    response.headers["ETag"] = etag(found.version)
    return GroupOut.of(found)


@router.put("/groups/{billing_npi}", dependencies=[needs(WRITE)])
async def put_group(billing_npi: Npi, body: GroupIn, version: IfMatch, uow: Writes, response: Response) -> GroupOut:
    """Add a billing group, or change one."""
    put = await operations.put_group(uow.answering(GroupOut.of, 200), body.group(billing_npi), version)
    response.headers["ETag"] = etag(put.version)
    return GroupOut.of(put)


@router.get("/locations", dependencies=[needs(READ)])
async def list_locations(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[LocationOut]:
    async with reads.begin() as tx:
        found = await store.list_locations(tx, cursor, limit)
    return Page.of(found, limit, LocationOut.of, lambda entry: entry.id)


@router.get("/locations/{code}", dependencies=[needs(READ)])
async def get_location(code: LocationCode, reads: Reads, response: Response) -> LocationOut:
    async with reads.begin() as tx:
        found = await store.location(tx, code)
    response.headers["ETag"] = etag(found.version)
    return LocationOut.of(found)


@router.put("/locations/{code}", dependencies=[needs(WRITE)])
async def put_location(
    code: LocationCode, body: LocationIn, version: IfMatch, uow: Writes, response: Response
) -> LocationOut:
    """Add a location of a billing group, or change one."""
    put = await operations.put_location(uow.answering(LocationOut.of, 200), body.location(code), version)
    response.headers["ETag"] = etag(put.version)
    return LocationOut.of(put)


@router.get("/providers", dependencies=[needs(READ)])
async def list_providers(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[ProviderOut]:
    async with reads.begin() as tx:
        found = await store.list_providers(tx, cursor, limit)
    return Page.of(found, limit, ProviderOut.of, lambda entry: entry.id)


@router.get("/providers/{npi}", dependencies=[needs(READ)])
async def get_provider(npi: Npi, reads: Reads, response: Response) -> ProviderOut:
    async with reads.begin() as tx:
        found = await store.provider(tx, npi)
    response.headers["ETag"] = etag(found.version)
    return ProviderOut.of(found)


@router.put("/providers/{npi}", dependencies=[needs(WRITE)])
async def put_provider(npi: Npi, body: ProviderIn, version: IfMatch, uow: Writes, response: Response) -> ProviderOut:
    """Add a clinician, or change one."""
    put = await operations.put_provider(uow.answering(ProviderOut.of, 200), body.provider(npi), version)
    response.headers["ETag"] = etag(put.version)
    return ProviderOut.of(put)


# Whoever fills applications in needs these; a reader of the grid does not, hence the scope.
@router.get("/providers/{npi}/personal-facts", dependencies=[needs(WRITE)])
async def get_personal_facts(npi: Npi, reads: Reads, response: Response) -> PersonalFactsOut:
    """Birth date and social security number, null where they were not given."""
    async with reads.begin() as tx:
        found = await store.personal_facts(tx, npi)
        tx.audit("read", "personal facts", found.id)
    return _personal(npi, found, response)


@router.put("/providers/{npi}/personal-facts", dependencies=[needs(WRITE)])
async def put_personal_facts(
    npi: Npi, body: PersonalFactsIn, version: IfMatch, uow: Writes, response: Response
) -> PersonalFactsOut:
    """Set them. They share the provider's version."""
    put = await operations.put_personal_facts(uow, npi, body.facts(), version)
    return _personal(npi, put, response)


def _personal(npi: str, found: Registered[PersonalFacts | None], response: Response) -> PersonalFactsOut:
    response.headers["ETag"] = etag(found.version)
    facts = found.entry
    return PersonalFactsOut(
        npi=npi,
        birth_date=facts.birth_date.reveal() if facts else None,
        ssn=facts.ssn.reveal() if facts and facts.ssn else None,
        version=found.version,
    )
