"""Killed at any failpoint of the backbone and started again, a service loses, doubles and disorders nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from till import service as till
from till.service import till_called

from common import audit
from common.embedded import Child, free_port, start_child
from common.failpoints import known
from common.money import Money
from common.testing.issuer import AUDIENCE
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS, Running

# Several at once, since each waits until Kafka believes that the killed one is gone; names of their own, so that
# topic, group and database are nobody else's.
NAMES = ("kiosk", "booth", "stall", "counter")
PARTITIONS = 4
QUARTER, REFUSED = Money("0.25"), Money("6.66")

pytestmark = pytest.mark.timeout(180)


class Kiosk:
    """The service as a process, started and started again, and what its database and its topic hold."""

    def __init__(self, beside: Running, servers: str, log: Path) -> None:
        self._database, self._issuer, self._servers, self._log = beside.database, beside.issuer, servers, log
        self._port = free_port()
        self._child: Child | None = None
        self.beside = beside

    async def start(self, failpoints: str = "", **more: str) -> None:
        told = {
            "TILL_NAME": self.beside.service.name,
            "DATABASE_URL": self._database.app_url,
            "PLATFORM_DATABASE_URL": self._database.platform_url,
            "KAFKA_BOOTSTRAP_SERVERS": self._servers,
            "OIDC_ISSUER": self._issuer.url,
            "OIDC_AUDIENCE": AUDIENCE,
            "SERVICE_CLIENT_ID": self.beside.service.name,
            "SERVICE_CLIENT_SECRET": "synthetic",
            "PHI_KEYS": PHI_KEYS,
            "PHI_INDEX_KEY": PHI_INDEX_KEY,
            "PORT": str(self._port),
            "DERMBILL_MODE": "test",
            "FAILPOINTS": failpoints,
            "CONSUMER_SESSION_SECONDS": "2",
            "PYTHONPATH": str(Path(__file__).parent),
        }
        command = [sys.executable, "-m", "till", "all"]
        self._child = start_child(self.beside.service.name, command, log=self._log, env=os.environ | told | more)
        await until(self._answers)

    async def _answers(self) -> bool:
        assert self._child is not None
        if not self._child.alive:
            return True
        try:
            async with httpx.AsyncClient() as http:
                return (await http.get(f"http://127.0.0.1:{self._port}/healthz")).is_success
        except httpx.TransportError:
            return False

    async def dies(self) -> int | None:
        """How it ended: the negative of the signal."""
        child = self._child
        assert child is not None
        await until(lambda: _given(not child.alive))
        return child.exit_code

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    async def open_till(self, key: UUID, amount: Money = QUARTER) -> UUID | None:
        """Ask for a new till; None when no answer came."""
        headers = {
            "Idempotency-Key": str(key),
            "Authorization": f"Bearer {self._issuer.token(['tills:write'], [self.beside.practice_id])}",
        }
        try:
            async with httpx.AsyncClient(timeout=20) as http:
                answer = await http.post(
                    f"http://127.0.0.1:{self._port}/tills", json={"amount": str(amount)}, headers=headers
                )
        except httpx.TransportError:
            return None
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def rows(self, statement: str) -> list[Any]:
        return list(await self.beside.query(text(statement)))

    async def number(self, statement: str) -> int:
        [row] = await self.rows(statement)
        return next(iter(row.values()))

    async def at_rest(self) -> bool:
        """Everything published is heard, or parked, and the audit trail is sealed."""
        waiting = await self.number(
            "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM audit_queue)"
            " + (SELECT count(*) FROM timers)"
            " + (SELECT count(*) FROM event_log e WHERE NOT EXISTS (SELECT FROM inbox i WHERE i.event_id = e.event_id)"
            " AND NOT EXISTS (SELECT FROM parked_events p WHERE p.event_id = e.event_id))"
        )
        return waiting == 0

    async def told(self) -> dict[str, list[tuple[str, int]]]:
        """What the topic holds by key: the id and the version of each record."""
        topic = self.beside.service.contract.topic
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer = AIOKafkaConsumer(bootstrap_servers=self._servers, auto_offset_reset="earliest")
        await consumer.start()
        try:
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            found: dict[str, list[tuple[str, int]]] = {}
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                batch = await consumer.getmany(timeout_ms=500)
                for record in (record for records in batch.values() for record in records):
                    headers = dict(record.headers)
                    fact = (headers["ce_id"].decode(), int(headers["ce_sequence"]))
                    found.setdefault(record.key.decode(), []).append(fact)
            return found
        finally:
            await consumer.stop()


async def _given(value: bool) -> bool:
    return value


async def until(look: Callable[[], Awaitable[Any]], *, seconds: float = 60.0) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.05)
        return found


@pytest.fixture
async def kiosks(
    run_service: Callable[..., Awaitable[Running]], kafka: str, tmp_path: Path
) -> AsyncGenerator[Sequence[Kiosk]]:
    till.REFUSED.clear()
    processes: list[Kiosk] = []
    for service in map(till_called, NAMES):
        await new_topic(kafka, service.contract.topic)
        processes.append(Kiosk(await run_service(service), kafka, tmp_path / f"{service.name}.log"))
    yield processes
    for process in processes:
        process.stop()


async def new_topic(servers: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        if topic in await admin.list_topics():
            await admin.delete_topics([topic])
            while topic in await admin.list_topics():
                await asyncio.sleep(0.05)
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    finally:
        await admin.close()


async def add_coins(kiosk: Kiosk, ids: list[UUID], times: int) -> None:
    await asyncio.gather(*(till.add_coins(kiosk.beside.uow(), i, QUARTER) for _ in range(times) for i in ids))


async def verify(kiosk: Kiosk, *, asked: int) -> None:
    """Each request had one effect, each event one hearing, in order, on the topic and here; the trail is whole."""
    await until(kiosk.at_rest)
    versions = {row["id"]: row["version"] for row in await kiosk.rows("SELECT id, version FROM tills")}
    assert len(versions) == asked
    heard: dict[UUID, list[int]] = {}
    for row in await kiosk.rows("SELECT till_id, version FROM heard ORDER BY place"):
        heard.setdefault(row["till_id"], []).append(row["version"])
    assert heard == {till_id: list(range(1, version + 1)) for till_id, version in versions.items()}
    logged = await kiosk.rows("SELECT event_id, key, version FROM event_log ORDER BY position")
    assert len(logged) == sum(versions.values())
    for key, records in (await kiosk.told()).items():
        assert list(dict.fromkeys(records)) == [
            (str(row["event_id"]), row["version"]) for row in logged if str(row["key"]) == key
        ]
    assert await kiosk.number("SELECT count(*) FROM audit_trail WHERE action = 'create'") == asked
    engine = create_async_engine(kiosk.beside.database.admin_url)
    try:
        async with engine.connect() as connection:
            report = await audit.verify(connection)
    finally:
        await engine.dispose()
    assert (report.faults, report.unsealed) == ((), 0)


async def killed_at_work(kiosk: Kiosk, plan: str) -> None:
    keys = [uuid4() for _ in range(5)]
    await kiosk.start(plan)
    answered = {key: await kiosk.open_till(key) for key in keys[:4]}
    known = [till_id for till_id in answered.values() if till_id]
    await add_coins(kiosk, known, 5)
    assert await kiosk.dies() == -signal.SIGKILL
    await add_coins(kiosk, known, 2)

    await kiosk.start()
    again = {key: await kiosk.open_till(key) for key in keys}
    assert all(again[key] == till_id for key, till_id in answered.items() if till_id)
    assert None not in again.values()
    await add_coins(kiosk, [till_id for till_id in again.values() if till_id], 2)
    await verify(kiosk, asked=len(keys))


async def killed_with_a_timer_in_hand(kiosk: Kiosk, plan: str) -> None:
    till_id = await till.open_till(kiosk.beside.uow(), QUARTER)
    await till.set_timer(kiosk.beside.uow(), "top-up", till_id, kiosk.beside.runtime.workplace.now(), version=1)
    await kiosk.start(plan)
    assert await kiosk.dies() == -signal.SIGKILL
    assert await kiosk.number("SELECT count(*) FROM timers WHERE leased_until > now()") == 1

    await kiosk.rows("UPDATE timers SET leased_until = now() RETURNING key")
    await kiosk.start()
    await verify(kiosk, asked=1)
    assert await kiosk.number("SELECT version FROM tills") == 2


async def killed_while_parking(kiosk: Kiosk, plan: str) -> None:
    false = await till.open_till(kiosk.beside.uow(), REFUSED)
    await add_coins(kiosk, [false], 1)
    await kiosk.start(plan, TILL_REFUSES=str(REFUSED))
    assert await kiosk.dies() == -signal.SIGKILL

    await kiosk.start(TILL_REFUSES=str(REFUSED))
    good = await till.open_till(kiosk.beside.uow(), QUARTER)
    await until(kiosk.at_rest)
    parked = await kiosk.rows("SELECT event_id, code, behind FROM parked_events ORDER BY record_offset")
    assert [row["code"] for row in parked] == ["false-coins", "behind"]
    assert parked[1]["behind"] == parked[0]["event_id"]
    assert [row["till_id"] for row in await kiosk.rows("SELECT till_id FROM heard")] == [good]


STORIES = {
    "uow.flushed=kill@2": killed_at_work,
    "uow.committed=kill@2": killed_at_work,
    "relay.read=kill@2": killed_at_work,
    "relay.produced=kill@2": killed_at_work,
    "relay.deleted=kill@2": killed_at_work,
    "dispatch.received=kill@2": killed_at_work,
    "dispatch.taken=kill@2": killed_at_work,
    "dispatch.handled=kill@2": killed_at_work,
    "dispatch.applied=kill@2": killed_at_work,
    "consumer.acknowledged=kill": killed_at_work,
    "audit.chained=kill": killed_at_work,
    "audit.sealed=kill": killed_at_work,
    "timers.claimed=kill": killed_with_a_timer_in_hand,
    "timers.acted=kill": killed_with_a_timer_in_hand,
    "consumer.parked=kill": killed_while_parking,
}
TOGETHER = [list(STORIES)[first : first + len(NAMES)] for first in range(0, len(STORIES), len(NAMES))]


async def run(plan: str, kiosk: Kiosk) -> None:
    try:
        await STORIES[plan](kiosk, plan)
    except BaseException as fault:
        fault.add_note(f"FAILPOINTS={plan}")
        raise


class TestAServiceKilled:
    @pytest.mark.parametrize("together", TOGETHER, ids=" ".join)
    async def test_loses_doubles_and_disorders_nothing(self, kiosks: Sequence[Kiosk], together: list[str]) -> None:
        await asyncio.gather(*(run(plan, kiosk) for plan, kiosk in zip(together, kiosks, strict=False)))

    def test_is_killed_at_every_failpoint_there_is(self) -> None:
        parts = {name.partition(".")[0] for name in map(_name, STORIES)}
        assert {_name(plan) for plan in STORIES} == {name for name in known() if name.partition(".")[0] in parts}


def _name(plan: str) -> str:
    return plan.partition("=")[0]
