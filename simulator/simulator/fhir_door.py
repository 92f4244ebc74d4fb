"""The payers' FHIR server: `Claim/$submit` and `Claim/$inquire` of Da Vinci PAS."""

from __future__ import annotations

import json
from collections.abc import Callable

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from simulator import pas, subscriptions
from simulator.calls import Caller
from simulator.clock import Clock
from simulator.pas import Asked, NotReadable, Resource
from simulator.store import Store
from simulator.submitters import Submitter
from simulator.wire import Worldly, body_of, noted
from simulator.world import World

MEDIA_TYPE = "application/fhir+json"
LARGEST_BUNDLE = 8 * 1024 * 1024
FORBIDDEN = 403
SUBMIT, INQUIRE, SUBSCRIPTION = "PAS", "PASINQUIRY", "PASSUBSCRIPTION"

router = APIRouter(prefix="/fhir", tags=["FHIR"], dependencies=[Depends(noted)])

_GONE = pas.outcome("not-found", "There is no such subscription.")

Desk = Callable[[Store, Clock, Asked], Resource | None]


@router.post("/Claim/$submit")
async def submit(request: Request, world: Worldly, known: Submitter) -> Response:
    """A request for authorization: decided, pended (outcome `queued`), or turned away with its reason."""
    return await _answered(request, world, known, SUBMIT, pas.submitted)


@router.post("/Claim/$inquire")
async def inquire(request: Request, world: Worldly, known: Submitter) -> Response:
    """How far an earlier request is, found by the trace number of its Claim; 404 where there is none."""
    return await _answered(request, world, known, INQUIRE, pas.inquired)


@router.post("/Subscription")
async def subscribe(request: Request, world: Worldly, _: Submitter) -> Response:
    """Be told by a rest-hook when what was pended is decided (R4 backport of subscriptions)."""
    content = await body_of(request, LARGEST_BUNDLE)

    def work() -> Response:
        try:
            resource = json.loads(content)
            with world.store.transaction():
                made = subscriptions.subscribed(world.store, world.clock.now(), resource)
        except (ValueError, AttributeError, TypeError, RecursionError) as fault:
            told = str(fault) if isinstance(fault, subscriptions.NotWanted) else "a Subscription"
            return _told(pas.outcome("not-supported", f"The server takes {told}."), 400)
        return _told(subscriptions.told_of(made), 201)

    return await Caller(world, request, "real_time", "", SUBSCRIPTION).answer(work)


@router.get("/Subscription/{id}")
def subscription(id: str, world: Worldly, _: Submitter) -> Response:
    with world.store.transaction():
        there = subscriptions.found(world.store, id)
    return _told(_GONE, 404) if there is None else _told(subscriptions.told_of(there), 200)


@router.delete("/Subscription/{id}")
def unsubscribe(id: str, world: Worldly, _: Submitter) -> Response:
    with world.store.transaction():
        world.store.drop_subscription(id)
    return Response(status_code=204)


async def _answered(request: Request, world: World, known: str | None, kind: str, desk: Desk) -> Response:
    content = await body_of(request, LARGEST_BUNDLE)

    def work() -> Response:
        with world.store.transaction():
            try:
                asked = pas.read(content, world.clock.moment(world.clock.now()).date())
            except NotReadable as fault:
                return _told(pas.outcome("required", f"The request lacks {fault}."), 400)
            told = desk(world.store, world.clock, asked)
        if told is None:
            return _told(pas.outcome("not-found", "No request has this trace number."), 404)
        return _told(told, 200)

    return await Caller(world, request, "real_time", known or "", kind, _refused).answer(work)


def _refused(status: int) -> Response:
    return _told(pas.outcome("forbidden" if status == FORBIDDEN else "business-rule", "The payer refuses."), status)


def _told(resource: Resource, status: int) -> Response:
    return JSONResponse(resource, status, media_type=MEDIA_TYPE)
