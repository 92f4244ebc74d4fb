"""The wire over HTTP: the four calls that a partner's endpoint answers (docs/architecture/loop.md, The outside)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from common.failpoints import failpoint
from common.http import Outside, RemoteRefusal, RemoteUnavailable
from edi.domain.partner import Partner
from edi.domain.refusals import ControlNumberTaken
from edi.operations.line import CALL_SECONDS, HANDED_OVER, LARGEST_FILE, Listed, Listing, Parcel, Staged
from edi.operations.reach import Installation, machine, secret

MEDIA_TYPE = "application/edi-x12"
NOT_FOUND = 404

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")
_TOKEN = re.compile(r"[!-~]{1,8192}")


@asynccontextmanager
async def http_line(partner: Partner, installation: Installation) -> AsyncGenerator[HttpLine, None]:
    """The partner's endpoint, connected to where its name leads now."""
    outside = await endpoint(partner, installation)
    try:
        yield HttpLine(outside, partner)
    finally:
        await outside.close()


async def endpoint(partner: Partner, installation: Installation, *, seconds: float = CALL_SECONDS) -> Outside:
    """The partner's endpoint with our credentials, each call within `seconds`. Close it after use."""
    url = partner.facts.base_url
    _, found = await machine(partner, url, installation)
    headers = await _credentials(partner, installation)
    return Outside(url, name="partner", timeout=seconds, limit=LARGEST_FILE, headers=headers, connect_to=found)


async def _credentials(partner: Partner, installation: Installation) -> dict[str, str]:
    access = partner.facts.access
    if access.kind == "none":
        return {}
    held = secret(access.secret, installation)
    if access.kind == "basic":
        return {"Authorization": "Basic " + base64.b64encode(f"{access.user}:{held}".encode()).decode()}
    token = held if access.kind == "bearer" else await _token(partner, held, installation)
    if not _TOKEN.fullmatch(token):
        raise RemoteUnavailable("partner", "bad-token")
    return {"Authorization": f"Bearer {token}"}


async def _token(partner: Partner, held: str, installation: Installation) -> str:
    """A token for our client credentials (RFC 6749, 4.4), asked for with every call: none is kept anywhere."""
    access = partner.facts.access
    place, found = await machine(partner, access.token_url, installation)
    base_url = access.token_url.removesuffix(place.path)
    outside = Outside(base_url, name="partner", timeout=CALL_SECONDS, connect_to=found)
    form = {"grant_type": "client_credentials", "client_id": access.user, "client_secret": held}
    try:
        told = await outside.post_form(place.path or "/", form | ({"scope": access.scope} if access.scope else {}))
    finally:
        await outside.close()
    token = told.get("access_token") if isinstance(told, dict) else None
    return token if isinstance(token, str) else ""


class HttpLine:
    """A partner's endpoint, open. See `line.Line`."""

    keeps = True

    def __init__(self, outside: Outside, partner: Partner) -> None:
        self._outside, self._partner = outside, partner

    async def hand_over(self, parcel: Parcel, staged: Staged) -> None:
        if parcel.attempt > 1 and await self._is_there(parcel):
            return
        # Never repeated from here: only a question can tell whether it arrived.
        await self._outside.post_bytes("/interchanges", parcel.content, MEDIA_TYPE)
        failpoint(HANDED_OVER)

    async def _is_there(self, parcel: Parcel) -> bool:
        try:
            answer = await self._outside.request(
                "GET", f"/interchanges/{quote(parcel.sender, safe='')}/{parcel.control}"
            )
        except RemoteRefusal as refusal:
            if refusal.status == NOT_FOUND:
                return False
            raise
        told = _object(answer.body).get("sha256")
        if isinstance(told, str) and _SHA256.fullmatch(told) and told != parcel.sha256:
            raise ControlNumberTaken(partner_id=self._partner.id, control=parcel.control)
        return True

    async def listing(self, after: str | None, limit: int) -> Listing:
        params: dict[str, Any] = {"receiver": self._partner.facts.ours.id, "limit": limit}
        if after is not None:
            params["after"] = after
        told = await self._outside.get_json("/mailbox", params=params)
        following = told.get("next") if isinstance(told, dict) else None
        entries = told.get("files") if isinstance(told, dict) else None
        if not isinstance(entries, list) or not (following is None or isinstance(following, str | int)):
            raise RemoteUnavailable("partner", "bad-listing")
        return Listing(tuple(_listed(entry) for entry in entries), None if following is None else str(following))

    async def read(self, listed: Listed) -> bytes:
        return await self._outside.get_bytes(f"/mailbox/{quote(listed.name, safe='')}")

    async def clear(self, listed: Listed) -> None:
        """The far side keeps everything."""


def _listed(entry: Any) -> Listed:
    name = entry.get("name") if isinstance(entry, dict) else None
    sha256 = entry.get("sha256") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in (".", ".."):
        raise RemoteUnavailable("partner", "bad-listing")
    return Listed(name, sha256 if isinstance(sha256, str) and _SHA256.fullmatch(sha256) else None)


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
