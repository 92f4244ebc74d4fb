"""Rows of good-faith estimates, and of the provider they are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from common.ids import new_id
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from eligibility import sealing
from eligibility.domain.good_faith import Document, GoodFaithEstimate, Provider, Why
from eligibility.tables import estimate_providers, good_faith_estimates

PROVIDER = TypeAdapter(Provider)
FACTS = ("patient_id", "begun_on", "due_on", "scheduled_on", "total", "given_at")


async def provider(tx: Transaction) -> Provider | None:
    entry = await tx.scalar(select(estimate_providers.c.entry))
    return PROVIDER.validate_python(entry) if entry else None


async def put_provider(tx: Transaction, entry: Provider) -> None:
    told = PROVIDER.dump_python(entry, mode="json")
    statement = upsert(estimate_providers).values(practice_id=tx.practice_id, id=new_id(), version=1, entry=told)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["practice_id"], set_={"entry": told, "version": estimate_providers.c.version + 1}
        )
    )


async def add(tx: Transaction, made: GoodFaithEstimate, document: Document) -> GoodFaithEstimate:
    sealed = sealing.GOOD_FAITH.seal(tx.vault, tx.practice_id, made.id, document)
    values = _columns(made) | {"id": made.id, "version": 1, "document": sealed}
    await tx.execute(insert(good_faith_estimates).values(practice_id=tx.practice_id, **values))
    tx.audit("create", "good-faith estimate", made.id, due_on=made.due_on.isoformat())
    return made


async def save(tx: Transaction, made: GoodFaithEstimate) -> GoodFaithEstimate:
    """Raises Stale when somebody was faster."""
    version = await save_version(
        tx, good_faith_estimates, made.id, made.version, _columns(made), kind="good-faith estimate"
    )
    tx.audit("update", "good-faith estimate", made.id, version=version)
    return replace(made, version=version)


async def load(tx: Transaction, estimate_id: UUID) -> GoodFaithEstimate:
    """Raises NotFound."""
    return _made(await _row(tx, estimate_id))


async def document(tx: Transaction, estimate_id: UUID) -> Document:
    """Raises NotFound."""
    sealed = (await _row(tx, estimate_id))["document"]
    return sealing.GOOD_FAITH.open(tx.vault, tx.practice_id, estimate_id, sealed)


async def page(
    tx: Transaction, patient_id: UUID | None, due_by: date | None, cursor: Cursor | None, limit: int
) -> list[GoodFaithEstimate]:
    """With `due_by` those that have not been given and are due by that day."""
    statement = select(good_faith_estimates)
    if patient_id is not None:
        statement = statement.where(good_faith_estimates.c.patient_id == patient_id)
    if due_by is not None:
        statement = statement.where(good_faith_estimates.c.due_on <= due_by, good_faith_estimates.c.given_at.is_(None))
    return [_made(row) for row in await tx.rows(keyset(statement, good_faith_estimates.c.id, cursor, limit))]


async def _row(tx: Transaction, estimate_id: UUID) -> Any:
    row = await tx.row(select(good_faith_estimates).where(good_faith_estimates.c.id == estimate_id))
    if row is None:
        raise NotFound(kind="good-faith estimate", id=estimate_id)
    return row


def _columns(made: GoodFaithEstimate) -> dict[str, Any]:
    return {"why": made.why.value} | {name: getattr(made, name) for name in FACTS}


def _made(row: Any) -> GoodFaithEstimate:
    facts = {name: row[name] for name in FACTS}
    return GoodFaithEstimate(id=row["id"], why=Why(row["why"]), version=row["version"], **facts)
