"""The OIDC issuer: what it says of itself, and the token that a service gets there for its own calls."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast
from urllib.parse import quote, urlsplit

from common.http import Outside, RemoteUnavailable
from common.logging import get_logger
from common.refusal import Refusal

log = get_logger(__name__)

EARLY = 30.0


class Issuer:
    """What an OIDC issuer says of itself, read once and again when `seconds` have passed."""

    def __init__(self, url: str, far: Outside | None = None, *, seconds: float = 3600.0) -> None:
        self.url = url.rstrip("/")
        self.far = far or Outside(self.url, name="issuer", timeout=5.0, limit=1024 * 1024)
        self._configuration = Kept(self._discover, seconds=seconds)

    async def path_of(self, endpoint: str) -> str:
        """The path of `jwks_uri` or `token_endpoint` at the issuer.

        Raises RemoteUnavailable when the issuer cannot be reached, or sends us to another host.
        """
        url = str((await self._configuration.get()).get(endpoint, ""))
        base = urlsplit(self.far.base_url)
        parts = urlsplit(url)
        prefix = base.path.rstrip("/") + "/"
        if (parts.scheme, parts.netloc) != (base.scheme, base.netloc) or not parts.path.startswith(prefix):
            raise RemoteUnavailable(self.far.name, "foreign-endpoint")
        return parts.path.removeprefix(prefix.rstrip("/"))

    async def close(self) -> None:
        await self.far.close()

    async def _discover(self) -> Mapping[str, Any]:
        found = mapping(await self.far.get_json("/.well-known/openid-configuration"))
        if str(found.get("issuer", "")).rstrip("/") != self.url:
            raise RemoteUnavailable(self.far.name, "another-issuer")
        return found


class Kept:
    """A value fetched again when it is old, by one caller at a time; the old one serves while that fails."""

    def __init__(
        self, fetch: Callable[[], Awaitable[Mapping[str, Any]]], *, seconds: float, at_most_every: float = 5.0
    ) -> None:
        self._fetch, self._seconds, self._pause = fetch, seconds, at_most_every
        self._value: Mapping[str, Any] | None = None
        self._fetched = self._asked = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self) -> Mapping[str, Any]:
        if self._value is None or time.monotonic() - self._fetched > self._seconds:
            return await self._renew(self._fetched)
        return self._value

    async def again(self) -> Mapping[str, Any]:
        """A newer value if the last question is long enough ago: strangers may not make us ask at will."""
        return await self._renew(self._fetched)

    async def _renew(self, seen: float) -> Mapping[str, Any]:
        async with self._lock:
            # Whoever waited here while another fetched takes what that one got.
            waited = self._fetched != seen
            asked_lately = time.monotonic() - self._asked < self._pause
            if self._value is not None and (waited or asked_lately):
                return self._value
            self._asked = time.monotonic()
            try:
                self._value = await self._fetch()
            except RemoteUnavailable as fault:
                if self._value is None:
                    raise
                log.warning("the issuer does not answer, its last keys serve on", reason=fault.reason)
                return self._value
            self._fetched = time.monotonic()
            return self._value


class TokenSource:
    """This service's own token (client credentials), fetched again `EARLY` seconds before it expires."""

    def __init__(
        self,
        issuer: str | Issuer,
        client_id: str,
        client_secret: str,
        *,
        audience: str | None = None,
        scope: str | None = None,
    ) -> None:
        self._issuer = issuer if isinstance(issuer, Issuer) else Issuer(issuer)
        # RFC 6749, section 2.3.1: both are form-encoded before they are joined.
        self._basic = base64.b64encode(f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}".encode()).decode()
        asked = {"client_id": client_id, "audience": audience, "scope": scope}
        self._form = {"grant_type": "client_credentials"} | {
            name: value for name, value in asked.items() if value is not None
        }
        self._token, self._until = "", float("-inf")
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """Raises RemoteUnavailable when the issuer does not give one."""
        async with self._lock:
            if time.monotonic() >= self._until:
                await self._fetch()
            return self._token

    def discard(self, token: str) -> None:
        """Forget `token`: a service no longer takes it."""
        if token == self._token:
            self._until = float("-inf")

    async def close(self) -> None:
        await self._issuer.close()

    async def _fetch(self) -> None:
        path = await self._issuer.path_of("token_endpoint")
        headers = {"Authorization": f"Basic {self._basic}"}
        try:
            answer = mapping(await self._issuer.far.post_form(path, self._form, headers=headers))
        except Refusal:
            # A wrong secret is no rule of the business: whoever waits tries again until it is mended.
            raise RemoteUnavailable(self._issuer.far.name, "token-refused") from None
        token, lifetime = answer.get("access_token"), answer.get("expires_in", 60)
        if not isinstance(token, str) or not isinstance(lifetime, int | float):
            raise RemoteUnavailable(self._issuer.far.name, "not-a-token")
        self._token = token
        self._until = time.monotonic() + max(lifetime - EARLY, lifetime / 2)


def mapping(value: object) -> Mapping[str, Any]:
    """`value` when it is a JSON object, an empty one otherwise."""
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}
