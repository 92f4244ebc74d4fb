"""Rows to credentials and work histories, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select

from common.change import Change
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.credentials import Credential
from credentialing.domain.holders import Holder
from credentialing.domain.work_history import WorkHistory
from credentialing.sealing import PAPER, WORK_HISTORY
from credentialing.store import history
from credentialing.store.holders import holder_in, is_of, owned_by, with_holder
from credentialing.tables import credentials, locations, providers

_STATEMENT = with_holder(credentials)


async def load(tx: Transaction, credential_id: UUID) -> Credential:
    """Raises NotFound."""
    row = await tx.row(_STATEMENT.where(credentials.c.id == credential_id))
    if row is None:
        raise NotFound(kind="credential", id=credential_id)
    return _credential(tx, row)


async def of(tx: Transaction, holder: Holder) -> list[Credential]:
    """All of a holder's, oldest first."""
    rows = await tx.rows(_STATEMENT.where(is_of(credentials, holder)).order_by(credentials.c.id))
    return [_credential(tx, row) for row in rows]


async def expiring(tx: Transaction, until: date, limit: int) -> list[Credential]:
    """Of groups, and of active providers and locations, those that end by `until`, the nearest first."""
    statement = (
        _STATEMENT.where(
            credentials.c.expires_on <= until,
            or_(providers.c.active, locations.c.active, credentials.c.group_id.is_not(None)),
        )
        .order_by(credentials.c.expires_on, credentials.c.id)
        .limit(limit)
    )
    return [_credential(tx, row) for row in await tx.rows(statement)]


async def add(tx: Transaction, credential: Credential) -> None:
    values = {"practice_id": tx.practice_id, "id": credential.id, "version": 1, **owned_by(credential.holder)}
    await tx.execute(insert(credentials).values(**values, **_columns(tx, credential)))
    await history.note(tx, credential.holder.id, "credential recorded", **_told(credential))


async def save(tx: Transaction, change: Change[Credential], act: str) -> Credential:
    """Raises Stale when somebody was faster."""
    after = change.aggregate
    version = await save_version(tx, credentials, after.id, after.version, _columns(tx, after), kind="credential")
    await history.note(tx, after.holder.id, act, **_told(after))
    for event in change.events:
        tx.publish(event, key=after.id, version=version)
    return replace(after, version=version)


async def remove(tx: Transaction, credential: Credential) -> None:
    await tx.execute(credentials.delete().where(credentials.c.id == credential.id))
    await history.note(tx, credential.holder.id, "credential removed", **_told(credential))


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
    return Credential(row["id"], holder_in(row), facts, row["document_id"], row["announced"], row["version"])


def _told(credential: Credential) -> dict[str, Any]:
    """What the history says of it: no number."""
    facts = credential.facts
    return {
        "credential_id": credential.id,
        "kind": facts.kind.value,
        "state": facts.state,
        "expires_on": facts.expires_on,
    }
