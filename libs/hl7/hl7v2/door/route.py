"""HL7 v2 over HTTP: one message is posted, one application acknowledgement is answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from common.problems import BodyRule
from common.service import Runtime
from common.uow import Actor, UnitOfWork
from common.web import Caller, Practice, needs
from hl7v2.acknowledgement import acknowledged
from hl7v2.door.intake import Handled, Intake
from hl7v2.door.listener import own_id
from hl7v2.errors import Outcome
from hl7v2.model.header import Header
from hl7v2.tree import LARGEST

PATH = "/hl7v2"
MEDIA_TYPE = "application/hl7-v2"
MEDIA_TYPES = (MEDIA_TYPE, "x-application/hl7-v2+er7", "application/hl7-v2+er7")
BODY = BodyRule(limit=LARGEST, media_types=MEDIA_TYPES)
EXAMPLE = (
    "MSH|^~\\&|EHR|CLINIC|DERMBILL||20260304101500||ADT^A04^ADT_A01|M-1001|P|2.5.1\r"
    "PID|1||MRN-1001^^^CLINIC^MR||Quill^Maren||19580402|F|||12 Sample Row^^Springfield^IL^62701\r"
)
_TEXT: dict[str, Any] = {"schema": {"type": "string"}, "example": EXAMPLE}
_OPENAPI: dict[str, Any] = {"requestBody": {"required": True, "content": {MEDIA_TYPE: _TEXT}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Accepted: an ACK with AA", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
    422: {"description": "Not taken: an ACK with AE or AR", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
    503: {"description": "To be sent again: an ACK with AE", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
}


def router(intake: Intake) -> APIRouter:
    """`POST /hl7v2`. The practice is the token's, and nothing in the message changes that."""
    routes = APIRouter(tags=["hl7v2"])

    @routes.post(
        PATH,
        dependencies=[needs(intake.scope)],
        openapi_extra=_OPENAPI,
        responses=_ANSWERS,
        response_class=Response,
    )
    async def hl7v2(request: Request, caller: Caller, practice_id: Practice) -> Response:
        """Take one HL7 v2 message in ER7; MSH-10 is its idempotency key. The answer is always an ACK."""
        runtime: Runtime = request.app.state.runtime
        actor = Actor(caller.subject, caller.kind, caller.address)

        def admit(header: Header) -> UnitOfWork:
            return UnitOfWork(runtime.workplace, practice_id, actor)

        training = runtime.settings.dermbill_mode == "test"
        return _answered(runtime, await intake.handle(await request.body(), admit, training=training))

    return routes


def _answered(runtime: Runtime, handled: Handled) -> Response:
    """A client that looks at the status alone must not take a refusal for success."""
    status = HTTPStatus.OK
    if handled.answer.outcome is not Outcome.ACCEPTED:
        status = HTTPStatus.SERVICE_UNAVAILABLE if handled.again else HTTPStatus.UNPROCESSABLE_ENTITY
    body = acknowledged(
        handled.header, handled.answer, id=own_id(), now=runtime.workplace.now(), control_id=handled.control_id
    )
    headers = {"Retry-After": "5"} if handled.again else {}
    return Response(body, status, headers, MEDIA_TYPE)
