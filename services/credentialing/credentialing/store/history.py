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
from common.uow import Transaction
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
    await tx.execute(
        insert(history).values(
            practice_id=tx.practice_id,
            id=new_id(),
            subject=subject,
            at=tx.now,
            actor=tx.actor.subject,
            act=act,
            reason=reason,
            facts=_FACTS.dump_python(known, mode="json"),
        )
    )


async def of(tx: Transaction, subject: UUID) -> Sequence[Happening]:
    rows = await tx.rows(select(history).where(history.c.subject == subject).order_by(history.c.id))
    return [Happening(**{name: row[name] for name in Happening.__slots__}) for row in rows]
