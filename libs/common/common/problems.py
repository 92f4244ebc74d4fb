"""Every "no" over HTTP in one form: RFC 9457 problems with a stable code, a sentence and a way to mend it.

Nothing that the client sent comes back in a problem, and nothing of a fault's own text: both may name a
person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.database import is_transient
from common.http import RemoteRefusal, RemoteUnavailable
from common.ids import new_id
from common.logging import get_logger
from common.refusal import Refusal

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://dermbill.org/problems/"
RETRY_SECONDS = 2
MOST_ERRORS = 50
LONGEST_WHERE = 120


class FieldFault(BaseModel):
    """One field of a request that cannot be right: where it is, and what it should be."""

    where: str
    what: str


class Problem(BaseModel):
    """The body of every answer of 400 and above (RFC 9457)."""

    type: str = Field(examples=[TYPE_BASE + "not-found"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["not-found"])
    mend: str = ""
    instance: str | None = None
    errors: list[FieldFault] = []


@dataclass(frozen=True, slots=True)
class Known:
    """What a status of the framework means here."""

    code: str
    detail: str
    mend: str = ""


# Statuses that the framework raises, and those that the gate below answers.
KNOWN: Mapping[int, Known] = {
    400: Known("bad-request", "The body could not be read.", "Send UTF-8 JSON."),
    401: Known("unauthenticated", "The request carries no valid token.", "Send a bearer token."),
    403: Known("forbidden", "The token does not allow this.", "Ask for the scope that the route names."),
    404: Known("not-found", "There is nothing at this address.", "Check the path and the ids in it."),
    405: Known("method-not-allowed", "This address has no such method.", "See the header Allow."),
    406: Known("not-acceptable", "The answer has no form that Accept allows.", "Accept application/json."),
    413: Known("body-too-large", "The body is larger than this route takes.", "Send it in smaller parts."),
    415: Known(
        "unsupported-media-type",
        "The body's media type is not one that this route reads.",
        "See Accept-Post.",
    ),
    422: Known("invalid-request", "The request does not say what this route needs.", "See errors."),
    428: Known("precondition-required", "The change names no version.", "Send If-Match with the ETag you read."),
    500: Known("internal", "The service failed.", "Report the instance; the log has it."),
    502: Known("remote-refusal", "Another service refused what this request needs.", "Report the instance."),
    503: Known("unavailable", "The service cannot reach what it needs.", "Repeat it after Retry-After seconds."),
}
# Text or numbers that no column can hold: NUL in text, a number or a text that is too large.
UNSTORABLE = frozenset({"22021", "22P05", "22001", "22003"})


def problem(status: int, code: str, detail: str, mend: str = "", **more: Any) -> Problem:
    """A problem whose title is read off its code, which is all that the type says as well."""
    title = code.replace("-", " ").capitalize()
    return Problem(type=TYPE_BASE + code, title=title, status=status, code=code, detail=detail, mend=mend, **more)


def known(status: int, **more: Any) -> Problem:
    """The problem of a status in `KNOWN`; for any other the status is its code."""
    meaning = KNOWN.get(status) or Known(f"http-{status}", HTTPStatus(status).phrase)
    return problem(status, meaning.code, meaning.detail, meaning.mend, **more)


def response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as an HTTP answer, of its own status and the media type of RFC 9457."""
    body = problem.model_dump_json(exclude_none=True).encode()
    return Response(body, problem.status, dict(headers or {}), MEDIA_TYPE)


def of_refusal(refusal: Refusal) -> Problem:
    """A refusal in the words of a problem: what, and how to mend it."""
    return problem(refusal.status, refusal.code, refusal.detail, refusal.remedy)


def install(app: FastAPI, *, limit: int | None = None, bodies: Mapping[str, BodyRule] | None = None) -> None:
    """Make every failure of `app` a problem, and bound what it reads. Add what measures after this call.

    `bodies` has the routes (templates) whose bodies are not JSON of at most `limit` bytes.
    """
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RemoteRefusal, _remote_refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(BodyGate, default=BodyRule(limit or BodyRule().limit), rules=bodies or {})
    app.add_middleware(Faults)


async def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Refusal)
    headers: Mapping[str, str] = getattr(fault, "headers", {})
    return response(of_refusal(fault), headers)


async def _remote_refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RemoteRefusal)
    instance = _logged("another service refused", fault, code=fault.code, status=fault.status)
    return response(known(502, instance=instance))


async def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    return response(known(422, errors=field_faults(fault.errors())))


async def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    return response(known(fault.status_code), fault.headers)


