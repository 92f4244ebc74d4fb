"""CAQH CORE connectivity (vC4.0.0, REST) with its envelope metadata as JSON: batches in, results out, real time.

The rule is a floor: it fixes the metadata, HTTP methods and errors, and leaves the paths to the server. Every request
and answer is one envelope; a payload is X12 as text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

import x12
from simulator import real_time
from simulator.calls import Caller
from simulator.desks import DESKS
from simulator.store import Posted
from simulator.submitters import Submitter, own
from simulator.wire import LARGEST_FILE, Worldly, noted
from simulator.world import World

RULE_VERSION = "4.0.0"
RECEIPT, NO_RESULT = "X12_BatchReceiptConfirmation", "CoreEnvelopeError"

# What an interchange holds, by ST01 and GS08, as CORE names it.
REQUESTS: Mapping[str, str] = {
    "X12_270_Request_005010X279A1": "270",
    "X12_276_Request_005010X212": "276",
    "X12_278_Request_005010X217E1_2": "278",
    "X12_837_Request_005010X222A1": "837",
    "X12_999_SubmissionRequest_005010X231A1": "999",
}
RESULTS: Mapping[str, str] = {
    "TA1": "X12_TA1_Response_00501X231A1",
    "999": "X12_999_Response_005010X231A1",
    "271": "X12_271_Response_005010X279A1",
    "277": "X12_277_Response_005010X212",
    "277CA": "X12_277CA_Response_005010X214",
    "278": "X12_278_Response_005010X217E1_2",
    "835": "X12_835_Response_005010X221A1",
}

SenderId = Annotated[str, Query(alias="SenderID", min_length=1, max_length=15)]
ReceiverId = Annotated[str, Query(alias="ReceiverID", min_length=1, max_length=15)]

router = APIRouter(prefix="/core/v1", tags=["CAQH CORE"], dependencies=[Depends(noted)])


class Envelope(BaseModel):
    """The metadata of CORE. All but the checksum (SHA-1 of the payload, hexadecimal) has to be there."""

    model_config = ConfigDict(extra="ignore")

    PayloadType: str = ""
    ProcessingMode: str = ""
    PayloadID: str = ""
    TimeStamp: str = ""
    SenderID: str = ""
    ReceiverID: str = ""
    CORERuleVersion: str = ""
    CheckSum: str = ""
    Payload: str = Field(default="", repr=False, max_length=LARGEST_FILE)


class Refused(Exception):
    """What is wrong with an envelope, in CORE's word for it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status
        super().__init__(code)


REQUIRED = ("PayloadType", "ProcessingMode", "PayloadID", "TimeStamp", "SenderID", "ReceiverID", "CORERuleVersion")


def _check(envelope: Envelope, mode: str) -> None:
    """Raises Refused with CORE's error code."""
    for name in REQUIRED:
        if not getattr(envelope, name):
            raise Refused(f"{name}Required", f"The field {name} is missing.")
    if envelope.CORERuleVersion != RULE_VERSION:
        raise Refused("VersionMismatch", f"This server speaks {RULE_VERSION}.")
    if envelope.ProcessingMode != mode:
        raise Refused("ProcessingModeIllegal", f"{mode} is done here.")
    if envelope.PayloadType not in REQUESTS:
        raise Refused("PayloadTypeIllegal", f"One of {', '.join(REQUESTS)}.")
    if not _is(UUID, envelope.PayloadID):
        raise Refused("PayloadIDIllegal", "A payload id is a UUID.")
    if not _is(datetime.fromisoformat, envelope.TimeStamp.replace("Z", "+00:00")):
        raise Refused("TimeStampIllegal", "A time stamp is a date and time in UTC, YYYY-MM-DDTHH:MM:SSZ.")
    if not envelope.Payload:
        raise Refused("PayloadRequired", "There is no payload.")
    checksum = hashlib.sha1(envelope.Payload.encode(), usedforsecurity=False).hexdigest()
    if envelope.CheckSum and envelope.CheckSum.lower() != checksum:
        raise Refused("CheckSumMismatched", "The payload is not the one that was summed.")
    _check_payload(envelope)


def _check_payload(envelope: Envelope) -> None:
    try:
        found = x12.sniff(envelope.Payload.encode()).interchange
    except x12.X12Error:
        raise Refused("PayloadIllegal", "The payload is no X12.") from None
    if found.sender != envelope.SenderID:
        raise Refused("SenderIDIllegal", "The sender is not the one of the interchange.")
    if found.receiver != envelope.ReceiverID:
        raise Refused("ReceiverIDIllegal", "The receiver is not the one of the interchange.")


