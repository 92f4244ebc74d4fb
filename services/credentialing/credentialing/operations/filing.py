"""Keeping papers: credentials, their documents, and where a provider worked."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, tzinfo
from uuid import UUID

from common.change import Change
from common.ids import new_id
from common.refusal import Stale
from common.uow import Transaction, UnitOfWork
from credentialing.domain.credentials import Credential, Facts
from credentialing.domain.dates import next_alert
from credentialing.domain.holders import HolderType, Named
from credentialing.domain.refusals import DocumentTooStrange
from credentialing.domain.work_history import WorkHistory
from credentialing.store import credentials as store
from credentialing.store import documents, holders
from credentialing.store.documents import Document

EXPIRES = "credential-expires"

# How a file of each kind that is taken begins.
BEGINNINGS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


async def record_credential(uow: UnitOfWork, named: Named, facts: Facts, document_id: UUID | None) -> Credential:
    """Put a credential on file. Raises NotFound, Unregistered and what Facts.checked raises."""
    async with uow.begin() as tx:
        whose = await holders.find(tx, named)
        await documents.check_document(tx, document_id, whose)
        credential = Credential(new_id(), whose, facts.checked(whose), document_id)
        await store.add(tx, credential)
        tx.audit("create", "credential", credential.id, paper=facts.kind.value)
        _watch(tx, credential, uow.workplace.zone)
        return tx.done(credential)


async def amend_credential(
    uow: UnitOfWork, credential_id: UUID, version: int, facts: Facts, document_id: UUID | None
) -> Credential:
    """Put the renewed paper in its place. Raises NotFound, Stale, Unregistered and what Facts.checked raises."""
    async with uow.begin() as tx:
        before = await _read(tx, credential_id, version)
        await documents.check_document(tx, document_id, before.holder)
        checked = facts.checked(before.holder)
        after = await store.save(tx, Change(before.amended(checked, document_id)), "credential amended")
        tx.audit("update", "credential", after.id, version=after.version)
        _watch(tx, after, uow.workplace.zone)
        return tx.done(after)


async def remove_credential(uow: UnitOfWork, credential_id: UUID, version: int) -> Credential:
    """Take one off that was recorded by mistake; the history keeps that it was there. Raises NotFound, Stale."""
    async with uow.begin() as tx:
        credential = await _read(tx, credential_id, version)
        await store.remove(tx, credential)
        tx.audit("delete", "credential", credential.id)
        tx.cancel(EXPIRES, credential.id)
        return tx.done(credential)


async def fall_due(uow: UnitOfWork, credential_id: UUID) -> None:
    """An expiry comes near: tell it, and wait for the next alert."""
    async with uow.begin() as tx:
        before = await store.load(tx, credential_id)
        change = before.fall_due(today=uow.today)
        after = await store.save(tx, change, "expiry near") if change.events else before
        expires = after.facts.expires_on
        if expires is not None and uow.today <= expires:
            _watch(tx, after, uow.workplace.zone)


async def put_work_history(uow: UnitOfWork, npi: str, version: int, worked: WorkHistory) -> tuple[WorkHistory, int]:
    """Raises NotFound, Stale, DatesOutOfOrder."""
    async with uow.begin() as tx:
        whose = await holders.find(tx, Named(HolderType.PROVIDER, npi))
        saved = await store.put_work_history(tx, whose.id, version, worked.checked())
        tx.audit("update", "work history", whose.id, version=saved)
        return tx.done((worked, saved))


async def keep_document(uow: UnitOfWork, named: Named, media_type: str, content: bytes) -> Document:
    """Seal a file. Raises NotFound, DocumentTooStrange."""
    if not content.startswith(BEGINNINGS[media_type]):
        raise DocumentTooStrange(media_type=media_type)
    async with uow.begin() as tx:
        whose = await holders.find(tx, named)
        digest = hashlib.sha256(content).hexdigest()
        fresh = Document(new_id(), media_type, len(content), digest, tx.now)
        kept = await documents.add_document(tx, whose, fresh, content)
        tx.audit("create", "document", kept.id, size=kept.size)
        return tx.done(kept)


async def _read(tx: Transaction, credential_id: UUID, version: int) -> Credential:
    credential = await store.load(tx, credential_id)
    if credential.version != version:
        raise Stale(kind="credential", id=credential_id, version=version)
    return credential


def _watch(tx: Transaction, credential: Credential, zone: tzinfo) -> None:
    """Wait for the next alert before the expiry; after the last one there is nothing to wait for."""
    expires = credential.facts.expires_on
    alert = next_alert(expires, credential.announced) if expires else None
    if expires is None or alert is None or alert > expires:
        tx.cancel(EXPIRES, credential.id)
    else:
        tx.schedule(EXPIRES, credential.id, due_at=datetime.combine(alert, time(), zone))
