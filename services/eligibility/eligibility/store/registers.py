"""Payers, and the provider who asks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from common.ids import new_id
from common.uow import Transaction
from eligibility.domain.registers import AskingProvider, Payer
from eligibility.tables import asking_providers, payers


async def payer(tx: Transaction, payer_id: str) -> Payer:
    """How the payer is asked; the defaults where nothing is set."""
    row = await tx.row(select(payers).where(payers.c.payer_id == payer_id))
    return _payer(row) if row else Payer(payer_id, payer_id)


async def asking(tx: Transaction, payer_id: str, held: bytes) -> tuple[AskingProvider, Payer] | None:
    """Who asks, and how that payer is asked; None where nobody is set to ask.

    `held` names what is asked about: whoever comes second with the same waits here until the first transaction ends.
    """
    lock = func.pg_advisory_xact_lock(int.from_bytes(held[:8], signed=True)).label("held")
    mine = [column.label(f"asking_{column.name}") for column in asking_providers.c]
    both = asking_providers.outerjoin(payers, payers.c.payer_id == payer_id)
    row = await tx.row(select(*mine, payers, lock).select_from(both))
    if row is None:
        return None
    provider = AskingProvider(**{name: row[f"asking_{name}"] for name in AskingProvider.__slots__})
    return provider, _payer(row) if row["payer_id"] else Payer(payer_id, payer_id)


async def all_payers(tx: Transaction) -> list[Payer]:
    return [_payer(row) for row in await tx.rows(select(payers).order_by(payers.c.payer_id))]


async def put_payer(tx: Transaction, entry: Payer) -> None:
    values = {
        "name": entry.name,
        "service_types": list(entry.service_types),
        "fresh_hours": entry.fresh_hours,
    }
    statement = upsert(payers).values(
        practice_id=tx.practice_id, id=new_id(), version=1, payer_id=entry.payer_id, **values
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["practice_id", "payer_id"], set_=values | {"version": payers.c.version + 1}
        )
    )


async def asking_provider(tx: Transaction) -> AskingProvider | None:
    row = await tx.row(select(asking_providers))
    return AskingProvider(**{name: row[name] for name in AskingProvider.__slots__}) if row else None


async def put_asking_provider(tx: Transaction, entry: AskingProvider) -> None:
    values = {name: getattr(entry, name) for name in AskingProvider.__slots__}
    statement = upsert(asking_providers).values(practice_id=tx.practice_id, id=new_id(), version=1, **values)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["practice_id"], set_=values | {"version": asking_providers.c.version + 1}
        )
    )


def _payer(row: Any) -> Payer:
    return Payer(row["payer_id"], row["name"], tuple(row["service_types"]), row["fresh_hours"])
