"""The practice's registers. A new entry is put with `If-Match: "0"`, a known one with the ETag it was read with."""

from __future__ import annotations

from typing import TypeVar

from fastapi import APIRouter, Response

from claims.api.register_models import (
    ChargeOut,
    ChargesIn,
    ChargesPut,
    LocationCode,
    LocationIn,
    LocationOut,
    Npi,
    PayerId,
    PayerIn,
    PayerOut,
    PracticeIn,
    PracticeOut,
    RenderingProviderIn,
    RenderingProviderOut,
)
from claims.operations import registers as operations
from claims.store import registers as store
from claims.store.registers import Registered
from common.pagination import Cursor, Limit, Page
from common.refusal import NotFound
from common.web import IfMatch, Practice, Reads, Writes, etag, needs

router = APIRouter(tags=["registers"])

READ, WRITE = "claims:read", "claims:write"

T = TypeVar("T")


@router.get("/practice", dependencies=[needs(READ)])
async def get_practice(reads: Reads, practice_id: Practice, response: Response) -> PracticeOut:
    """The billing provider."""
    async with reads.begin() as tx:
        found = await store.practice(tx)
    return PracticeOut.of(_found(found, "practice profile", str(practice_id), response))


@router.put("/practice", dependencies=[needs(WRITE)])
async def put_practice(body: PracticeIn, version: IfMatch, uow: Writes, response: Response) -> PracticeOut:
    """Set the billing provider up, or change it; claims already assembled keep what they have."""
    put = await operations.put_practice(uow.answering(PracticeOut.of, 200), body.practice(), version)
    response.headers["ETag"] = etag(put.version)
    return PracticeOut.of(put)


@router.get("/locations", dependencies=[needs(READ)])
async def list_locations(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[LocationOut]:
    async with reads.begin() as tx:
        found = await store.list_locations(tx, cursor, limit)
    return Page.of(found, limit, LocationOut.of, lambda entry: entry.id)


@router.get("/locations/{code}", dependencies=[needs(READ)])
async def get_location(code: LocationCode, reads: Reads, response: Response) -> LocationOut:
    async with reads.begin() as tx:
        found = await store.location(tx, code)
    return LocationOut.of(_found(found, "location", code, response))


@router.put("/locations/{code}", dependencies=[needs(WRITE)])
async def put_location(
    code: LocationCode, body: LocationIn, version: IfMatch, uow: Writes, response: Response
) -> LocationOut:
    """Add a place, which releases the claims that wait for it, or change one; assembled claims keep what they have."""
    put = await operations.put_location(uow.answering(LocationOut.of, 200), body.location(code), version)
    response.headers["ETag"] = etag(put.version)
    return LocationOut.of(put)


@router.get("/payers", dependencies=[needs(READ)])
async def list_payers(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[PayerOut]:
    async with reads.begin() as tx:
        found = await store.list_payers(tx, cursor, limit)
    return Page.of(found, limit, PayerOut.of, lambda entry: entry.id)


@router.get("/payers/{payer_id}", dependencies=[needs(READ)])
async def get_payer(payer_id: PayerId, reads: Reads, response: Response) -> PayerOut:
    async with reads.begin() as tx:
        found = await store.payer(tx, payer_id)
    return PayerOut.of(_found(found, "payer", payer_id, response))


@router.put("/payers/{payer_id}", dependencies=[needs(WRITE)])
async def put_payer(payer_id: PayerId, body: PayerIn, version: IfMatch, uow: Writes, response: Response) -> PayerOut:
    """Add a payer, or change what is known of it; claims already assembled keep what they have."""
    put = await operations.put_payer(uow.answering(PayerOut.of, 200), body.payer(payer_id), version)
    response.headers["ETag"] = etag(put.version)
    return PayerOut.of(put)


@router.get("/rendering-providers", dependencies=[needs(READ)])
async def list_rendering(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[RenderingProviderOut]:
    async with reads.begin() as tx:
        found = await store.list_rendering(tx, cursor, limit)
    return Page.of(found, limit, RenderingProviderOut.of, lambda entry: entry.id)


@router.get("/rendering-providers/{npi}", dependencies=[needs(READ)])
async def get_rendering(npi: Npi, reads: Reads, response: Response) -> RenderingProviderOut:
    async with reads.begin() as tx:
        found = await store.rendering(tx, npi)
    return RenderingProviderOut.of(_found(found, "rendering provider", npi, response))


@router.put("/rendering-providers/{npi}", dependencies=[needs(WRITE)])
async def put_rendering(
    npi: Npi, body: RenderingProviderIn, version: IfMatch, uow: Writes, response: Response
) -> RenderingProviderOut:
    """Add a clinician, or change one."""
    unit = uow.answering(RenderingProviderOut.of, 200)
    put = await operations.put_rendering(unit, body.provider(npi), version)
    response.headers["ETag"] = etag(put.version)
    return RenderingProviderOut.of(put)


@router.get("/charges", dependencies=[needs(READ)])
async def list_charges(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[ChargeOut]:
    """The charge master."""
    async with reads.begin() as tx:
        found = await store.list_charges(tx, cursor, limit)
    return Page.of(found, limit, ChargeOut.of)


@router.put("/charges", dependencies=[needs(WRITE)])
async def put_charges(body: ChargesIn, uow: Writes) -> ChargesPut:
    """Add and change many charges at once."""
    count = await operations.set_charges(uow.answering(ChargesPut.of, 200), body.prices())
    return ChargesPut.of(count)


def _found(entry: Registered[T] | None, kind: str, id: str, response: Response) -> Registered[T]:
    if entry is None:
        raise NotFound(kind=kind, id=id)
    response.headers["ETag"] = etag(entry.version)
    return entry
