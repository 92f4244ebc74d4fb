"""The wire over HTTP: CAQH CORE connectivity (docs/architecture/loop.md, The outside)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NoReturn, cast
from urllib.parse import quote

from common.failpoints import failpoint
from common.http import Outside, RemoteRefusal, RemoteUnavailable
from edi.domain import core
from edi.domain.partner import Partner
from edi.operations.line import (
    CALL_SECONDS,
    DAMAGED,
    HANDED_OVER,
    LARGEST_FILE,
    TOO_LARGE,
    Listed,
    Listing,
    Parcel,
    Staged,
)
from edi.operations.reach import Installation, machine, secret, tls_of

BATCHES = "/core/v1/batches"
RESULTS = "/core/v1/results"
NOT_FOUND = 404

# An envelope is larger than its payload: marks that JSON escapes, or base64, and the metadata.
LARGEST_ENVELOPE = 2 * LARGEST_FILE

_NAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")
_TOKEN = re.compile(r"[!-~]{1,8192}")


@asynccontextmanager
async def http_line(
    partner: Partner, installation: Installation, now: Callable[[], datetime]
) -> AsyncGenerator[HttpLine, None]:
    """The partner's endpoint, connected to where its name leads now."""
    outside = await endpoint(partner, installation)
    try:
        yield HttpLine(outside, partner, now)
    finally:
        await outside.close()


async def endpoint(partner: Partner, installation: Installation, *, seconds: float = CALL_SECONDS) -> Outside:
    """The partner's endpoint with our credentials, each call within `seconds`. Close it after use."""
    url = partner.facts.base_url
    _, found = await machine(partner, url, installation)
    headers = await _credentials(partner, installation)
    return Outside(
        url,
        name="partner",
        timeout=seconds,
        limit=LARGEST_ENVELOPE,
        headers=headers,
        connect_to=found,
        tls=tls_of(partner, installation),
        refusal_code=core.error_of,
    )


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
    tls = tls_of(partner, installation)
    outside = Outside(base_url, name="partner", timeout=CALL_SECONDS, connect_to=found, tls=tls)
    form = {"grant_type": "client_credentials", "client_id": access.user, "client_secret": held}
    try:
        told = await outside.post_form(place.path or "/", form | ({"scope": access.scope} if access.scope else {}))
    finally:
        await outside.close()
    token = told.get("access_token") if isinstance(told, dict) else None
    return token if isinstance(token, str) else ""


def unpacked(told: object) -> bytes:
    """The payload of an answer. Raises RemoteRefusal where it says what was wrong, RemoteUnavailable (DAMAGED)."""
    refuse_errors(told)
    try:
        return core.payload_of(told)
    except core.Unreadable:
        raise RemoteUnavailable("partner", DAMAGED) from None


def refuse_errors(told: object) -> None:
    """Raise RemoteRefusal for an error that came with a status of success, as some servers have it."""
    error = core.error_of(told)
    if error is not None:
        raise RemoteRefusal(400, error, "partner")


class HttpLine:
    """A partner's endpoint, open. See `line.Line`."""

    keeps = True

    def __init__(self, outside: Outside, partner: Partner, now: Callable[[], datetime]) -> None:
        self._outside, self._now = outside, now
        self._ends = core.Ends(partner.facts.ours.id, partner.facts.theirs.id)

    async def hand_over(self, parcel: Parcel, staged: Staged) -> None:
        if parcel.attempt > 1 and await self._is_there(parcel):
            return
        envelope = core.submission(parcel.kind, core.BATCH, self._ends, parcel.id, self._now(), parcel.content)
        try:
            # Never repeated from here: only a question can tell whether it arrived.
            refuse_errors(await self._outside.post_json(BATCHES, envelope))
        except RemoteRefusal as refusal:
            if refusal.code == core.DAMAGED_ON_THE_WAY:
                raise RemoteUnavailable("partner", refusal.code) from None
            raise
        failpoint(HANDED_OVER)

    async def _is_there(self, parcel: Parcel) -> bool:
        """Whether a batch came in under the parcel's id, in an earlier attempt."""
        asked = core.metadata(core.BATCH, self._ends, self._now(), payload_type=core.PAYLOAD_TYPES[parcel.kind])
        try:
            refuse_errors(await self._outside.get_json(f"{BATCHES}/{parcel.id}", params=asked))
        except RemoteRefusal as refusal:
            if refusal.status == NOT_FOUND:
                return False
            raise
        return True

    async def listing(self, after: str | None, limit: int) -> Listing:
        params: dict[str, Any] = {**core.metadata(core.BATCH, self._ends, self._now()), "Limit": limit}
        if after is not None:
            params["After"] = after
        told = await self._outside.get_json(RESULTS, params=params)
        refuse_errors(told)
        answer = cast(Mapping[str, Any], told) if isinstance(told, dict) else _bad_listing()
        following, entries = answer.get("Next"), answer.get("Payloads")
        if not isinstance(entries, list) or not (following is None or isinstance(following, str | int)):
            _bad_listing()
        listed = tuple(_listed(entry) for entry in cast(list[object], entries))
        return Listing(listed, None if following is None else str(following))

    async def read(self, listed: Listed) -> bytes:
        if listed.size is not None and listed.size > LARGEST_FILE:
            raise RemoteUnavailable("partner", TOO_LARGE)
        asked = core.metadata(core.BATCH, self._ends, self._now(), payload_type=listed.kind)
        answer = await self._outside.request("GET", f"{RESULTS}/{quote(listed.name, safe='')}", params=asked)
        return unpacked(_decoded(answer.body))

    async def clear(self, listed: Listed) -> None:
        """The far side keeps everything."""


def _decoded(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _listed(entry: object) -> Listed:
    told = cast(Mapping[str, Any], entry) if isinstance(entry, dict) else _bad_listing()
    name, kind, size = (told.get(key) for key in ("PayloadID", "PayloadType", "Size"))
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in (".", ".."):
        _bad_listing()
    return Listed(
        name,
        kind=kind if isinstance(kind, str) and len(kind) <= core.LONGEST_TYPE else "",
        size=size if isinstance(size, int) else None,
    )


def _bad_listing() -> NoReturn:
    raise RemoteUnavailable("partner", "bad-listing")
