"""Who asks, and how each payer is asked."""

from __future__ import annotations

from fastapi import APIRouter

from common.refusal import NotFound
from common.web import Practice, Reads, Writes, needs
from eligibility.models.registers import AskingProviderIn, AskingProviderOut, PayerIn, PayerOut
from eligibility.models.words import PayerId
from eligibility.operations import registers as operations
from eligibility.store import registers as store

router = APIRouter(tags=["registers"])

READ, WRITE = "eligibility:read", "eligibility:write"


@router.get("/asking-provider", dependencies=[needs(READ)])
async def get_asking_provider(reads: Reads, practice_id: Practice) -> AskingProviderOut:
    async with reads.begin() as tx:
        found = await store.asking_provider(tx)
    if found is None:
        raise NotFound(kind="asking provider", id=practice_id)
    return AskingProviderOut.of(found)


@router.put("/asking-provider", dependencies=[needs(WRITE)])
async def put_asking_provider(body: AskingProviderIn, uow: Writes) -> AskingProviderOut:
    """Say as whom the practice asks payers; questions already written down keep what they have."""
    put = await operations.put_asking_provider(uow.answering(AskingProviderOut.of, 200), body.provider())
    return AskingProviderOut.of(put)


@router.get("/payers", dependencies=[needs(READ)])
async def list_payers(reads: Reads) -> list[PayerOut]:
    """Payers for which something else than the defaults is set."""
    async with reads.begin() as tx:
        return [PayerOut.of(entry) for entry in await store.all_payers(tx)]


@router.get("/payers/{payer_id}", dependencies=[needs(READ)])
async def get_payer(payer_id: PayerId, reads: Reads) -> PayerOut:
    """How the payer is asked; the defaults where nothing is set."""
    async with reads.begin() as tx:
        return PayerOut.of(await store.payer(tx, payer_id))


@router.put("/payers/{payer_id}", dependencies=[needs(WRITE)])
async def put_payer(payer_id: PayerId, body: PayerIn, uow: Writes) -> PayerOut:
    """How to ask the payer from now on."""
    put = await operations.put_payer(uow.answering(PayerOut.of, 200), body.payer(payer_id))
    return PayerOut.of(put)
