"""A question through edi, whatever wire the payer is on: the bytes of the answer, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

import x12
from authorizations.domain.authorization import Authorization
from authorizations.domain.request import Route, Wire
from authorizations.domain.said import Said
from authorizations.domain.wish import Course
from authorizations.operations import pas_answer, pas_request, question
from common.http import RemoteRefusal, RemoteUnavailable
from common.uow import UnitOfWork

# CAQH CORE: an answer within twenty seconds. Edi gives up after nineteen and says so.
SECONDS = 21.0
REPLACED = "\ufffd"
# What edi says that the same request will always hear.
FINAL_REFUSALS = frozenset({"no-route", "question-invalid", "partner-wire", "cannot-be-written", "unknown-kind"})
# How codes begin by which a payer's FHIR server refuses a question.
_REFUSED = ("fhir-", "aaa-", "http-")
REQUEST, INQUIRY = "PAS", "PASINQUIRY"

_REQUEST = TypeAdapter(x12.AuthorizationRequest)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking: the content of the answer, or why there is none. `final`: no use in asking again, and with
    `refused` because the payer would not take the question.
    """

    content: bytes = b""
    code: str = ""
    final: bool = False
    refused: bool = False
    exchange_id: UUID | None = None


def asking_of(
    asked: x12.AuthorizationRequest, route: Route, earlier: x12.AuthorizationRequest | None, course: Course | None
) -> dict[str, Any]:
    """How a request is put to edi. `earlier` is the request that it may change; over X12 its number is enough."""
    if route.wire is Wire.X12:
        return {"kind": "278", "question": _REQUEST.dump_python(asked, mode="json")}
    body = pas_request.bundle_of(asked, earlier=earlier, course=course)
    return {"kind": REQUEST, "partner_id": str(route.partner_id), "body": body}


def inquiry_of(asked: x12.AuthorizationRequest, route: Route) -> dict[str, Any]:
    """How edi is asked to inquire about what a payer pended over FHIR."""
    return {"kind": INQUIRY, "partner_id": str(route.partner_id), "body": pas_request.inquiry_of(asked)}


def _of_x12(content: bytes, asked: x12.AuthorizationRequest) -> Said:
    return question.heard(question.answer_to(asked.trace, question.answers_in(content)))


def _of_pas(content: bytes, asked: x12.AuthorizationRequest) -> Said:
    return pas_answer.said_in(content, asked.trace, pas_request.services_of(asked))


_READERS: Mapping[Wire, Callable[[bytes, x12.AuthorizationRequest], Said]] = {Wire.X12: _of_x12, Wire.PAS: _of_pas}


def said_of(content: bytes, asked: x12.AuthorizationRequest, wire: Wire) -> Said:
    """What the payer said of what was asked. Raises CannotHear."""
    return _READERS[wire](content, asked)


async def put(uow: UnitOfWork, one: Authorization, body: Mapping[str, Any], key: str) -> Answered:
    """One question through edi. What edi answered before under this key comes without its content."""
    request = {"reference": str(one.id), "payer_id": one.payer_id, **body}
    edi = uow.clients["edi"]
    try:
        told: Any = await edi.post_json(
            "/realtime", request, practice_id=uow.practice_id, key=key, once=True, seconds=SECONDS
        )
        exchange_id = UUID(told["exchange_id"])
        if told["outcome"] != "answered":
            code = told.get("code") or told["outcome"]
            return Answered(code=code, final=True, refused=code.startswith(_REFUSED), exchange_id=exchange_id)
        # Text of another encoding came with replaced characters; the archive has it as it was.
        if told.get("content") and REPLACED not in told["content"]:
            return Answered(told["content"].encode(), exchange_id=exchange_id)
        path = f"/interchanges/{told['response_id']}/content"
        return Answered(await edi.get_bytes(path, practice_id=uow.practice_id), exchange_id=exchange_id)
    except RemoteRefusal as refusal:
        return Answered(code=refusal.code, final=refusal.code in FINAL_REFUSALS)
    except RemoteUnavailable as fault:
        return Answered(code=fault.reason)
