"""Calls to other systems: the one module that speaks HTTP outwards.

Every call has a deadline over all its attempts. Only what is safe to repeat is repeated (reads, and writes
under an idempotency key), after a random pause, and out of a small budget: retries must not make a far side's
bad hour worse.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from pydantic_core import to_json

from common import tracing
from common.patience import ATTEMPTS, Breaker, RetryBudget, pause_after
from common.refusal import Refusal

PRACTICE_HEADER = "Dermbill-Practice"
KEY_HEADER = "Idempotency-Key"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Told by the far side or by something between: the request was not refused for what it says.
TRANSIENT_STATUSES = frozenset({408, 425, 429})
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MIB = 1024 * 1024


class RemoteRefusal(Refusal):
    """The far side refused, and repeating will not help. `status`, `code` and `body` are the far side's.

    The body may hold anything: it is no fact of the refusal, and is told to nobody.
    """

    sentence = "{service} refused the request: {status}, {code}."
    mend = "Mend what {service} names, then try again."

    def __init__(self, status: int, code: str, service: str = "the far side", body: bytes = b"") -> None:
        self.status, self.code, self.service, self.body = status, code, service, body
        super().__init__(status=status, code=code, service=service)


class RemoteUnavailable(Exception):
    """The far side cannot be reached or failed; the same request may succeed later.

    `reason` is a word: unreachable, timeout, status-503, circuit-open, too-large, not-json, redirect.
    """

    def __init__(self, service: str, reason: str) -> None:
        self.service, self.reason = service, reason
        super().__init__(f"{service}: {reason}")


class Tokens(Protocol):
    """Where a client gets its service-to-service token."""

    async def token(self) -> str: ...

    def discard(self, token: str) -> None:
        """Forget a token that the far side did not take."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx of the far side."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str]


class _Fault(Exception):
    """One attempt failed. `sent`: the far side may have seen it; `final`: another would end the same way."""

    def __init__(self, reason: str, *, sent: bool, after: float | None = None, final: bool = False) -> None:
        self.reason, self.sent, self.after, self.final = reason, sent, after, final
        super().__init__(reason)


@lru_cache(maxsize=2)
def _usual_tls(trust_env: bool) -> ssl.SSLContext:
    """The authorities that are trusted where nothing else is said, read once: reading them takes ten milliseconds."""
    return httpx.create_ssl_context(trust_env=trust_env)


