"""The wire over HTTP: what a submitter's EDI service talks to."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

import x12
from simulator.calls import Caller
from simulator.submitters import Submitter, own
from simulator.world import World

EDI_TYPE = "application/edi-x12"
LARGEST_FILE = 50 * 1024 * 1024
# SQLite counts no further.
LARGEST_POSITION = 2**63 - 1


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


def noted(request: Request) -> None:
    """Remember what was asked, for a test to look at."""
    query = f"?{request.url.query}" if request.url.query else ""
    world_of(request).asked.append(f"{request.method} {request.url.path}{query}")


router = APIRouter(tags=["wire"], dependencies=[Depends(noted)])
Worldly = Annotated[World, Depends(world_of)]


@router.post("/interchanges", status_code=202)
async def submit(request: Request, world: Worldly, known: Submitter) -> Response:
    """Take in an interchange (body, `application/edi-x12`). What is said about it comes to the mailbox.

    400 when the body is no X12, 413 above 50 MiB.
    """
    content = await body_of(request)
    sender = await run_in_threadpool(sender_of, content)
    own(known, sender)

    def take() -> Response:
        world.receive(content)
        return JSONResponse({"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}, 202)

    return await Caller(world, request, "submit", sender).answer(take)


async def body_of(request: Request) -> bytes:
    """The body of a request. Raises 413 above 50 MiB."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_FILE:
            raise HTTPException(413, "A file holds at most 50 MiB.")
        parts.append(part)
    return b"".join(parts)


def sender_of(content: bytes) -> str:
    """ISA06. Raises 400 when it is no X12."""
    try:
        return x12.sniff(content).interchange.sender
    except x12.X12Error as error:
        raise HTTPException(400, str(error)) from error


@router.get("/interchanges/{sender_id}/{interchange_control}")
async def received(
    sender_id: str, interchange_control: str, request: Request, world: Worldly, known: Submitter
) -> Response:
    """Whether an interchange of this sender and number ever came in; 404 when not."""
    own(known, sender_id)

    def look() -> Response:
        with world.store.transaction():
            found = world.store.archived(sender_id, interchange_control)
        if found is None:
            raise HTTPException(404, "Never seen.")
        told: dict[str, Any] = {
            "sender_id": found.sender,
            "interchange_control": found.control,
            "sha256": found.sha256,
            "size": found.size,
            "received_at": found.received_at,
        }
        return JSONResponse(told)

    return await Caller(world, request, "receipt", sender_id).answer(look)


@router.get("/mailbox")
async def list_files(
    request: Request,
    world: Worldly,
    known: Submitter,
    receiver: Annotated[str, Query(min_length=1, max_length=15)],
    after: Annotated[int, Query(ge=0, le=LARGEST_POSITION)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Files for `receiver` (its sender id) that came after the cursor `after`, oldest first.

    `next` is the cursor for the following call, also when nothing new is there. Nothing is ever deleted.
    """
    own(known, receiver)

    def look() -> Response:
        with world.store.transaction():
            found = world.store.mailbox(receiver, after, limit)
        files = [{"name": one.name, "sha256": one.sha256, "size": one.size} for one in found]
        return JSONResponse({"files": files, "next": str(found[-1].position if found else after)})

    return await Caller(world, request, "listing", receiver).answer(look)


@router.get("/mailbox/{name}", response_class=Response)
async def read_file(name: str, request: Request, world: Worldly, known: Submitter) -> Response:
    """The bytes of one file."""

    def look() -> tuple[str, str, bytes]:
        with world.store.transaction():
            found = world.store.file(name)
        if found is None:
            raise HTTPException(404, "No such file.")
        return found

    receiver, kind, content = await run_in_threadpool(look)
    own(known, receiver)
    caller = Caller(world, request, "read", receiver, kind)
    return await caller.answer(lambda: Response(content, media_type=EDI_TYPE))
