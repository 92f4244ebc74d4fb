"""The wire over HTTP: CAQH CORE connectivity. Batches in, results and acknowledgements out, questions in real time."""

from __future__ import annotations

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError
from starlette.concurrency import run_in_threadpool

from simulator import real_time
from simulator.calls import Caller
from simulator.desks import DESKS
from simulator.envelope import (
    BATCH,
    NO_RESULT,
    REAL_TIME,
    RECEIPT,
    REQUESTS,
    RESULTS,
    WHO,
    Envelope,
    Refused,
    answer,
    check,
    submitted,
)
from simulator.store import Posted
from simulator.submitters import Submitter
from simulator.wire import LARGEST_FILE, LARGEST_POSITION, Worldly, body_of, noted
from simulator.world import World

# JSON escapes marks, and base64 takes four characters for three.
LARGEST_ENVELOPE = 2 * LARGEST_FILE

# A file's payload id holds its place in the mailbox: a UUID of a form of one's own (RFC 9562, version 8).
_FIRST_ID = UUID("d0c0c0de-0000-8000-8000-000000000000").int

router = APIRouter(prefix="/core/v1", tags=["CAQH CORE"], dependencies=[Depends(noted)])


class Retrieval(Envelope):
    """What is asked for: everything after a cursor, or, with `PayloadType`, what is of that type."""

    After: Annotated[int, Field(ge=0, le=LARGEST_POSITION)] = 0
    Limit: Annotated[int, Field(ge=1, le=500)] = 100


async def enveloped(request: Request) -> Envelope:
    """The envelope in the body. Raises Refused."""
    try:
        found = Envelope.model_validate_json(await body_of(request, LARGEST_ENVELOPE))
    except ValidationError:
        raise Refused("PayloadIllegal", "The body is no envelope in JSON.") from None
    except HTTPException as error:
        raise Refused("PayloadIllegal", str(error.detail), error.status_code) from error
    request.state.envelope = found
    return found


def asked_of(request: Request, asked: Annotated[Retrieval, Query()]) -> Retrieval:
    """The metadata in the query of a request without a body."""
    request.state.envelope = asked
    return asked


Sent = Annotated[Envelope, Depends(enveloped)]
Asked = Annotated[Retrieval, Depends(asked_of)]


async def refusal(request: Request, refused: Exception) -> Response:
    """CORE's word for what is wrong, in an envelope."""
    assert isinstance(refused, Refused)
    asked: Envelope = getattr(request.state, "envelope", Envelope())
    told = answer(asked, NO_RESULT, ErrorCode=refused.code, ErrorMessage=refused.message)
    return JSONResponse(told, refused.status)


def _own(known: str | None, claimed: str) -> None:
    if known is not None and known != claimed:
        raise Refused("UnAuthorized", "Another submitter's files.", 403)


@router.post("/batches", status_code=202)
async def submit_batch(envelope: Sent, request: Request, world: Worldly, known: Submitter) -> Response:
    """Take a batch in, once for its payload id: the same again is received again and has no other effect."""
    _own(known, envelope.SenderID)

    def take() -> Response:
        _take_once(world, envelope, submitted(envelope, BATCH))
        return JSONResponse(answer(envelope, RECEIPT), 202)

    return await Caller(world, request, "submit", envelope.SenderID).answer(take)


def _take_once(world: World, envelope: Envelope, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    with world.store.transaction():
        before = world.store.payload(envelope.SenderID, envelope.PayloadID)
        if before is None:
            world.take(content)
            world.store.add_payload(envelope.SenderID, envelope.PayloadID, digest)
        elif before != digest:
            raise Refused("PayloadIDIllegal", "Another payload came under this id.", 409)


@router.get("/batches/{payload_id}")
async def batch(payload_id: str, asked: Asked, request: Request, world: Worldly, known: Submitter) -> Response:
    """Whether a batch came in under a payload id; 404 when not."""
    asked.PayloadID = payload_id
    _own(known, asked.SenderID)

    def look() -> Response:
        check(asked, BATCH, WHO, REQUESTS)
        with world.store.transaction():
            found = world.store.payload(asked.SenderID, payload_id)
        if found is None:
            raise Refused("PayloadIDIllegal", "Never seen.", 404)
        return JSONResponse(answer(asked, RECEIPT))

    return await Caller(world, request, "receipt", asked.SenderID).answer(look)


@router.get("/results")
async def results(asked: Asked, request: Request, world: Worldly, known: Submitter) -> Response:
    """Results and acknowledgements for the one who asks, of one payload type or of all, after the cursor, oldest first.

    `Next` is the cursor for the following call, also when nothing new is there. Nothing is ever deleted.
    """
    _own(known, asked.SenderID)

    def look() -> Response:
        check(asked, BATCH, WHO, RESULTS.values())
        with world.store.transaction():
            found = world.store.mailbox(asked.SenderID, asked.After, asked.Limit)
        listed = [
            {"PayloadID": payload_id_of(one), "PayloadType": RESULTS.get(one.kind, one.kind), "Size": one.size}
            for one in found
            if asked.PayloadType in ("", RESULTS.get(one.kind))
        ]
        following = str(found[-1].position if found else asked.After)
        return JSONResponse(answer(asked, asked.PayloadType, Payloads=listed, Next=following))

    return await Caller(world, request, "listing", asked.SenderID).answer(look)


@router.get("/results/{payload_id}")
async def result(payload_id: str, asked: Asked, request: Request, world: Worldly, known: Submitter) -> Response:
    """One file by its payload id, in an envelope."""
    _own(known, asked.SenderID)

    def find() -> Posted:
        with world.store.transaction():
            found = _posted(world, asked.SenderID, payload_id)
        if found is None:
            raise Refused("PayloadIDIllegal", "No payload waits under this id.", 404)
        return found

    posted = await run_in_threadpool(find)
    asked.PayloadID = payload_id

    def read() -> Response:
        check(asked, BATCH, WHO, [RESULTS.get(posted.kind, posted.kind)])
        with world.store.transaction():
            content = world.store.file_at(posted.position)
        return JSONResponse(answer(asked, RESULTS.get(posted.kind, posted.kind), content))

    return await Caller(world, request, "read", asked.SenderID, posted.kind).answer(read)


def payload_id_of(posted: Posted) -> str:
    """The id under which a file of a mailbox is picked up."""
    return str(UUID(int=_FIRST_ID | posted.position))


def _posted(world: World, receiver: str, payload_id: str) -> Posted | None:
    try:
        position = UUID(payload_id).int ^ _FIRST_ID
    except ValueError:
        return None
    if not 0 < position < 2**48:
        return None
    found = world.store.mailbox(receiver, position - 1, 1)
    return found[0] if found and found[0].position == position else None


@router.post("/realtime")
async def in_real_time(envelope: Sent, request: Request, world: Worldly, known: Submitter) -> Response:
    """One question, answered at once: a 270, 276 or 278, or a TA1 or 999 that says why not."""
    _own(known, envelope.SenderID)
    kind = REQUESTS.get(envelope.PayloadType, "")

    def work() -> Response:
        content = submitted(envelope, REAL_TIME)
        if kind not in DESKS:
            raise Refused("NotSupported", "There is no real time for this payload type.")
        answered, told = real_time.answer(world, kind, content)
        return JSONResponse(answer(envelope, RESULTS[answered], told))

    return await Caller(world, request, "real_time", envelope.SenderID, kind).answer(work)