class _To(httpx.AsyncHTTPTransport):
    """Connects to one address: a name that resolves to another one after it was checked leads nowhere else."""

    def __init__(self, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(trust_env=False, verify=tls or _usual_tls(False))
        self._address = address

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # A request of its own: the caller sends the first one again when it tries again.
        there = httpx.Request(
            request.method,
            request.url.copy_with(host=self._address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return await super().handle_async_request(there)


class Outside:
    """A partner outside the platform, or anything that is not called with a service's token.

    `name` stands in errors and spans. `timeout` is the deadline of a call in seconds, its retries included.
    `connect_to` is the IP address to connect to, whatever the host of `base_url` resolves to by then; the certificate
    is still that of the host. No proxy of the environment is used with it. `tls` is whom to trust and as whom to
    appear, where that is not the usual. `refusal_code` reads the code out of a refusal's body where the far side
    speaks no RFC 9457; what does not look like a code is `unknown`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str | None = None,
        timeout: float = 15.0,
        limit: int = 16 * MIB,
        headers: Mapping[str, str] | None = None,
        connect_to: str | None = None,
        tls: ssl.SSLContext | None = None,
        refusal_code: Callable[[Any], object] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        host = urlsplit(base_url).hostname or ""
        trust_env = not _is_loopback(host)
        if connect_to is not None:
            transport = _To(connect_to, tls)
        self.base_url, self.name = base_url.rstrip("/"), name or host
        self._timeout, self._limit, self._refusal_code = timeout, limit, refusal_code or _problem_code
        self._breaker, self._budget = Breaker(), RetryBudget()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=3.0, pool=3.0),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=8),
            headers={"User-Agent": "dermbill", "Accept-Encoding": "identity", **(headers or {})},
            follow_redirects=False,
            verify=tls or _usual_tls(trust_env),
            trust_env=trust_env,
            transport=transport,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get_json(self, path: str, *, params: Mapping[str, Any] | None = None) -> Any:
        """Raises RemoteRefusal and RemoteUnavailable, as every method here does."""
        return self._json(await self.request("GET", path, params=params))

    async def post_json(self, path: str, body: Any, *, key: str | UUID | None = None) -> Any:
        """Give the decoded answer, None when it has no body. With `key` it may be repeated."""
        return self._json(await self.request("POST", path, **_json_body(body), key=key))

    async def post_form(self, path: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Any:
        """A form whose effect may be repeated (a token request)."""
        media_type = "application/x-www-form-urlencoded"
        body = str(httpx.QueryParams(dict(form))).encode()
        return self._json(
            await self.request("POST", path, body=body, media_type=media_type, headers=headers, safe=True)
        )

    async def get_bytes(self, path: str, *, params: Mapping[str, Any] | None = None, limit: int | None = None) -> bytes:
        """The body, read as it streams in and given up on when it grows past `limit` bytes."""
        return (await self.request("GET", path, params=params, limit=limit)).body

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        media_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | UUID | None = None,
        limit: int | None = None,
        safe: bool = False,
        once: bool = False,
        seconds: float | None = None,
    ) -> Answer:
        """One call under the deadline, repeated where that is safe. `path` begins with a slash.

        `once`: what the far side may have seen is not repeated from here, whatever key it has; and a 5xx says that it
        is there, and speaks of somebody behind it, so that others are not kept from asking. `seconds` is a deadline for
        this call alone.

        Raises RemoteRefusal for a 4xx that speaks of the request, RemoteUnavailable for everything else.
        """
        sent = dict(headers or {})
        if media_type is not None:
            sent["Content-Type"] = media_type
        if key is not None:
            sent[KEY_HEADER] = str(key)
        with tracing.client_span(f"{method} {self.name}", **{"server.address": self.name}) as traceparent:
            if traceparent is not None:
                sent["traceparent"] = traceparent
            request = self._client.build_request(
                method, self._url(path), params=dict(params or {}), content=body, headers=sent, **_patience(seconds)
            )
            repeatable = not once and (safe or method in SAFE or key is not None)
            try:
                async with asyncio.timeout(seconds or self._timeout):
                    return await self._attempts(request, repeatable, limit or self._limit, once=once)
            except TimeoutError:
                self._breaker.failed()
                raise RemoteUnavailable(self.name, "timeout") from None

    def _url(self, path: str) -> str:
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError("the path of a call begins with one slash")
        return self.base_url + path

    async def _attempts(self, request: httpx.Request, repeatable: bool, limit: int, *, once: bool) -> Answer:
        self._budget.called()
        for attempt in range(1, ATTEMPTS + 1):
            if not self._breaker.admits():
                raise RemoteUnavailable(self.name, "circuit-open")
            try:
                answer = await self._attempt(request, limit)
            except _Fault as fault:
                if not (once and fault.reason.startswith("status-")):
                    self._breaker.failed()
                again = not fault.final and (repeatable or not fault.sent)
                if not again or attempt == ATTEMPTS or not self._budget.take():
                    raise RemoteUnavailable(self.name, fault.reason) from None
                await asyncio.sleep(pause_after(attempt, fault.after))
            else:
                self._breaker.succeeded()
                return answer
        raise AssertionError("the last attempt either answers or raises")

    async def _attempt(self, request: httpx.Request, limit: int) -> Answer:
        try:
            async with self._exchange(request) as response:
                body = await _read(response, limit)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise _Fault("unreachable", sent=False) from None
        except httpx.TimeoutException:
            raise _Fault("timeout", sent=True) from None
        except httpx.HTTPError:
            raise _Fault("broken-connection", sent=True) from None
        return self._judged(response, body)

    @contextlib.asynccontextmanager
    async def _exchange(self, request: httpx.Request) -> AsyncGenerator[httpx.Response]:
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    def _judged(self, response: httpx.Response, body: bytes) -> Answer:
        status = response.status_code
        if status in TRANSIENT_STATUSES or status >= 500:
            raise _Fault(f"status-{status}", sent=True, after=_retry_after(response))
        if status == 401:
            # Our token or its key: not what the request says, and not mended by asking again at once.
            raise RemoteUnavailable(self.name, "status-401")
        if status >= 400:
            # The far side works: a refusal is no reason to stop asking it.
            self._breaker.succeeded()
            raise RemoteRefusal(status, _code_of(body, self._refusal_code), self.name, body)
        if status >= 300:
            raise RemoteUnavailable(self.name, "redirect")
        media_type = response.headers.get("content-type", "").split(";")[0].strip()
        return Answer(status, media_type, body, dict(response.headers))

    def _json(self, answer: Answer) -> Any:
        if not answer.body:
            return None
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise RemoteUnavailable(self.name, "not-json") from None


class ServiceClient(Outside):
    """Another service of the platform, called with a service's token and in the name of a practice."""

    def __init__(
        self,
        base_url: str,
        tokens: Tokens,
        *,
        name: str | None = None,
        timeout: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(base_url, name=name, timeout=timeout, transport=transport)
        self._tokens = tokens

    async def get_json(
        self, path: str, *, practice_id: UUID | None = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        return self._json(await self.call("GET", path, practice_id=practice_id, params=params))

    async def post_json(
        self,
        path: str,
        body: Any,
        *,
        practice_id: UUID | None = None,
        key: str | UUID | None = None,
        once: bool = False,
        seconds: float | None = None,
    ) -> Any:
        request = {"key": key, "once": once, "seconds": seconds, **_json_body(body)}
        return self._json(await self.call("POST", path, practice_id=practice_id, **request))

    async def get_bytes(
        self,
        path: str,
        *,
        practice_id: UUID | None = None,
        params: Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> bytes:
        answer = await self.call("GET", path, practice_id=practice_id, params=params, limit=limit)
        return answer.body

    async def call(self, method: str, path: str, *, practice_id: UUID | None, **request: Any) -> Answer:
        """Any method; a token that the far side no longer takes is replaced once."""
        for last in (False, True):
            token = await self._tokens.token()
            headers = {"Authorization": f"Bearer {token}"}
            if practice_id is not None:
                headers[PRACTICE_HEADER] = str(practice_id)
            try:
                return await self.request(method, path, headers=headers, **request)
            except RemoteUnavailable as fault:
                if fault.reason != "status-401" or last:
                    raise
                self._tokens.discard(token)
        raise AssertionError("the second call either answers or raises")


async def _read(response: httpx.Response, limit: int) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        # Nothing compressed was asked for, and a few kilobytes could unpack to gigabytes.
        raise _Fault("encoded", sent=True, final=True)
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > limit:
            raise _Fault("too-large", sent=True, final=True)
        parts.append(part)
    return b"".join(parts)


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _problem_code(body: Any) -> object:
    return body["code"]


def _code_of(body: bytes, told: Callable[[Any], object]) -> str:
    """The stable code of a refusal; `unknown` when the far side does not say one in the way that is expected."""
    try:
        code = told(json.loads(body))
    except (ValueError, TypeError, KeyError, RecursionError):
        return "unknown"
    # It goes into logs and refusals: only what looks like a code may.
    return code if isinstance(code, str) and CODE.fullmatch(code) else "unknown"


def _patience(seconds: float | None) -> dict[str, Any]:
    return {"timeout": httpx.Timeout(seconds, connect=3.0, pool=3.0)} if seconds else {}


def _json_body(body: Any) -> dict[str, Any]:
    return {"body": to_json(body), "media_type": "application/json"}


def _is_loopback(host: str) -> bool:
    """A proxy of the environment is for the world outside, not for this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
