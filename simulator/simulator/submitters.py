"""Who talks over HTTP: HTTP Basic, a bearer token, or a token for client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

import secrets
import time
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from simulator.settings import Settings

TOKEN_SECONDS = 300
LARGEST_FORM = 64 * 1024

router = APIRouter(tags=["wire"])
_basic = HTTPBasic(auto_error=False)
_bearer = HTTPBearer(auto_error=False)


class Tokens:
    """The tokens given out by this process, each for a while."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[str, float]] = {}

    def give(self, sender: str) -> str:
        token = secrets.token_urlsafe(24)
        self._given[token] = sender, time.monotonic() + TOKEN_SECONDS
        return token

    def holder(self, token: str) -> str | None:
        sender, until = self._given.get(token, ("", 0.0))
        return sender if time.monotonic() < until else None


def submitter(
    request: Request,
    basic: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str | None:
    """The sender id that the credentials vouch for; None when the wire asks for none."""
    settings: Settings = request.app.state.settings
    if not settings.submitters:
        return None
    if basic is not None and _matches(settings.submitters.get(basic.username, ""), basic.password):
        return basic.username
    if bearer is not None:
        for sender, token in settings.submitters.items():
            if _matches(token, bearer.credentials):
                return sender
        holder = request.app.state.tokens.holder(bearer.credentials)
        if holder is not None:
            return holder
    raise HTTPException(401, "Send your sender id and token.", {"WWW-Authenticate": "Basic"})


Submitter = Annotated[str | None, Depends(submitter)]


def _matches(known: str, given: str) -> bool:
    return bool(known) and secrets.compare_digest(known.encode(), given.encode())


@router.post("/token")
async def token(request: Request) -> dict[str, Any]:
    """`grant_type=client_credentials`, with the sender id as `client_id` and its token as `client_secret`."""
    body = await request.body()
    form = {name: values[0] for name, values in parse_qs(body[:LARGEST_FORM].decode("utf-8", "replace")).items()}
    settings: Settings = request.app.state.settings
    sender = form.get("client_id", "")
    if form.get("grant_type") != "client_credentials":
        raise HTTPException(400, "unsupported_grant_type")
    if not _matches((settings.submitters or {}).get(sender, ""), form.get("client_secret", "")):
        raise HTTPException(401, "invalid_client")
    return {"access_token": request.app.state.tokens.give(sender), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
