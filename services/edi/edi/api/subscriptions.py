"""HTTP in: what partners' FHIR servers are asked to tell us, and what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Depends, Request, Response

from common.auth import TokenMissing
from common.limits import PracticeLimit
from common.uow import Actor, UnitOfWork
from common.web import Reads, Writes, needs
from edi.api.partners import Settings
from edi.domain.fhir import MEDIA_TYPE
from edi.domain.refusals import SubscriptionUnknown
from edi.models.subscriptions import SubscriptionIn, SubscriptionOut
from edi.operations import notified, subscribing

if TYPE_CHECKING:
    from common.service import Runtime

router = APIRouter(prefix="/partners/{partner_id}/subscription", tags=["subscriptions"])
door = APIRouter(prefix="/notifications", tags=["subscriptions"])

READ, WRITE = "edi:read", "edi:write"
RAW_BODY: dict[str, Any] = {"requestBody": {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}}


@router.put("", dependencies=[needs(WRITE)])
async def subscribe(partner_id: UUID, body: SubscriptionIn, uow: Writes, settings: Settings) -> SubscriptionOut:
    """Have the partner's FHIR server tell us when what it pended has changed; looked up every day."""
    answering = uow.answering(SubscriptionOut.of, 200)
    made = await subscribing.subscribe(answering, partner_id, body.content, body.filter, installation=settings)
    return SubscriptionOut.of(made)


@router.get("", dependencies=[needs(READ)])
async def get(partner_id: UUID, reads: Reads) -> SubscriptionOut:
    """Whether the partner tells us, and when it last did."""
    async with reads.begin() as tx:
        return SubscriptionOut.of(await subscribing.standing(tx, partner_id))


@router.delete("", status_code=204, dependencies=[needs(WRITE)])
async def end(partner_id: UUID, uow: Writes) -> Response:
    """Be told nothing more."""
    await subscribing.end(uow, partner_id)
    return Response(status_code=204)


def by_secret() -> Any:
    """The dependency of the door that partners come in by: a bearer secret that one subscription has.

    Who is not known yet spends an allowance of its address, so that nobody spends that of a practice.
    """

    async def granted(request: Request) -> None:
        scheme, _, secret = request.headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise TokenMissing
        runtime: Runtime = request.app.state.runtime
        _strangers(request, runtime).admit(uuid5(NAMESPACE_URL, _address(request)))
        uow, subscription_id = _named(request)
        await notified.prove(uow, subscription_id, secret.strip())
        runtime.practice_limit.admit(uow.practice_id)

    granted.scope = "the secret of the subscription"  # type: ignore[attr-defined]
    return Depends(granted)


def _named(request: Request) -> tuple[UnitOfWork, UUID]:
    """For the practice in the address alone: another's subscription is not there for it. Raises SubscriptionUnknown."""
    runtime: Runtime = request.app.state.runtime
    try:
        practice_id, subscription_id = (UUID(request.path_params[name]) for name in ("practice_id", "subscription_id"))
    except ValueError:
        raise SubscriptionUnknown from None
    actor = Actor(f"subscription {subscription_id}", "service", _address(request))
    return UnitOfWork(runtime.workplace, practice_id, actor), subscription_id


def _strangers(request: Request, runtime: Runtime) -> PracticeLimit:
    state = request.app.state
    if not hasattr(state, "strangers"):
        state.strangers = PracticeLimit(runtime.settings.requests_per_second, runtime.settings.requests_burst)
    return state.strangers


def _address(request: Request) -> str:
    return request.client.host if request.client else "-"


Named = Annotated[tuple[UnitOfWork, UUID], Depends(_named)]


@door.post("/{practice_id}/{subscription_id}", dependencies=[by_secret()], openapi_extra=RAW_BODY)
async def notify(practice_id: UUID, subscription_id: UUID, named: Named, request: Request) -> Response:
    """For partners: handshake, heartbeat, or what changed, as a notification Bundle (R4 backport of subscriptions)."""
    uow, _ = named
    await notified.take(uow, subscription_id, await request.body())
    return Response(status_code=200)
