"""Requirement lists, verifications, and the whole file of a provider that they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.ids import new_id
from common.refusal import NotFound, Stale
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.credentials import Kind
from credentialing.domain.payers import Program
from credentialing.domain.provider import Profession
from credentialing.domain.refusals import Unregistered
from credentialing.domain.requirements import DEFAULTS, Fact, ProviderFile, Requirement
from credentialing.domain.verification import Inquiry, Method, Result, Verification
from credentialing.sealing import PERSONAL, WORK_HISTORY
from credentialing.store import credentials, history
from credentialing.tables import locations, payers, providers, requirement_lists
from credentialing.tables import verifications as rows

_LIST = TypeAdapter(tuple[Requirement, ...])
_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Listed:
    """A payer's list; `own` is False where it is what its program usually wants, and then the version is 0."""

    payer_id: str
    requirements: tuple[Requirement, ...]
    own: bool
    version: int


@dataclass(frozen=True, slots=True)
class Recorded:
    id: UUID
    verification: Verification
    verified_by: str
    recorded_at: datetime


async def of_payer(tx: Transaction, payer_id: str) -> Listed:
    """Raises NotFound."""
    program = await tx.scalar(select(payers.c.program).where(payers.c.payer_id == payer_id))
    if program is None:
        raise NotFound(kind="payer", id=payer_id)
    row = await tx.row(select(requirement_lists).where(requirement_lists.c.payer_id == payer_id))
    if row is None:
        return Listed(payer_id, DEFAULTS[Program(program)], own=False, version=0)
    return Listed(payer_id, _LIST.validate_python(row["requirements"]), own=True, version=row["version"])


async def put(tx: Transaction, payer_id: str, wanted: tuple[Requirement, ...], version: int) -> tuple[UUID, int]:
    """Raises Stale."""
    table, values = requirement_lists, {"requirements": _LIST.dump_python(wanted, mode="json")}
    known = await tx.scalar(select(table.c.id).where(table.c.payer_id == payer_id))
    if known is not None:
        return known, await save_version(tx, table, known, version, values, kind="requirement list")
    fresh = insert(table).values(practice_id=tx.practice_id, id=new_id(), version=1, payer_id=payer_id, **values)
    added = await tx.scalar(fresh.on_conflict_do_nothing().returning(table.c.id))
    if added is None or version != 0:
        raise Stale(kind="requirement list", id=payer_id, version=version)
    return added, 1


async def add_verification(tx: Transaction, provider_id: UUID, found: Verification) -> Recorded:
    recorded = Recorded(new_id(), found, tx.actor.subject, tx.now)
    await tx.execute(
        insert(rows).values(
            practice_id=tx.practice_id,
            id=recorded.id,
            provider_id=provider_id,
            credential_id=found.credential_id,
            item=found.item.value,
            source=found.source,
            method=found.method.value,
            verified_on=found.verified_on,
            result=found.result.value,
            reference=found.reference,
            verified_by=recorded.verified_by,
            recorded_at=recorded.recorded_at,
        )
    )
    await history.note(
        tx, provider_id, "verified", item=found.item.value, result=found.result.value, verified_on=found.verified_on
    )
    return recorded


async def verifications_of(tx: Transaction, provider_id: UUID) -> Sequence[Recorded]:
    """Oldest first."""
    found = await tx.rows(select(rows).where(rows.c.provider_id == provider_id).order_by(rows.c.id))
    return [_recorded(row) for row in found]


async def file_of(tx: Transaction, npi: str, location_code: str | None) -> ProviderFile:
    """Everything on file of the provider, with the state of a location. Raises NotFound, Unregistered."""
    row = await tx.row(select(providers).where(providers.c.npi == npi))
    if row is None:
        raise NotFound(kind="provider", id=npi)
    place = (tx.vault, tx.practice_id, row["id"])
    personal = PERSONAL.open(*place, row["personal"]) if row["personal"] else None
    facts = [Fact.BIRTH_DATE] if personal else []
    facts += [Fact.SSN] if personal and personal.ssn else []
    return ProviderFile(
        profession=Profession(row["profession"]),
        credentials=tuple(await credentials.of(tx, npi)),
        verifications=tuple(each.verification for each in await verifications_of(tx, row["id"])),
        facts=frozenset(facts),
        work_history=WORK_HISTORY.open(*place, row["work_history"]) if row["work_history"] else None,
        state=await _state_of(tx, location_code) if location_code else None,
    )


async def _state_of(tx: Transaction, location_code: str) -> str:
    state = await tx.scalar(select(locations.c.state).where(locations.c.code == location_code))
    if state is None:
        raise Unregistered(kind="location", id=location_code)
    return state


def _recorded(row: Any) -> Recorded:
    item = row["item"]
    verification = Verification(
        item=Kind(item) if item in _KINDS else Inquiry(item),
        source=row["source"],
        method=Method(row["method"]),
        verified_on=row["verified_on"],
        result=Result(row["result"]),
        credential_id=row["credential_id"],
        reference=row["reference"],
    )
    return Recorded(row["id"], verification, row["verified_by"], row["recorded_at"])
