"""Idempotency keys: a POST that is repeated has its effect once and its answer twice."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.refusal import Refusal
from common.tables import idempotency_keys
from common.vault import Vault

KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The client's key and the fingerprint (SHA-256) of the method, path and body it came with."""

    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, key: str, method: str, path: str, body: bytes) -> RequestKey:
        return cls(key, hashlib.sha256(f"{method} {path}\n".encode() + body).digest())


class Answered(Exception):
    """The key was used before for the same request; this is what it was answered."""

    def __init__(self, status: int, body: str) -> None:
        self.status, self.body = status, body
        super().__init__("answered before")


class KeyReused(Refusal):
    code = "idempotency-key-reused"
    sentence = "The Idempotency-Key was used before for a different request."
    mend = "Use a new key for a new request, and the old key only to repeat the very same request."
    status = 422


async def claim(connection: AsyncConnection, vault: Vault, practice_id: UUID, request: RequestKey) -> None:
    """Take the key for this transaction.

    A second request with the key waits here until the first ends; then it is Answered, or, when the first was
    rolled back, goes on as if it were the first. Raises KeyReused when the requests differ.
    """
    taken = await connection.scalar(
        insert(idempotency_keys)
        .values(practice_id=practice_id, key=request.key, fingerprint=request.fingerprint)
        .on_conflict_do_nothing()
        .returning(idempotency_keys.c.key)
    )
    if taken is None:
        await look_up(connection, vault, practice_id, request)
        raise RuntimeError("an idempotency key was dropped while it was looked at")


async def look_up(connection: AsyncConnection, vault: Vault, practice_id: UUID, request: RequestKey) -> None:
    """Nothing where the key has no answer; it is not taken. Raises Answered, KeyReused."""
    kept = (
        await connection.execute(
            select(idempotency_keys).where(
                idempotency_keys.c.practice_id == practice_id, idempotency_keys.c.key == request.key
            )
        )
    ).one_or_none()
    if kept is None:
        return
    if bytes(kept.fingerprint) != request.fingerprint:
        raise KeyReused
    raise Answered(kept.status, vault.open(b64decode(kept.body), *_place(practice_id, request)).decode())


async def remember(
    connection: AsyncConnection, vault: Vault, practice_id: UUID, request: RequestKey, status: int, body: str
) -> None:
    """Keep the answer, sealed: it may say who a person is."""
    sealed = vault.seal(body.encode(), *_place(practice_id, request))
    await connection.execute(
        update(idempotency_keys)
        .where(idempotency_keys.c.practice_id == practice_id, idempotency_keys.c.key == request.key)
        .values(status=status, body=b64encode(sealed).decode())
    )


def _place(practice_id: UUID, request: RequestKey) -> tuple[object, ...]:
    return (practice_id, "idempotency_keys", "body", request.key)


async def forget_old(platform: AsyncEngine) -> int:
    """Drop keys older than `KEPT_DAYS`, give how many."""
    async with platform.begin() as connection:
        age = func.now() - text(f"interval '{KEPT_DAYS} days'")
        dropped = await connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < age))
        return dropped.rowcount
