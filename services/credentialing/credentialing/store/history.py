"""What happened to a provider, a credential or an enrollment: lines that are only added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, select

from common.ids import new_id
from common.phi import Phi
from common.uow import Transaction
from credentialing.sealing import REASON
from credentialing.tables import history

_FACTS = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    actor: str
    act: str
    reason: str | None
    facts: dict[str, Any]


async def note(tx: Transaction, subject: UUID, act: str, *, reason: str | None = None, **facts: Any) -> None:
    """One more line; facts are ids, codes and dates."""
    known = {name: value for name, value in facts.items() if value is not None}
    id = new_id()
    await tx.execute(
        insert(history).values(
            practice_id=tx.practice_id,
            id=id,
            subject=subject,
            at=tx.now,
            actor=tx.actor.subject,
            act=act,
            reason=REASON.seal(tx.vault, tx.practice_id, id, Phi(reason)) if reason else None,
            facts=_FACTS.dump_python(known, mode="json"),
        )
    )


async def of(tx: Transaction, subject: UUID) -> Sequence[Happening]:
    rows = await tx.rows(select(history).where(history.c.subject == subject).order_by(history.c.id))
    return [Happening(row["at"], row["actor"], row["act"], _reason(tx, row), row["facts"]) for row in rows]


def _reason(tx: Transaction, row: Any) -> str | None:
    if row["reason"] is None:
        return None
    return REASON.open(tx.vault, tx.practice_id, row["id"], row["reason"]).reveal()
