"""What was decided of coded visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from authorizations.domain.events import ReferralNeed, ServiceNeed
from authorizations.domain.visit_needs import VisitNeeds
from authorizations.tables import visit_needs
from common.change import Change
from common.refusal import NotFound
from common.uow import Transaction

RULES_CHANGED = "rules-changed"

_SERVICES, _REFERRAL = TypeAdapter(tuple[ServiceNeed, ...]), TypeAdapter(ReferralNeed)


# Made once: a visit should cost no more than it must.
_NEW = upsert(visit_needs)
_SAVE = _NEW.on_conflict_do_update(
    index_elements=["id"],
    set_={
        column.name: _NEW.excluded[column.name] for column in visit_needs.c if column.name not in ("id", "practice_id")
    },
)


async def find(tx: Transaction, encounter_id: UUID) -> VisitNeeds | None:
    row = await tx.row(select(visit_needs).where(visit_needs.c.id == encounter_id))
    return _needs(row) if row is not None else None


async def load(tx: Transaction, encounter_id: UUID) -> VisitNeeds:
    """Raises NotFound."""
    found = await find(tx, encounter_id)
    if found is None:
        raise NotFound(kind="decision about visit", id=encounter_id)
    return found


async def since(tx: Transaction, first: date, after: UUID, limit: int) -> Sequence[VisitNeeds]:
    """What was decided of visits of `first` and later, by id, from the one that follows `after`."""
    statement = (
        select(visit_needs)
        .where(visit_needs.c.day >= first, visit_needs.c.id > after)
        .order_by(visit_needs.c.id)
        .limit(limit)
    )
    return [_needs(row) for row in await tx.rows(statement)]


async def save(tx: Transaction, change: Change[VisitNeeds]) -> None:
    """The encounter is locked by who decides, so that the versions of a decision follow one another."""
    one = change.aggregate
    values = {
        "version": one.version,
        "patient_id": one.patient_id,
        "day": one.on,
        "coded_version": one.coded_version,
        "payer_id": one.payer_id,
        "plan": one.plan,
        "services": _SERVICES.dump_python(one.services, mode="json"),
        "referral": _REFERRAL.dump_python(one.referral, mode="json"),
    }
    await tx.execute(_SAVE, values | {"practice_id": tx.practice_id, "id": one.encounter_id})
    for event in change.events:
        tx.publish(event, key=one.encounter_id, version=one.version)


def _needs(row: Any) -> VisitNeeds:
    return VisitNeeds(
        row["id"],
        row["patient_id"],
        row["day"],
        row["coded_version"],
        row["payer_id"],
        row["plan"],
        _SERVICES.validate_python(row["services"]),
        _REFERRAL.validate_python(row["referral"]),
        row["version"],
    )
