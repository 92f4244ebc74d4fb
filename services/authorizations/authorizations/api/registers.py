"""Whether an authorization is needed, the rules that say so, who asks, and the payers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from authorizations.models.registers import (
    AskingProviderIn,
    AskingProviderOut,
    ClinicianIn,
    ClinicianOut,
    NeededIn,
    NeededOut,
    PayerIn,
    PayerOut,
    RuleIn,
    RuleOut,
    VisitNeedsOut,
)
from authorizations.models.words import Npi, PayerId
from authorizations.operations import registers as operations
from authorizations.store import needs as store_of_needs
from authorizations.store import registers as store
from authorizations.store.defaults import default_rules
from common.refusal import NotFound
from common.web import Practice, Reads, Writes, needs

router = APIRouter(tags=["registers"])

READ, WRITE = "authorizations:read", "authorizations:write"
RuleName = Annotated[str, Path(pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$")]


@router.post("/needed", dependencies=[needs(READ)])
async def needed(body: NeededIn, reads: Reads) -> list[NeededOut]:
    """For each service whether the payer must agree first, and by which rule; about `referral`, whether the patient
    must be sent. Nothing is kept.
    """
    async with reads.begin() as tx:
        found = await operations.needed(tx, [one.service() for one in body.services], body.around())
    return [NeededOut.of(answer) for answer in found]


@router.get("/visits/{encounter_id}/needs", dependencies=[needs(READ)])
async def get_needs(encounter_id: UUID, reads: Reads) -> VisitNeedsOut:
    """What was decided of a coded visit, by which rules, and for which coding of it."""
    async with reads.begin() as tx:
        return VisitNeedsOut.of(await store_of_needs.load(tx, encounter_id))


@router.get("/rules", dependencies=[needs(READ)])
async def list_rules(reads: Reads) -> list[RuleOut]:
    """The practice's own rules, then the defaults."""
    async with reads.begin() as tx:
        own = await store.own_rules(tx)
    return [RuleOut.of(rule) for rule in (*own, *default_rules())]


@router.put("/rules/{name}", dependencies=[needs(WRITE)])
async def put_rule(name: RuleName, body: RuleIn, uow: Writes) -> RuleOut:
    """A rule of the practice, which holds before the defaults."""
    return RuleOut.of(await operations.put_rule(uow.answering(RuleOut.of, 200), body.rule(name)))


@router.delete("/rules/{name}", status_code=204, dependencies=[needs(WRITE)])
async def drop_rule(name: RuleName, uow: Writes) -> Response:
    """Take a rule of the practice back."""
    await operations.drop_rule(uow, name)
    return Response(status_code=204)


@router.get("/asking-provider", dependencies=[needs(READ)])
async def get_asking_provider(reads: Reads, practice_id: Practice) -> AskingProviderOut:
    async with reads.begin() as tx:
        found = await store.asking_provider(tx)
    if found is None:
        raise NotFound(kind="asking provider", id=practice_id)
    return AskingProviderOut.of(found)


@router.put("/asking-provider", dependencies=[needs(WRITE)])
async def put_asking_provider(body: AskingProviderIn, uow: Writes) -> AskingProviderOut:
    """Say as whom the practice asks payers; requests already written down keep what they have."""
    put = await operations.put_asking_provider(uow.answering(AskingProviderOut.of, 200), body.provider())
    return AskingProviderOut.of(put)


@router.get("/clinicians/{npi}", dependencies=[needs(READ)])
async def get_clinician(npi: Npi, reads: Reads) -> ClinicianOut:
    async with reads.begin() as tx:
        found = (await store.clinicians_of(tx, [npi])).get(npi)
    if found is None:
        raise NotFound(kind="clinician", id=npi)
    return ClinicianOut.of(found)


@router.put("/clinicians/{npi}", dependencies=[needs(WRITE)])
async def put_clinician(npi: Npi, body: ClinicianIn, uow: Writes) -> ClinicianOut:
    """The name that goes with an NPI in requests; those already written down keep what they have."""
    put = await operations.put_clinician(uow.answering(ClinicianOut.of, 200), body.clinician(npi))
    return ClinicianOut.of(put)


@router.get("/payers", dependencies=[needs(READ)])
async def list_payers(reads: Reads) -> list[PayerOut]:
    """Payers for which something else than the defaults is set."""
    async with reads.begin() as tx:
        return [PayerOut.of(entry) for entry in await store.all_payers(tx)]


@router.get("/payers/{payer_id}", dependencies=[needs(READ)])
async def get_payer(payer_id: PayerId, reads: Reads) -> PayerOut:
    """The payer's program and days; the defaults where nothing is set."""
    async with reads.begin() as tx:
        return PayerOut.of(await store.payer(tx, payer_id))


@router.put("/payers/{payer_id}", dependencies=[needs(WRITE)])
async def put_payer(payer_id: PayerId, body: PayerIn, uow: Writes) -> PayerOut:
    """The payer's program and days, for requests from now on."""
    put = await operations.put_payer(uow.answering(PayerOut.of, 200), body.payer(payer_id))
    return PayerOut.of(put)
