"""HTTP in: the archive, the files that came in, and the quarantine."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import Select, select

from common.pagination import Cursor, Limit, Page, keyset
from common.refusal import Invalid
from common.web import Creates, Reads, needs
from edi.domain.inbound import FileStatus
from edi.domain.refusals import NothingToRead
from edi.models.files import MEDIA_TYPE, FileOut, FileTaken, InterchangeOut
from edi.operations import receiving
from edi.store import files as store
from edi.tables import files, interchanges

router = APIRouter(tags=["interchanges"])

READ, WRITE = "edi:read", "edi:write"
SLICE = 256 * 1024

Control = Annotated[str | None, Query(pattern=r"^[0-9]{1,9}$")]
Kind = Annotated[str | None, Query(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z]+$")]
RAW_BODY: dict[str, Any] = {
    "requestBody": {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
RAW_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/interchanges", dependencies=[needs(READ)])
async def list_interchanges(
    reads: Reads,
    direction: Literal["in", "out"] | None = None,
    kind: Kind = None,
    partner_id: UUID | None = None,
    file_id: UUID | None = None,
    control: Control = None,
    reason: Literal["same-interchange", "control-numbers-repeated", "unknown-kind"] | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[InterchangeOut]:
    """The archive, oldest first; `reason=unknown-kind` for those that hold a kind which no service is told of."""
    statement = select(interchanges)
    for column, value in (
        (interchanges.c.direction, direction),
        (interchanges.c.kind, kind),
        (interchanges.c.partner_id, partner_id),
        (interchanges.c.file_id, file_id),
        (interchanges.c.control, control.zfill(9) if control else None),
        (interchanges.c.reason, reason),
    ):
        if value is not None:
            statement = statement.where(column == value)
    async with reads.begin() as tx:
        rows = await tx.rows(keyset(statement, interchanges.c.id, cursor, limit))
    return Page.of(rows, limit, InterchangeOut.of)


@router.get("/interchanges/{interchange_id}", dependencies=[needs(READ)])
async def get_interchange(interchange_id: UUID, reads: Reads) -> InterchangeOut:
    async with reads.begin() as tx:
        return InterchangeOut.of(await store.load_interchange(tx, interchange_id))


@router.get(
    "/interchanges/{interchange_id}/content",
    dependencies=[needs(READ)],
    response_class=StreamingResponse,
    responses=RAW_ANSWER,
)
async def interchange_content(interchange_id: UUID, reads: Reads) -> StreamingResponse:
    """The interchange, byte for byte. Every read is in the audit trail."""
    async with reads.begin() as tx:
        row = await store.load_interchange(tx, interchange_id)
        content = await store.slice_of(tx, row["archive_id"], row["start"], row["size"])
        tx.audit("read", "interchange", interchange_id, bytes=row["size"])
    return _streamed(content)


@router.get("/files", dependencies=[needs(READ)])
async def list_files(
    reads: Reads,
    status: FileStatus | None = None,
    partner_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[FileOut]:
    """Every file that came in, oldest first."""
    statement = select(files)
    if status is not None:
        statement = statement.where(files.c.status == status.value)
    if partner_id is not None:
        statement = statement.where(files.c.partner_id == partner_id)
    return await _files(reads, statement, cursor, limit)


@router.get("/files/{file_id}", dependencies=[needs(READ)])
async def get_file(file_id: UUID, reads: Reads) -> FileOut:
    async with reads.begin() as tx:
        return FileOut.of(store.named(tx, await store.load_file(tx, file_id)))


@router.get(
    "/files/{file_id}/content",
    dependencies=[needs(READ)],
    response_class=StreamingResponse,
    responses=RAW_ANSWER,
)
async def file_content(file_id: UUID, reads: Reads) -> StreamingResponse:
    """The file as it came, whatever it is. Every read is in the audit trail."""
    async with reads.begin() as tx:
        row = await store.load_file(tx, file_id)
        if row["archive_id"] is None:
            raise NothingToRead(file_id=file_id)
        content = await store.slice_of(tx, row["archive_id"], 0, row["size"])
        tx.audit("read", "file", file_id, bytes=row["size"])
    return _streamed(content)


@router.get("/quarantine", dependencies=[needs(READ)])
async def quarantine(reads: Reads, cursor: Cursor | None = None, limit: Limit = 50) -> Page[FileOut]:
    """Files that wait for a person, with what is wrong with them."""
    waiting = select(files).where(files.c.status == FileStatus.QUARANTINED.value)
    return await _files(reads, waiting, cursor, limit)


@router.post("/quarantine/{file_id}/release", dependencies=[needs(WRITE)], openapi_extra=RAW_BODY)
async def release(file_id: UUID, request: Request, uow: Creates) -> FileTaken:
    """Process the file after all: as it is, or with the corrected content in the body."""
    corrected = await request.body()
    await receiving.release(uow.answering(FileTaken.of, 200), file_id, corrected or None)
    return FileTaken(file_id=file_id)


@router.post(
    "/partners/{partner_id}/inbound",
    status_code=201,
    dependencies=[needs(WRITE)],
    openapi_extra=RAW_BODY,
)
async def upload(partner_id: UUID, request: Request, uow: Creates) -> FileTaken:
    """Hand in a file of the partner by hand. It goes the way of polled files: archive, guard, quarantine."""
    content = await request.body()
    if not content:
        raise Invalid(what="The request has no body.", how="Send the file as the body, application/edi-x12.")
    return FileTaken(file_id=await receiving.upload(uow.answering(FileTaken.of), partner_id, content))


async def _files(reads: Reads, statement: Select[Any], cursor: Cursor | None, limit: int) -> Page[FileOut]:
    async with reads.begin() as tx:
        rows = [store.named(tx, row) for row in await tx.rows(keyset(statement, files.c.id, cursor, limit))]
    return Page.of(rows, limit, FileOut.of)


def _streamed(content: bytes) -> StreamingResponse:
    async def slices() -> AsyncGenerator[bytes, None]:
        # No transaction is open by now: a slow reader must not hold one.
        for at in range(0, len(content), SLICE):
            yield content[at : at + SLICE]

    return StreamingResponse(slices(), media_type=MEDIA_TYPE, headers={"Content-Length": str(len(content))})
