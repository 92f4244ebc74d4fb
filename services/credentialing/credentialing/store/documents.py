"""The files of a holder's papers, sealed, each kept once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.refusal import NotFound
from common.uow import Transaction
from credentialing.domain.holders import Holder
from credentialing.domain.refusals import Unregistered
from credentialing.sealing import open_document, seal_document
from credentialing.store import history
from credentialing.store.holders import column_of, is_of, owned_by
from credentialing.tables import documents


@dataclass(frozen=True, slots=True)
class Document:
    """A file, without its content."""

    id: UUID
    media_type: str
    size: int
    sha256: str
    received_at: datetime


async def add_document(tx: Transaction, holder: Holder, document: Document, content: bytes) -> Document:
    """The same file of the same holder is kept once: the one that is there is given."""
    values = {name: getattr(document, name) for name in Document.__slots__} | owned_by(holder)
    sealed = seal_document(tx.vault, tx.practice_id, document.id, content)
    fresh = insert(documents).values(practice_id=tx.practice_id, content=sealed, **values)
    if await tx.scalar(fresh.on_conflict_do_nothing().returning(documents.c.id)) is None:
        same = (is_of(documents, holder), documents.c.sha256 == document.sha256)
        return _document(await tx.row(select(*_METADATA).where(*same)))
    await history.note(tx, holder.id, "document received", document_id=document.id, sha256=document.sha256)
    return document


async def documents_of(tx: Transaction, holder: Holder) -> Sequence[Document]:
    """Oldest first."""
    rows = await tx.rows(select(*_METADATA).where(is_of(documents, holder)).order_by(documents.c.id))
    return [_document(row) for row in rows]


async def content_of(tx: Transaction, document_id: UUID) -> tuple[Document, bytes]:
    """Raises NotFound."""
    row = await tx.row(select(documents).where(documents.c.id == document_id))
    if row is None:
        raise NotFound(kind="document", id=document_id)
    return _document(row), open_document(tx.vault, tx.practice_id, row["id"], row["content"])


async def check_document(tx: Transaction, document_id: UUID | None, holder: Holder) -> None:
    """Raises Unregistered for a document that is not this holder's."""
    if document_id is None:
        return
    whose = await tx.scalar(select(column_of(documents, holder)).where(documents.c.id == document_id))
    if whose != holder.id:
        raise Unregistered(kind="document", id=document_id)


_METADATA = tuple(documents.c[name] for name in Document.__slots__)


def _document(row: Any) -> Document:
    return Document(**{name: row[name] for name in Document.__slots__})
