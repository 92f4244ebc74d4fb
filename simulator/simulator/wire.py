"""The wire: what a submitter's EDI service talks to."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from starlette.concurrency import run_in_threadpool

import x12
from simulator.mailboxes import take_fault
from simulator.settings import Settings
from simulator.world import World

EDI_TYPE = "application/edi-x12"
LARGEST_FILE = 50 * 1024 * 1024
# SQLite counts no further.
LARGEST_POSITION = 2**63 - 1

router = APIRouter(tags=["wire"])
_basic = HTTPBasic(auto_error=False)


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


Worldly = Annotated[World, Depends(world_of)]


def submitter(request: Request, credentials: Annotated[HTTPBasicCredentials | None, Depends(_basic)]) -> str | None:
    """The sender id that the basic token vouches for; None when the wire asks for no token."""
    settings: Settings = request.app.state.settings
    if not settings.submitters:
        return None
    if credentials is not None:
        token = settings.submitters.get(credentials.username, "")
        if token and secrets.compare_digest(token.encode(), credentials.password.encode()):
            return credentials.username
    raise HTTPException(401, "Send your sender id and token.", {"WWW-Authenticate": "Basic"})


Submitter = Annotated[str | None, Depends(submitter)]


def _own(known: str | None, claimed: str) -> None:
    if known is not None and known != claimed:
        raise HTTPException(403, "Another submitter's files.")


@router.post("/interchanges", status_code=202)
async def submit(request: Request, world: Worldly, known: Submitter) -> dict[str, Any]:
    """Take in an interchange (body, `application/edi-x12`). What is said about it comes to the mailbox.

    400 when the body is no X12, 413 above 50 MiB, 503 when a test asked for it.
    """
    content = await _body(request)
    return await run_in_threadpool(_take, world, known, content)


async def _body(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_FILE:
            raise HTTPException(413, "A file holds at most 50 MiB.")
        parts.append(part)
    return b"".join(parts)


def _take(world: World, known: str | None, content: bytes) -> dict[str, Any]:
    try:
        sender = x12.sniff(content).interchange.sender
    except x12.X12Error as error:
        raise HTTPException(400, str(error)) from error
    _own(known, sender)
    with world.store.transaction():
        fault = take_fault(world.store, "", sender, {"unavailable", "answer_lost"})
    if fault is not None and fault.fault == "unavailable":
        raise HTTPException(503, "The clearinghouse is not available.")
    world.receive(content)
    if fault is not None:
        raise HTTPException(503, "The clearinghouse lost the answer.")
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


@router.get("/interchanges/{sender_id}/{interchange_control}")
def received(sender_id: str, interchange_control: str, world: Worldly, known: Submitter) -> dict[str, Any]:
    """Whether an interchange of this sender and number ever came in; 404 when not."""
    _own(known, sender_id)
    with world.store.transaction():
        found = world.store.archived(sender_id, interchange_control)
    if found is None:
        raise HTTPException(404, "Never seen.")
    return {
        "sender_id": found.sender,
        "interchange_control": found.control,
        "sha256": found.sha256,
        "size": found.size,
        "received_at": found.received_at,
    }


@router.get("/mailbox")
def list_files(
    world: Worldly,
    known: Submitter,
    receiver: Annotated[str, Query(min_length=1, max_length=15)],
    after: Annotated[int, Query(ge=0, le=LARGEST_POSITION)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Files for `receiver` (its sender id) that came after the cursor `after`, oldest first.

    `next` is the cursor for the following call, also when nothing new is there. Nothing is ever deleted.
    """
    _own(known, receiver)
    with world.store.transaction():
        found = world.store.mailbox(receiver, after, limit)
    files = [{"name": one.name, "sha256": one.sha256, "size": one.size} for one in found]
    return {"files": files, "next": str(found[-1].position if found else after)}


@router.get("/mailbox/{name}", response_class=Response)
def read_file(name: str, world: Worldly, known: Submitter) -> Response:
    """The bytes of one file."""
    with world.store.transaction():
        found = world.store.file(name)
    if found is None:
        raise HTTPException(404, "No such file.")
    receiver, content = found
    _own(known, receiver)
    return Response(content, media_type=EDI_TYPE)
