"""The admin API: how a test or a demo sets the world up and asks what truly happened."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulator.adjudication.member import Member
from simulator.adjudication.payer import Payer
from simulator.clock import Clock
from simulator.posted_cheques import postings_of, postings_on
from simulator.records import Scenario
from simulator.settings import SHORTEST_DAY, Settings
from simulator.troubles import KINDS, TroubleTable
from simulator.truth import cheque_truth, deposit_truth, truth_of
from simulator.wire import EDI_TYPE, LARGEST_POSITION, Worldly

_bearer = HTTPBearer(auto_error=False)
_PAYER: TypeAdapter[Payer] = TypeAdapter(Payer)


def administrator(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let nobody in without the admin token."""
    settings: Settings = request.app.state.settings
    given = credentials.credentials if credentials else ""
    if not secrets.compare_digest(given.encode(), settings.admin_token.encode()):
        raise HTTPException(401, "Send the admin token.", {"WWW-Authenticate": "Bearer"})


router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(administrator)])

After = Annotated[int, Query(ge=0, le=LARGEST_POSITION)]
Limit = Annotated[int, Query(ge=1, le=1000)]


class Speed(BaseModel):
    """`day_seconds` (0.01 or more) null stops time. `today` null puts real dates on everything."""

    model_config = ConfigDict(extra="forbid")

    day_seconds: float | None = Field(default=None, ge=SHORTEST_DAY, le=10_000_000)
    today: date | None = Field(default=None, ge=date(2000, 1, 1), le=date(2100, 1, 1))


