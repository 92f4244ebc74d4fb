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
from credentialing.domain.holders import Holder, HolderType, Named
from credentialing.domain.kinds import Kind
from credentialing.domain.payers import Program
from credentialing.domain.provider import Profession
from credentialing.domain.refusals import Unregistered
from credentialing.domain.requirements import DEFAULTS, Fact, PlaceFile, ProviderFile, Requirement
from credentialing.domain.verification import Inquiry, Method, Result, Verification
from credentialing.sealing import PERSONAL, WORK_HISTORY
from credentialing.store import credentials, history, holders, registers
from credentialing.store.holders import is_of, owned_by
from credentialing.tables import payers, providers, requirement_lists
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


async def add_verification(tx: Transaction, holder: Holder, found: Verification) -> Recorded:
    recorded = Recorded(new_id(), found, tx.actor.subject, tx.now)
    await tx.execute(
        insert(rows).values(
            practice_id=tx.practice_id,
            id=recorded.id,
            **owned_by(holder),
            credential_id=found.credential_id,
            item=found.item.value,
            source=found.source,
            method=found.method.value,
            verified_on=found.verified_on,
            result=found.result.value,
            reference=found.reference,
            state=found.state,
            verified_by=recorded.verified_by,
            recorded_at=recorded.recorded_at,
        )
    )
    await history.note(
        tx, holder.id, "verified", item=found.item.value, result=found.result.value, verified_on=found.verified_on
    )
    return recorded


async def verifications_of(tx: Transaction, holder: Holder) -> Sequence[Recorded]:
    """Oldest first."""
    found = await tx.rows(select(rows).where(is_of(rows, holder)).order_by(rows.c.id))
    return [_recorded(row) for row in found]


async def file_of(tx: Transaction, npi: str, location_code: str | None) -> ProviderFile:
    """Everything on file of the provider, and of a location and its group. Raises NotFound, Unregistered."""
    row = await tx.row(select(providers).where(providers.c.npi == npi))
    if row is None:
        raise NotFound(kind="provider", id=npi)
    whose = Holder(HolderType.PROVIDER, row["id"], npi, profession=Profession(row["profession"]))
    there = await _place_of(tx, location_code) if location_code else None
    sealed = (tx.vault, tx.practice_id, row["id"])
    personal = PERSONAL.open(*sealed, row["personal"]) if row["personal"] else None
    facts = [Fact.BIRTH_DATE] if personal else []
    facts += [Fact.SSN] if personal and personal.ssn else []
    verified = [recorded for holder in (whose, *(there[1] if there else ())) for recorded in
                await verifications_of(tx, holder)]  # fmt: skip
    return ProviderFile(
        profession=Profession(row["profession"]),
        credentials=tuple(await credentials.of(tx, whose)),
        verifications=tuple(recorded.verification for recorded in verified),
        facts=frozenset(facts),
        work_history=WORK_HISTORY.open(*sealed, row["work_history"]) if row["work_history"] else None,
        place=there[0] if there else None,
    )


async def _place_of(tx: Transaction, location_code: str) -> tuple[PlaceFile, tuple[Holder, Holder]]:
    try:
        registered = (await registers.location(tx, location_code)).entry
    except NotFound:
        raise Unregistered(kind="location", id=location_code) from None
    group = await holders.find(tx, Named(HolderType.GROUP, registered.billing_npi))
    location = await holders.find(tx, Named(HolderType.LOCATION, location_code))
    file = PlaceFile(
        state=registered.state,
        laboratory=registered.laboratory,
        group=tuple(await credentials.of(tx, group)),
        location=tuple(await credentials.of(tx, location)),
    )
    return file, (group, location)


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
        state=row["state"],
    )
    return Recorded(row["id"], verification, row["verified_by"], row["recorded_at"])