def field_faults(errors: Sequence[Mapping[str, Any]]) -> list[FieldFault]:
    """Pydantic's errors without the values: `what` is its sentence only where that cannot quote the input."""
    return [FieldFault(where=_where(each["loc"]), what=_what(each)) for each in errors[:MOST_ERRORS]]


def _where(location: Iterable[str | int]) -> str:
    # A name the client made up may be anything; only what could be a field's name is told.
    parts = (str(part) if re.fullmatch(r"[\w.\[\]-]{1,64}", str(part)) else "?" for part in location)
    return ".".join(parts)[:LONGEST_WHERE]


def _what(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind in {"value_error", "assertion_error"} or ("ctx" in error and "error" in error["ctx"]):
        return SPOKEN.get(kind, f"Not valid ({kind.replace('_', ' ')})")
    return str(error["msg"])


# Errors whose own sentence quotes a validator or the input.
SPOKEN: Mapping[str, str] = {
    "value_error": "Not a valid value",
    "assertion_error": "Not a valid value",
    "json_invalid": "Not valid JSON",
    "uuid_parsing": "Not a valid UUID",
    "date_from_datetime_parsing": "Not a valid date",
    "date_parsing": "Not a valid date",
    "datetime_parsing": "Not a valid date and time",
    "datetime_from_date_parsing": "Not a valid date and time",
    "time_parsing": "Not a valid time",
    "url_parsing": "Not a valid URL",
}


class Faults:
    """Answers what no handler knows: 503 when waiting may help, 500 with an instance that the log has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as fault:
            if started:
                raise
            await of_fault(fault)(scope, receive, send)


def of_fault(fault: Exception) -> Response:
    """The answer to an exception that is nobody's refusal."""
    if isinstance(fault, HTTPException):
        return response(known(fault.status_code), fault.headers)
    if isinstance(fault, RemoteUnavailable) or is_transient(fault):
        instance = _logged("unavailable", fault)
        return response(known(503, instance=instance), {"Retry-After": str(RETRY_SECONDS)})
    if isinstance(fault, DBAPIError) and str(getattr(fault.orig, "sqlstate", "")) in UNSTORABLE:
        detail = "A text or a number in the request cannot be stored."
        return response(problem(422, "unstorable-value", detail, "Leave out NUL characters; shorten it."))
    return response(known(500, instance=_logged("request failed", fault)))


def _logged(message: str, fault: Exception, **fields: Any) -> str:
    instance: UUID = new_id()
    log.error(message, exc=fault, instance=instance, **fields)
    return f"urn:uuid:{instance}"


@dataclass(frozen=True, slots=True)
class BodyRule:
    """What a route reads: at most `limit` bytes, of one of `media_types` (patterns)."""

    limit: int = 10 * 1024 * 1024
    media_types: tuple[str, ...] = ("application/json", "application/*+json")


class BodyGate:
    """Answers 413 and 415 before the app reads, and 413 as soon as a body of unknown length grows too long.

    `rules` maps route templates (`/transmissions/{id}/content`) to rules of their own.
    """

    def __init__(
        self, app: ASGIApp, *, default: BodyRule | None = None, rules: Mapping[str, BodyRule] | None = None
    ) -> None:
        self._app = app
        self._default = default or BodyRule()
        self._rules = [(_template(path), rule) for path, rule in (rules or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        rule = next((rule for path, rule in self._rules if path.fullmatch(scope["path"])), self._default)
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refused(rule, headers)
        if refused is not None:
            await refused(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, rule.limit), send)

    @staticmethod
    def _refused(rule: BodyRule, headers: Mapping[bytes, str]) -> Response | None:
        length = headers.get(b"content-length", "0")
        has_body = length != "0" or b"transfer-encoding" in headers
        if length.isdigit() and int(length[:20]) > rule.limit:
            return _too_large()
        if has_body and not _readable(headers.get(b"content-type", ""), rule.media_types):
            return response(known(415), {"Accept-Post": ", ".join(rule.media_types)})
        return None


def _too_large() -> Response:
    return response(known(413), {"Connection": "close"})


def _counted(receive: Receive, limit: int) -> Receive:
    read = 0

    async def counting() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            # FastAPI lets this kind through while it reads the body; every other kind becomes a 400.
            raise HTTPException(413)
        return message

    return counting


def _readable(content_type: str, media_types: Iterable[str]) -> bool:
    return any(fnmatchcase(content_type.split(";")[0].strip().lower(), known) for known in media_types)


def _template(path: str) -> re.Pattern[str]:
    return re.compile("".join(_segment(part) for part in re.split(r"(\{[^}]+\})", path)))


def _segment(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".*" if part.endswith(":path}") else "[^/]+"