class Push(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: float = Field(gt=0, le=3650, allow_inf_nan=False)


class Beginning(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seed: int = 1


@router.get("/payers")
def payers(world: Worldly) -> list[Payer]:
    """Every payer with its contract and habits."""
    with world.store.transaction():
        return list(world.store.payers().values())


@router.patch("/payers/{payer_id}")
def change_payer(payer_id: str, changes: dict[str, Any], world: Worldly) -> Payer:
    """Change some habits; objects inside are merged, lists are replaced. An unknown id with a whole payer adds one."""
    with world.store.transaction():
        known = world.store.payer(payer_id)
        current = {} if known is None else json.loads(_PAYER.dump_json(known))
        try:
            payer = _PAYER.validate_python(_merged(current, {**changes, "id": payer_id}))
        except ValidationError as error:
            raise HTTPException(
                422, error.errors(include_url=False, include_context=False, include_input=False)
            ) from error
        world.store.save_payer(payer)
    return payer


def _merged(current: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    inner = {
        name: {**current[name], **value}
        for name, value in changes.items()
        if isinstance(value, dict) and isinstance(current.get(name), dict)
    }
    return {**current, **changes, **inner}


@router.get("/payers/{payer_id}/members")
def members(payer_id: str, world: Worldly) -> list[Member]:
    """The roster, with the deductible that is left to each member."""
    with world.store.transaction():
        return world.store.members(payer_id)


@router.put("/payers/{payer_id}/members")
def replace_members(payer_id: str, roster: list[Member], world: Worldly) -> dict[str, int]:
    """This roster and no other."""
    with world.store.transaction():
        world.store.drop_members(payer_id)
        for member in roster:
            world.store.save_member(payer_id, member)
    return {"members": len(roster)}


@router.post("/payers/{payer_id}/members")
def add_members(payer_id: str, roster: list[Member], world: Worldly) -> dict[str, int]:
    """Add these, or replace those with the same member id."""
    with world.store.transaction():
        for member in roster:
            world.store.save_member(payer_id, member)
        return {"members": len(world.store.members(payer_id))}


@router.get("/scenarios")
def scenarios(world: Worldly) -> list[dict[str, Any]]:
    """Those that still wait for a claim, and for how many."""
    with world.store.transaction():
        return [{"id": key, "left": left, **asdict(one)} for key, left, one in world.store.scenarios()]


@router.post("/scenarios", status_code=201)
def add_scenarios(wanted: list[Scenario], world: Worldly) -> dict[str, list[int]]:
    """Taken in this order; each claim uses the first that matches it when it comes in."""
    with world.store.transaction():
        return {"ids": [world.store.add_scenario(one) for one in wanted]}


@router.put("/scenarios")
def set_troubles(table: TroubleTable, world: Worldly) -> TroubleTable:
    """How often each kind of trouble happens to the claims that come in from now on; it leaves the list alone."""
    with world.store.transaction():
        world.store.set_troubles(table)
    return table


@router.get("/scenarios/kinds")
def trouble_kinds(world: Worldly) -> list[dict[str, Any]]:
    """Every kind of trouble in a sentence, where on a claim's way it sits, and its present rate."""
    with world.store.transaction():
        table = world.store.troubles()
    return [
        {"kind": one.name, "stage": one.stage, "says": one.says, "rate": table.rate(one.name)} for one in KINDS.values()
    ]


@router.delete("/scenarios", status_code=204)
def drop_scenarios(world: Worldly) -> None:
    with world.store.transaction():
        world.store.drop_scenarios()


@router.get("/time")
def time(world: Worldly) -> dict[str, Any]:
    return _time(world.clock)


@router.patch("/time")
def set_time(speed: Speed, world: Worldly) -> dict[str, Any]:
    """Only what is sent is changed."""

    def change(clock: Clock) -> Clock:
        if "day_seconds" in speed.model_fields_set:
            clock = clock.running_at(speed.day_seconds)
        return clock.dated(speed.today) if "today" in speed.model_fields_set else clock

    return _time(world.change_clock(change))


@router.post("/time/advance")
def advance(push: Push, world: Worldly) -> dict[str, Any]:
    """Let days go by at once; what they bring has happened when this answers."""
    return _time(world.change_clock(lambda clock: clock.advanced(push.days)))


def _time(clock: Clock) -> dict[str, Any]:
    day = clock.now()
    return {"day": day, "day_seconds": clock.day_seconds, "today": clock.moment(day).date().isoformat()}


@router.get("/truth")
def truth(world: Worldly, control_number: str | None = None, after: After = 0, limit: Limit = 200) -> dict[str, Any]:
    """Claims in the order they came in, each with what should be posted for it."""
    with world.store.transaction():
        if control_number is not None:
            found = world.store.claims_by_control_number(control_number)
        else:
            found = world.store.claims_after(after, limit)
        claims = [truth_of(record, postings_of(world.store, record)) for record in found]
    return {"claims": claims, "next": found[-1].id if found else after}


@router.get("/truth/cheques")
def true_cheques(world: Worldly, after: After = 0, limit: Limit = 200) -> dict[str, Any]:
    """Every cheque in the order of writing, with what should be posted from it."""
    with world.store.transaction():
        found = world.store.cheques_after(after, limit)
        cheques = [cheque_truth(cheque, postings_on(world.store, cheque)) for cheque in found]
    return {"cheques": cheques, "next": found[-1].id if found else after}


@router.get("/deposits")
def deposits(world: Worldly, after: After = 0, limit: Limit = 200) -> dict[str, Any]:
    """The money that has come to the provider's bank by now, whether or not its remittance was sent."""
    today = world.clock.now()
    with world.store.transaction():
        found = world.store.cheques_after(after, limit)
    came = [one.deposit for one in found if one.deposit is not None and one.deposit.day <= today]
    return {"deposits": [deposit_truth(one) for one in came], "next": found[-1].id if found else after}


@router.get("/interchanges")
def interchanges(world: Worldly, after: After = 0, limit: Limit = 200) -> dict[str, Any]:
    """What came in, in order; `outcome` is taken, rejected or duplicate."""
    with world.store.transaction():
        found = world.store.archive_after(after, limit)
    return {"interchanges": [asdict(one) for one in found], "next": found[-1].id if found else after}


@router.get("/interchanges/{number}/content", response_class=Response)
def content(number: int, world: Worldly) -> Response:
    """The raw file as it came in."""
    if not 0 < number <= LARGEST_POSITION:
        raise HTTPException(404, "No such interchange.")
    with world.store.transaction():
        found = world.store.content(number)
    if found is None:
        raise HTTPException(404, "No such interchange.")
    return Response(found, media_type=EDI_TYPE)


@router.get("/counts")
def counts(world: Worldly) -> dict[str, dict[str, int]]:
    """Claims by status, interchanges by outcome, mailbox files by kind, steps still due by kind."""
    with world.store.transaction():
        return world.store.counts()


@router.post("/reset")
def reset(beginning: Beginning, world: Worldly) -> dict[str, Any]:
    """Forget everything: the three payers as shipped, no members, day 0. Numbers go on from where they were."""
    world.reset(beginning.seed)
    return _time(world.clock)
