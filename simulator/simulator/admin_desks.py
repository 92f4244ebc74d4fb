"""The admin API of those who are asked: benefits, holds, and rules of authorization."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException
from pydantic import TypeAdapter

from simulator import holds
from simulator.admin import After, Limit, administrator
from simulator.benefits import Benefits
from simulator.claim_standing import Hold
from simulator.prior_authorization import Authorization, Rule
from simulator.wire import Worldly

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(administrator)])

_AUTHORIZATION = TypeAdapter(Authorization)


@router.get("/payers/{payer_id}/benefits")
def benefits(payer_id: str, world: Worldly) -> list[Benefits]:
    """What is known of members beside the roster."""
    with world.store.transaction():
        return world.store.all_benefits(payer_id)


@router.put("/payers/{payer_id}/benefits")
def replace_benefits(payer_id: str, wanted: list[Benefits], world: Worldly) -> dict[str, int]:
    """These and no others."""
    with world.store.transaction():
        world.store.drop_benefits(payer_id)
        for one in wanted:
            world.store.save_benefits(payer_id, one)
    return {"benefits": len(wanted)}


@router.post("/payers/{payer_id}/benefits")
def add_benefits(payer_id: str, wanted: list[Benefits], world: Worldly) -> dict[str, int]:
    """Add these, or replace those of the same member."""
    with world.store.transaction():
        for one in wanted:
            world.store.save_benefits(payer_id, one)
        return {"benefits": len(world.store.all_benefits(payer_id))}


@router.get("/payers/{payer_id}/authorization-rules")
def rules(payer_id: str, world: Worldly) -> list[Rule]:
    with world.store.transaction():
        return list(world.store.authorization_rules(payer_id))


@router.put("/payers/{payer_id}/authorization-rules")
def set_rules(payer_id: str, wanted: list[Rule], world: Worldly) -> list[Rule]:
    """The first that fits a service counts; without one, what the payer wants authorized is certified in total."""
    with world.store.transaction():
        world.store.set_authorization_rules(payer_id, wanted)
    return wanted


@router.post("/claims/{control_number}/hold")
def hold_claim(control_number: str, wanted: Hold, world: Worldly) -> dict[str, int]:
    """Let the money of a decided claim wait, and say for whom; 404 and 409 where there is nothing to hold."""
    with world.store.transaction():
        found = world.store.claims_by_control_number(control_number)
        if not found:
            raise HTTPException(404, "No such claim.")
        try:
            holds.hold(world.store, world.clock, found[-1], wanted)
        except ValueError as error:
            raise HTTPException(409, str(error)) from error
    return {"claim": found[-1].id}


@router.get("/authorizations")
def authorizations(world: Worldly, after: After = 0, limit: Limit = 200) -> dict[str, Any]:
    """Requests in the order they came in, each as it stands."""
    with world.store.transaction():
        found = world.store.authorizations_after(after, limit)
    told = [{"id": key, **_told(one)} for key, one in found]
    return {"authorizations": told, "next": found[-1][0] if found else after}


@router.get("/notices")
def notices(world: Worldly) -> list[dict[str, Any]]:
    """What went out to those who subscribed over FHIR, and how it was answered; 599 where nobody answered."""
    with world.store.transaction():
        found = world.store.notices()
    return [{"subscription": id, "purpose": purpose, "status": status} for id, purpose, status in found]


def _told(one: Authorization) -> dict[str, Any]:
    return _AUTHORIZATION.dump_python(one, mode="json") | {"decision": one.decision}
