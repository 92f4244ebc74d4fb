"""The till service put together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, Identity, Uuid, insert, select

from common.contracts import Contract
from common.deadlines import Deadlines
from common.handlers import Handlers, Received
from common.ids import new_id
from common.money import Money
from common.refusal import NotFound, Refusal
from common.service import Service
from common.settings import ServiceSettings
from common.store import save_version
from common.tables import MoneyType, service_metadata, tenant_table, versioned
from common.timers import Timer
from common.uow import UnitOfWork
from common.web import Creates, Reads, needs

METADATA = service_metadata()

tills = tenant_table(
    "tills", METADATA, Column("id", Uuid, primary_key=True), versioned(), Column("amount", MoneyType, nullable=False)
)
heard = tenant_table(
    "heard",
    METADATA,
    Column("place", BigInteger, Identity(), primary_key=True),
    Column("till_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("amount", MoneyType, nullable=False),
)


@dataclass(frozen=True, slots=True)
class CoinsAdded:
    till_id: UUID
    amount: Money


class FalseCoins(Refusal):
    code = "false-coins"
    sentence = "Till {till_id} does not take {amount}."
    mend = "Put in good coins."


async def open_till(uow: UnitOfWork, amount: Money) -> UUID:
    async with uow.begin() as tx:
        till_id = new_id()
        await tx.execute(insert(tills).values(practice_id=tx.practice_id, id=till_id, version=1, amount=amount))
        tx.publish(CoinsAdded(till_id, amount), key=till_id, version=1)
        tx.audit("create", "till", till_id)
        return tx.done(till_id)


NEW_TILL = insert(tills)


async def open_quietly(uow: UnitOfWork, amount: Money) -> UUID:
    """`open_till` without a row in the audit trail: nothing but an effect and its event."""
    async with uow.begin() as tx:
        till_id = new_id()
        row = {"practice_id": tx.practice_id, "id": till_id, "version": 1, "amount": amount}
        await tx.execute(NEW_TILL, row)
        tx.publish(CoinsAdded(till_id, amount), key=till_id, version=1)
        return till_id


async def add_coins(
    uow: UnitOfWork, till_id: UUID, amount: Money, *, then: Callable[[], Awaitable[None]] | None = None
) -> None:
    """`then` runs before the commit: a test holds the transaction open with it, or breaks it."""
    async with uow.begin() as tx:
        row = await tx.row(select(tills).where(tills.c.id == till_id).with_for_update())
        if row is None:
            raise NotFound(kind="till", id=till_id)
        version = await save_version(tx, tills, till_id, row["version"], {"amount": row["amount"] + amount})
        tx.publish(CoinsAdded(till_id, amount), key=till_id, version=version)
        if then:
            await then()


HEARD = insert(heard).inline()
# Amounts that the handler refuses, or fails on as a bug would, until a test takes them out.
REFUSED: set[Money] = set()
BUGS: set[Money] = set()


async def coins_added(uow: UnitOfWork, event: Received[CoinsAdded]) -> None:
    async with uow.begin() as tx:
        row = {
            "practice_id": tx.practice_id,
            "till_id": event.data.till_id,
            "version": event.version,
            "amount": event.data.amount,
        }
        await tx.execute(HEARD, row)
        if event.data.amount in REFUSED:
            raise FalseCoins(till_id=event.data.till_id, amount=event.data.amount)
        if event.data.amount in BUGS:
            raise ZeroDivisionError(f"about {event.data.amount}")


DEADLINES = Deadlines()
RUNS: list[tuple[str, int]] = []


@DEADLINES.when("count")
async def count(uow: UnitOfWork, timer: Timer) -> None:
    RUNS.append((timer.kind, timer.version))


@DEADLINES.when("again")
async def again(uow: UnitOfWork, timer: Timer) -> None:
    RUNS.append((timer.kind, timer.version))
    if timer.version < 3:
        async with uow.begin() as tx:
            tx.schedule("again", timer.key, due_at=tx.now, version=timer.version + 1)


@DEADLINES.when("fails-once")
async def fails_once(uow: UnitOfWork, timer: Timer) -> None:
    RUNS.append((timer.kind, timer.attempts))
    if timer.attempts == 1:
        raise ConnectionError("the far side is away")


@DEADLINES.when("refused")
async def refused(uow: UnitOfWork, timer: Timer) -> None:
    raise FalseCoins(till_id=timer.key, amount=Money(1))


@DEADLINES.when("slow")
async def slow(uow: UnitOfWork, timer: Timer) -> None:
    await asyncio.sleep(0.3)
    RUNS.append((timer.kind, timer.version))


@DEADLINES.when("top-up")
async def top_up(uow: UnitOfWork, timer: Timer) -> None:
    """A coin into the till, which has moved on when the timer already did it."""
    async with uow.begin() as tx:
        row = await tx.row(select(tills).where(tills.c.id == timer.key).with_for_update())
        if row is not None and row["version"] == timer.version:
            amount = row["amount"] + Money("0.25")
            version = await save_version(tx, tills, timer.key, timer.version, {"amount": amount})
            tx.publish(CoinsAdded(timer.key, amount), key=timer.key, version=version)


async def set_timer(uow: UnitOfWork, kind: str, key: UUID, due_at: datetime, version: int = 0) -> None:
    async with uow.begin() as tx:
        tx.schedule(kind, key, due_at=due_at, version=version)


router = APIRouter(tags=["tills"])


class TillIn(BaseModel):
    amount: Money


class TillOut(BaseModel):
    id: UUID

    @classmethod
    def of(cls, till_id: UUID) -> TillOut:
        return cls(id=till_id)


@router.post("/tills", status_code=201, dependencies=[needs("tills:write")])
async def open_one(body: TillIn, uow: Creates) -> TillOut:
    return TillOut.of(await open_till(uow.answering(TillOut.of), body.amount))


@router.get("/tills", dependencies=[needs("tills:read")])
async def list_tills(reads: Reads) -> list[TillOut]:
    async with reads.begin() as tx:
        return [TillOut(id=row["id"]) for row in await tx.rows(select(tills.c.id).order_by(tills.c.id))]


class Settings(ServiceSettings):
    """Nothing of its own."""


def till_called(name: str) -> Service:
    """The till with a topic, a consumer group and database roles of its own, for tests that others would disturb."""
    handlers = Handlers()
    handlers.on(f"org.dermbill.{name}.CoinsAdded.v1")(coins_added)
    contract = Contract(
        service=name,
        topic=f"dermbill.{name}",
        publishes={CoinsAdded: 1},
        examples=(CoinsAdded(UUID(int=1), Money("0.25")),),
    )
    return Service(
        name=name,
        contract=contract,
        metadata=METADATA,
        migrations=Path(__file__).parent / "migrations",
        settings=Settings,
        routers=(router,),
        handlers=handlers,
        deadlines=DEADLINES,
    )


TILL = till_called("till")
