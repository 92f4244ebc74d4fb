"""HTTP in: who is asking, for which practice, and the unit of work that a route is given."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from common.auth import Principal, practice_for
from common.http import PRACTICE_HEADER
from common.idempotency import RequestKey
from common.refusal import Invalid, Refusal
from common.uow import Actor, Transaction, UnitOfWork

if TYPE_CHECKING:
    from common.service import Runtime

LONGEST_KEY = 255

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=LONGEST_KEY)]

bearer = HTTPBearer(auto_error=False, description="An OIDC access token")


class KeyRequired(Refusal):
    code = "idempotency-key-required"
    sentence = "A request that makes something needs an Idempotency-Key header."
    mend = "Send a fresh unique value, such as a uuid, and the same value again when repeating the request."
    status = 400


class PreconditionRequired(Refusal):
    code = "if-match-required"
    sentence = "An update needs the If-Match header."
    mend = "Read the thing, and send the ETag you got as If-Match."
    status = 428


class MissingScope(Refusal):
    code = "missing-scope"
    sentence = "This needs the scope {scope}."
    mend = "Ask for a token that carries {scope}."
    status = 403

    @property
    def headers(self) -> dict[str, str]:
        """RFC 6750, section 3.1."""
        scope = self.facts["scope"]
        return {"WWW-Authenticate": f'Bearer realm="dermbill", error="insufficient_scope", scope="{scope}"'}


def needs(scope: str) -> Any:
    """The dependency that every route has: a valid token with `scope`."""

    async def granted(principal: Annotated[Principal, Depends(principal_of)]) -> None:
        if scope not in principal.scopes:
            raise MissingScope(scope=scope)

    granted.scope = scope  # type: ignore[attr-defined]
    return Depends(granted)


async def principal_of(request: Request, _: Annotated[Any, Depends(bearer)] = None) -> Principal:
    """The caller, from the Authorization header. Raises the 401 problems of common.auth."""
    runtime: Runtime = request.app.state.runtime
    address = request.client.host if request.client else "-"
    return await runtime.verifier.verify(request.headers.get("authorization"), address=address)


async def practice_of(
    request: Request,
    principal: Annotated[Principal, Depends(principal_of)],
    practice: Annotated[str | None, Header(alias=PRACTICE_HEADER)] = None,
) -> UUID:
    """The tenant: only ever one that the token names. Raises the 403 problems of common.auth, TooManyRequests."""
    runtime: Runtime = request.app.state.runtime
    practice_id = practice_for(principal, practice)
    runtime.practice_limit.admit(practice_id)
    return practice_id


def _unit(request: Request, principal: Principal, practice_id: UUID, key: RequestKey | None = None) -> UnitOfWork:
    runtime: Runtime = request.app.state.runtime
    actor = Actor(principal.subject, principal.kind, principal.address)
    return UnitOfWork(runtime.workplace, practice_id, actor, request=key)


async def _writes(
    request: Request,
    principal: Annotated[Principal, Depends(principal_of)],
    practice_id: Annotated[UUID, Depends(practice_of)],
    idempotency_key: IdempotencyKey = None,
) -> UnitOfWork:
    if not idempotency_key:
        return _unit(request, principal, practice_id)
    _printable(idempotency_key)
    key = RequestKey.of(idempotency_key, request.method, request.url.path, await request.body())
    return _unit(request, principal, practice_id, key)


async def _creates(
    uow: Annotated[UnitOfWork, Depends(_writes)],
    idempotency_key: IdempotencyKey = None,
) -> UnitOfWork:
    if not idempotency_key:
        raise KeyRequired
    return uow


async def _reads(
    request: Request,
    principal: Annotated[Principal, Depends(principal_of)],
    practice_id: Annotated[UUID, Depends(practice_of)],
) -> ReadOnly:
    return ReadOnly(_unit(request, principal, practice_id))


class ReadOnly:
    """A unit of work that can look, and note in the audit trail that it looked."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @property
    def practice_id(self) -> UUID:
        return self._uow.practice_id

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Transaction, None]:
        async with self._uow.begin() as tx:
            yield tx


def _today(request: Request) -> date:
    runtime: Runtime = request.app.state.runtime
    return runtime.workplace.now().astimezone(runtime.settings.zone).date()


def _now(request: Request) -> datetime:
    runtime: Runtime = request.app.state.runtime
    return runtime.workplace.now()


def etag(version: int) -> str:
    """The ETag of a version, as `If-Match` gives it back."""
    return f'"{version}"'


def _if_match(if_match: Annotated[str | None, Header(alias="If-Match")] = None) -> int:
    if if_match is None:
        raise PreconditionRequired
    try:
        return int(if_match.removeprefix("W/").strip('"'))
    except ValueError:
        raise Invalid(what="If-Match is not an ETag of this API.", how="Send the ETag of the last read.") from None


Writes = Annotated[UnitOfWork, Depends(_writes)]
Creates = Annotated[UnitOfWork, Depends(_creates)]
Reads = Annotated[ReadOnly, Depends(_reads)]
Practice = Annotated[UUID, Depends(practice_of)]
Caller = Annotated[Principal, Depends(principal_of)]
Today = Annotated[date, Depends(_today)]
Now = Annotated[datetime, Depends(_now)]
IfMatch = Annotated[int, Depends(_if_match)]


def _printable(key: str) -> None:
    if not key.isprintable() or not key.isascii():
        raise Invalid(what="The Idempotency-Key has a character outside printable ASCII.", how="Send a uuid.")


def is_guarded(route: APIRoute) -> bool:
    """Whether the route asks for a scope."""
    return any(hasattr(dependency.dependency, "scope") for dependency in route.dependencies)