def _is(read: Any, text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _answer(
    asked: Envelope, payload_type: str, payload: str = "", *, payload_id: str = "", error: tuple[str, str] | None = None
) -> dict[str, Any]:
    code, message = error or ("Success", "None")
    return {
        "PayloadType": payload_type,
        "ProcessingMode": asked.ProcessingMode,
        "PayloadID": payload_id or asked.PayloadID,
        "TimeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SenderID": asked.ReceiverID,
        "ReceiverID": asked.SenderID,
        "CORERuleVersion": RULE_VERSION,
        "ErrorCode": code,
        "ErrorMessage": message,
        "Payload": payload,
    }


def _refusal(asked: Envelope, refused: Refused) -> Response:
    return JSONResponse(_answer(asked, NO_RESULT, error=(refused.code, refused.message)), refused.status)


@router.post("/batches", status_code=202)
async def submit_batch(envelope: Envelope, request: Request, world: Worldly, known: Submitter) -> Response:
    """Take a batch in, once for its payload id: the same again is received again and has no other effect."""
    own(known, envelope.SenderID or (known or ""))

    def take() -> Response:
        try:
            _check(envelope, "Batch")
            _take_once(world, envelope)
        except Refused as refused:
            return _refusal(envelope, refused)
        return JSONResponse(_answer(envelope, RECEIPT), 202)

    return await Caller(world, request, "submit", envelope.SenderID).answer(take)


def _take_once(world: World, envelope: Envelope) -> None:
    content = envelope.Payload.encode()
    digest = hashlib.sha256(content).hexdigest()
    with world.store.transaction():
        before = world.store.payload(envelope.SenderID, envelope.PayloadID)
        if before is None:
            world.take(content)
            world.store.add_payload(envelope.SenderID, envelope.PayloadID, digest)
        elif before != digest:
            raise Refused("PayloadIDIllegal", "Another payload came under this id.", 409)


@router.get("/batches/{payload_id}")
async def batch(payload_id: str, sender: SenderId, request: Request, world: Worldly, known: Submitter) -> Response:
    """Whether a batch came in under a payload id; 404 when not."""
    own(known, sender)

    def look() -> Response:
        with world.store.transaction():
            found = world.store.payload(sender, payload_id)
        if found is None:
            raise HTTPException(404, "Never seen.")
        asked = Envelope(ProcessingMode="Batch", PayloadID=payload_id, SenderID=sender)
        return JSONResponse(_answer(asked, RECEIPT))

    return await Caller(world, request, "receipt", sender).answer(look)


@router.get("/results")
async def results(
    request: Request,
    world: Worldly,
    known: Submitter,
    receiver: ReceiverId,
    payload_type: Annotated[str, Query(alias="PayloadType")] = "",
    after: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """What waits for a receiver, of one payload type or of all; `next` goes on from there."""
    own(known, receiver)

    def look() -> Response:
        with world.store.transaction():
            found = world.store.mailbox(receiver, after, 500)
        listed = [
            {"PayloadID": _payload_id(one), "PayloadType": RESULTS.get(one.kind, one.kind), "Size": one.size}
            for one in found
            if payload_type in ("", RESULTS.get(one.kind))
        ]
        return JSONResponse({"Payloads": listed, "next": found[-1].position if found else after})

    return await Caller(world, request, "listing", receiver).answer(look)


@router.get("/results/{payload_id}")
async def result(payload_id: str, receiver: ReceiverId, request: Request, world: Worldly, known: Submitter) -> Response:
    """One file by its payload id, in an envelope."""
    own(known, receiver)

    def look() -> Response:
        asked = Envelope(ProcessingMode="Batch", PayloadID=payload_id, SenderID=receiver)
        with world.store.transaction():
            for one in world.store.mailbox(receiver, 0, 1_000_000):
                if _payload_id(one) == payload_id:
                    text = world.store.file_at(one.position).decode("utf-8", "replace")
                    return JSONResponse(_answer(asked, RESULTS.get(one.kind, one.kind), text))
        return _refusal(asked, Refused("PayloadIDIllegal", "No payload waits under this id.", 404))

    return await Caller(world, request, "read", receiver).answer(look)


def _payload_id(posted: Posted) -> str:
    return str(uuid5(NAMESPACE_URL, f"simulator:{posted.receiver}:{posted.position}"))


@router.post("/realtime")
async def in_real_time(envelope: Envelope, request: Request, world: Worldly, known: Submitter) -> Response:
    """One question, answered at once: a 270, 276 or 278, or a TA1 or 999 that says why not."""
    own(known, envelope.SenderID or (known or ""))
    kind = REQUESTS.get(envelope.PayloadType, "")

    def work() -> Response:
        try:
            _check(envelope, "RealTime")
            if kind not in DESKS:
                raise Refused("NotSupported", "There is no real time for this payload type.")
            answered, content = real_time.answer(world, kind, envelope.Payload.encode())
        except Refused as refused:
            return _refusal(envelope, refused)
        return JSONResponse(_answer(envelope, RESULTS[answered], content.decode()))

    return await Caller(world, request, "real_time", envelope.SenderID, kind).answer(work)
