"""Rows to credentials and their documents, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from common.change import Change
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.credentials import Credential
from credentialing.domain.provider import Profession
from credentialing.domain.refusals import Unregistered
from credentialing.domain.work_history import WorkHistory
from credentialing.sealing import PAPER, WORK_HISTORY, open_document, seal_document
from credentialing.store import history
from credentialing.tables import credentials, documents, providers


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a provider, without its content."""

    id: UUID
    provider_id: UUID
    media_type: str
    size: int
    sha256: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose credential it is."""

    id: UUID
    npi: str
    profession: Profession


def _statement() -> Select[Any]:
    return select(credentials, providers.c.npi).join(providers, providers.c.id == credentials.c.provider_id)


async def holder(tx: Transaction, npi: str) -> Holder:
    """Raises NotFound."""
    row = await tx.row(select(providers.c.id, providers.c.profession).where(providers.c.npi == npi))
    if row is None:
        raise NotFound(kind="provider", id=npi)
    return Holder(row["id"], npi, Profession(row["profession"]))


async def load(tx: Transaction, credential_id: UUID) -> Credential:
    """Raises NotFound."""
    row = await tx.row(_statement().where(credentials.c.id == credential_id))
    if row is None:
        raise NotFound(kind="credential", id=credential_id)
    return _credential(tx, row)


async def profession_of(tx: Transaction, credential: Credential) -> Profession:
    found = await tx.scalar(select(providers.c.profession).where(providers.c.id == credential.provider_id))
    return Profession(found)


async def of(tx: Transaction, npi: str) -> list[Credential]:
    """All of a provider's, oldest first."""
    rows = await tx.rows(_statement().where(providers.c.npi == npi).order_by(credentials.c.id))
    return [_credential(tx, row) for row in rows]


async def expiring(tx: Transaction, until: date, limit: int) -> list[Credential]:
    """Of active providers, those that end by `until`, the nearest first."""
    statement = (
        _statement()
        .where(credentials.c.expires_on <= until, providers.c.active)
        .order_by(credentials.c.expires_on, credentials.c.id)
        .limit(limit)
    )
    return [_credential(tx, row) for row in await tx.rows(statement)]


async def add(tx: Transaction, credential: Credential) -> None:
    values = {"practice_id": tx.practice_id, "id": credential.id, "version": 1, "provider_id": credential.provider_id}
    await tx.execute(insert(credentials).values(**values, **_columns(tx, credential)))
    await history.note(tx, credential.provider_id, "credential recorded", **_told(credential))


async def save(tx: Transaction, change: Change[Credential], act: str) -> Credential:
    """Raises Stale when somebody was faster."""
    after = change.aggregate
    version = await save_version(tx, credentials, after.id, after.version, _columns(tx, after), kind="credential")
    await history.note(tx, after.provider_id, act, **_told(after))
    for event in change.events:
        tx.publish(event, key=after.id, version=version)
    return replace(after, version=version)


async def remove(tx: Transaction, credential: Credential) -> None:
    await tx.execute(credentials.delete().where(credentials.c.id == credential.id))
    await history.note(tx, credential.provider_id, "credential removed", **_told(credential))


async def put_work_history(tx: Transaction, provider_id: UUID, version: int, worked: WorkHistory) -> int:
    """Raises Stale."""
    sealed = WORK_HISTORY.seal(tx.vault, tx.practice_id, provider_id, worked)
    saved = await save_version(tx, providers, provider_id, version, {"work_history": sealed}, kind="provider")
    await history.note(tx, provider_id, "work history put", positions=len(worked.positions))
    return saved


async def work_history(tx: Transaction, npi: str) -> tuple[WorkHistory | None, int]:
    """What was told of it, and the provider's version. Raises NotFound."""
    columns = (providers.c.id, providers.c.version, providers.c.work_history)
    row = await tx.row(select(*columns).where(providers.c.npi == npi))
    if row is None:
        raise NotFound(kind="provider", id=npi)
    if row["work_history"] is None:
        return None, row["version"]
    return WORK_HISTORY.open(tx.vault, tx.practice_id, row["id"], row["work_history"]), row["version"]


async def add_document(tx: Transaction, document: Document, content: bytes) -> Document:
    """The same file of the same provider is kept once: the one that is there is given."""
    values = {name: getattr(document, name) for name in Document.__slots__}
    sealed = seal_document(tx.vault, tx.practice_id, document.id, content)
    fresh = upsert(documents).values(practice_id=tx.practice_id, content=sealed, **values)
    if await tx.scalar(fresh.on_conflict_do_nothing().returning(documents.c.id)) is None:
        same = (documents.c.provider_id == document.provider_id, documents.c.sha256 == document.sha256)
        return _document(await tx.row(select(*_METADATA).where(*same)))
    await history.note(tx, document.provider_id, "document received", document_id=document.id, sha256=document.sha256)
    return document


async def documents_of(tx: Transaction, provider_id: UUID) -> Sequence[Document]:
    rows = await tx.rows(select(*_METADATA).where(documents.c.provider_id == provider_id).order_by(documents.c.id))
    return [_document(row) for row in rows]


async def content_of(tx: Transaction, document_id: UUID) -> tuple[Document, bytes]:
    """Raises NotFound."""
    row = await tx.row(select(documents).where(documents.c.id == document_id))
    if row is None:
        raise NotFound(kind="document", id=document_id)
    return _document(row), open_document(tx.vault, tx.practice_id, row["id"], row["content"])


async def check_document(tx: Transaction, document_id: UUID | None, provider_id: UUID) -> None:
    """Raises Unregistered for a document that is not this provider's."""
    if document_id is None:
        return
    whose = await tx.scalar(select(documents.c.provider_id).where(documents.c.id == document_id))
    if whose != provider_id:
        raise Unregistered(kind="document", id=document_id)


_METADATA = tuple(documents.c[name] for name in Document.__slots__)


def _document(row: Any) -> Document:
    return Document(**{name: row[name] for name in Document.__slots__})


def _columns(tx: Transaction, credential: Credential) -> dict[str, Any]:
    facts = credential.facts
    return {
        "kind": facts.kind.value,
        "paper": PAPER.seal(tx.vault, tx.practice_id, credential.id, facts),
        "expires_on": facts.expires_on,
        "document_id": credential.document_id,
        "announced": credential.announced,
    }


def _credential(tx: Transaction, row: Any) -> Credential:
    facts = PAPER.open(tx.vault, tx.practice_id, row["id"], row["paper"])
    return Credential(
        row["id"], row["provider_id"], row["npi"], facts, row["document_id"], row["announced"], row["version"]
    )


def _told(credential: Credential) -> dict[str, Any]:
    """What the history says of it: no number."""
    facts = credential.facts
    return {
        "credential_id": credential.id,
        "kind": facts.kind.value,
        "state": facts.state,
        "expires_on": facts.expires_on,
    }
