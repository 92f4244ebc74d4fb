"""The wire itself: the four calls that a partner's endpoint answers (docs/architecture/loop.md, The outside)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import quote

from common.http import Outside, RemoteRefusal, RemoteUnavailable

MEDIA_TYPE = "application/edi-x12"
LARGEST_FILE = 50 * 1024 * 1024
NOT_FOUND = 404

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The partner has an interchange; `sha256` of what it has, where it says so."""

    sha256: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in the mailbox, as the listing describes it."""

    name: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    files: tuple[Listed, ...]
    next: str | None


class Line:
    """A partner's endpoint, open for the time of an `async with`.

    Every call raises RemoteUnavailable when it may succeed later, RemoteRefusal when it will not.
    """

    def __init__(self, base_url: str) -> None:
        self._outside = Outside(base_url, name="partner", timeout=30.0, limit=LARGEST_FILE)

    async def __aenter__(self) -> Line:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._outside.close()

    async def send(self, interchange: bytes) -> None:
        """Hand over an interchange. Never repeated from here: only `receipt` can tell whether it arrived."""
        await self._outside.post_bytes("/interchanges", interchange, MEDIA_TYPE)

    async def receipt(self, sender: str, control: str) -> Receipt | None:
        """What the partner knows of an interchange of ours; None when it never saw it."""
        try:
            answer = await self._outside.request("GET", f"/interchanges/{quote(sender, safe='')}/{control}")
        except RemoteRefusal as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise
        told = _object(answer.body).get("sha256")
        return Receipt(told if isinstance(told, str) and _SHA256.fullmatch(told) else None)

    async def listing(self, receiver: str, after: str | None, limit: int) -> Listing:
        """The files for a receiver after a cursor, oldest first."""
        params: dict[str, Any] = {"receiver": receiver, "limit": limit}
        if after is not None:
            params["after"] = after
        told = await self._outside.get_json("/mailbox", params=params)
        following = told.get("next") if isinstance(told, dict) else None
        entries = told.get("files") if isinstance(told, dict) else None
        if not isinstance(entries, list) or not (following is None or isinstance(following, str | int)):
            raise RemoteUnavailable("partner", "bad-listing")
        return Listing(tuple(_listed(entry) for entry in entries), None if following is None else str(following))

    async def read(self, name: str) -> bytes:
        """A file of the mailbox."""
        return await self._outside.get_bytes(f"/mailbox/{quote(name, safe='')}")


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
