"""From a commit to its effect in another service: once, in order, or parked with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import select, text
from till import service as till
from till.service import TILL, heard

from common import replay
from common.contracts import schema_id
from common.dispatch import Delivery, Record, read
from common.envelope import Envelope, headers_of
from common.ids import new_id
from common.money import Money
from common.testing.databases import ServiceDatabase
from common.testing.running import Running, run

Start = Callable[..., Awaitable[Running]]
Give = Callable[..., Awaitable[ServiceDatabase]]
QUARTER, REFUSED, BUG = Money("0.25"), Money("6.66"), Money("13.13")


async def recreate_topic(servers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        if "dermbill.till" in await admin.list_topics():
            await admin.delete_topics(["dermbill.till"])
            while "dermbill.till" in await admin.list_topics():
                await asyncio.sleep(0.05)
        await admin.create_topics([NewTopic("dermbill.till", 4, 1)])
    finally:
        await admin.close()


@pytest.fixture
async def servers(kafka: str) -> str:
    await recreate_topic(kafka)
    till.REFUSED.clear()
    till.BUGS.clear()
    return kafka


@pytest.fixture
async def working(run_service: Start, servers: str) -> Running:
    """The till service with its relay, consumer and timers running."""
    return await run_service(TILL, bootstrap_servers=servers, work=True)


async def eventually(look: Callable[[], Awaitable[Any]], *, seconds: float = 20.0) -> Any:
    """What `look` gives as soon as it gives something true."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.05)
        return found


async def heard_of(service: Running, till_id: UUID) -> list[tuple[int, Money]]:
    rows = await service.query(select(heard).where(heard.c.till_id == till_id).order_by(heard.c.place))
    return [(row["version"], row["amount"]) for row in rows]


async def parked(service: Running) -> list[dict[str, Any]]:
    async with service.client("operations:read") as http:
        return (await http.get("/parked")).json()["events"]


class TestWhatIsCommitted:
    async def test_is_handled_once_with_its_whole_envelope(self, working: Running, servers: str) -> None:
        till_id = await till.open_till(working.uow(), QUARTER)

        await eventually(lambda: heard_of(working, till_id))
        assert await heard_of(working, till_id) == [(1, QUARTER)]
        [record] = await records(servers)
        headers = {name: value.decode() for name, value in record.headers}
        assert record.key == str(till_id).encode()
        assert headers["ce_type"] == "org.dermbill.till.CoinsAdded.v1"
        assert headers["ce_tenantid"] == str(working.practice_id)
        assert headers["ce_sequence"].endswith("1")
        assert headers["ce_correlationid"] == str(till_id)
        assert headers["traceparent"].startswith("00-")

    async def test_is_not_published_when_it_is_rolled_back(self, working: Running) -> None:
        till_id = await till.open_till(working.uow(), QUARTER)

        async def fail() -> None:
            raise RuntimeError("the operation breaks after it published")

        with pytest.raises(RuntimeError):
            await till.add_coins(working.uow(), till_id, QUARTER, then=fail)
        assert [event.version for event in await working.published()] == [1]

    async def test_a_transaction_that_commits_late_is_still_sent(self, working: Running) -> None:
        slow, quick = [await till.open_till(working.uow(), QUARTER) for _ in range(2)]
        gate = asyncio.Event()

        async def wait() -> None:
            await gate.wait()

        late = asyncio.create_task(till.add_coins(working.uow(), slow, QUARTER, then=wait))
        await asyncio.sleep(0.2)
        for _ in range(5):
            await till.add_coins(working.uow(), quick, QUARTER)
        await eventually(lambda: has(heard_of(working, quick), 6))
        gate.set()
        await late
        await eventually(lambda: has(heard_of(working, slow), 2))

    async def test_keeps_its_order_within_a_till_under_concurrent_writers(self, working: Running) -> None:
        ids = [await till.open_till(working.uow(), QUARTER) for _ in range(6)]
        await asyncio.gather(*(till.add_coins(working.uow(), i, QUARTER) for _ in range(15) for i in ids))

        for till_id in ids:
            await eventually(lambda i=till_id: has(heard_of(working, i), 16))
            assert [version for version, _ in await heard_of(working, till_id)] == list(range(1, 17))


async def has(rows: Awaitable[list[Any]], count: int) -> bool:
    return len(await rows) >= count


async def records(servers: str) -> list[Any]:
    consumer = AIOKafkaConsumer("dermbill.till", bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        found = await consumer.getmany(timeout_ms=2000)
        return [record for batch in found.values() for record in batch]
    finally:
        await consumer.stop()


class TestRedelivery:
    async def test_a_second_delivery_has_no_second_effect(self, working: Running, servers: str) -> None:
        till_id = await till.open_till(working.uow(), QUARTER)
        await eventually(lambda: heard_of(working, till_id))
        [record] = await records(servers)

        await send_again(servers, record)
        other = await till.open_till(working.uow(), QUARTER)
        await eventually(lambda: heard_of(working, other))
        await asyncio.sleep(0.5)
        assert await heard_of(working, till_id) == [(1, QUARTER)]

    async def test_two_deliveries_at_once_have_one_effect(self, run_service: Start) -> None:
        quiet = await run_service(TILL)
        till_id = new_id()
        twice, once = new_id(), new_id()
        await quiet.runtime.dispatcher.apply(
            [delivery_of(quiet, till_id, event_id) for event_id in (twice, twice, once)]
        )
        assert len(await heard_of(quiet, till_id)) == 2

    async def test_replay_says_everything_again_and_changes_nothing(self, working: Running, servers: str) -> None:
        till_id = await till.open_till(working.uow(), QUARTER)
        await till.add_coins(working.uow(), till_id, QUARTER)
        await eventually(lambda: has(heard_of(working, till_id), 2))

        assert await replay.queue_again(working.database.platform_url, None, None) == 2
        await eventually(lambda: outbox_empty(working))
        assert len(await records(servers)) == 4
        assert [version for version, _ in await heard_of(working, till_id)] == [1, 2]


def delivery_of(service: Running, till_id: UUID, event_id: UUID) -> Delivery:
    """CoinsAdded as the consumer reads it."""
    type = service.service.contract.types[0]
    envelope = Envelope(
        id=event_id,
        type=type,
        source="/dermbill/till",
        subject=str(till_id),
        time=datetime.now(UTC),
        partitionkey=str(till_id),
        sequence=1,
        correlationid=till_id,
        causationid=None,
        dataschema=schema_id(type),
        tenantid=service.practice_id,
    )
    value = service.service.contract.encode(till.CoinsAdded(till_id, QUARTER))
    record = Record(service.service.contract.topic, 0, 0, str(till_id), tuple(headers_of(envelope)), value)
    item = read(record, service.service.handlers)
    assert isinstance(item, Delivery)
    return item


async def send_again(servers: str, record: Any) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    try:
        await producer.send_and_wait(
            record.topic, value=record.value, key=record.key, headers=list(record.headers), partition=record.partition
        )
    finally:
        await producer.stop()


async def outbox_empty(service: Running) -> bool:
    [row] = await service.query(text("SELECT count(*) AS n FROM outbox"))
    return row["n"] == 0


class TestParking:
    async def test_a_refused_event_parks_with_its_reason_and_the_rest_of_its_key_behind_it(
        self, working: Running
    ) -> None:
        till.REFUSED.add(REFUSED)
        till_id = await till.open_till(working.uow(), REFUSED)
        await till.add_coins(working.uow(), till_id, QUARTER)
        other = await till.open_till(working.uow(), QUARTER)

        await eventually(lambda: heard_of(working, other))
        waiting = await eventually(lambda: at_least(parked(working), 2))
        assert [event["code"] for event in waiting] == ["false-coins", "behind"]
        assert waiting[0]["reason"] == f"Till {till_id} does not take 6.66."
        assert waiting[1]["behind"] == waiting[0]["event_id"]
        assert await heard_of(working, till_id) == []

    async def test_replaying_the_key_handles_it_in_order(self, working: Running) -> None:
        till.REFUSED.add(REFUSED)
        till_id = await till.open_till(working.uow(), REFUSED)
        await till.add_coins(working.uow(), till_id, QUARTER)
        await eventually(lambda: at_least(parked(working), 2))

        async with working.client("operations:write") as http:
            early = await http.post(f"/parked/keys/{till_id}/replay")
            till.REFUSED.clear()
            mended = await http.post(f"/parked/keys/{till_id}/replay")
        assert (early.status_code, early.json()["code"]) == (409, "replay-failed")
        assert mended.json() == {"handled": 2}
        assert [version for version, _ in await heard_of(working, till_id)] == [1, 2]
        assert await parked(working) == []

    async def test_a_bug_parks_without_quoting_the_data(self, working: Running) -> None:
        till.BUGS.add(BUG)
        await till.open_till(working.uow(), BUG)
        [event] = await eventually(lambda: at_least(parked(working), 1))
        assert event["code"] == "bug"
        assert "13.13" not in event["reason"]

    async def test_a_message_that_is_no_event_parks_and_the_next_is_handled(
        self, working: Running, servers: str
    ) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=servers)
        await producer.start()
        await producer.send_and_wait("dermbill.till", value=b"\xff\x00", key=b"?", headers=[("ce_id", b"x")])
        await producer.stop()
        till_id = await till.open_till(working.uow(), QUARTER)
        await eventually(lambda: heard_of(working, till_id))
        rows = await working.query(text("SELECT code, practice_id FROM parked_events"))
        assert len(rows) == 1
        assert rows[0]["practice_id"] is None

    async def test_a_message_with_what_no_text_column_holds_parks_too(self, working: Running, servers: str) -> None:
        nul = b"a\x00b"
        producer = AIOKafkaProducer(bootstrap_servers=servers)
        await producer.start()
        await producer.send_and_wait("dermbill.till", value=nul, key=nul, headers=[("ce_id", nul), ("a\0b", nul)])
        await producer.stop()
        [row] = await eventually(lambda: working.query(text("SELECT headers, value FROM parked_events")))
        assert bytes(row["value"]) == nul
        till_id = await till.open_till(working.uow(), QUARTER)
        await eventually(lambda: heard_of(working, till_id))

    async def test_another_practice_neither_sees_nor_replays_it(self, working: Running) -> None:
        till.REFUSED.add(REFUSED)
        till_id = await till.open_till(working.uow(), REFUSED)
        await eventually(lambda: at_least(parked(working), 1))
        async with working.client("operations:read", "operations:write", practices=[new_id()]) as http:
            assert (await http.get("/parked")).json()["events"] == []
            assert (await http.post(f"/parked/keys/{till_id}/replay")).status_code == 404

    async def test_a_discarded_event_leaves_its_reason_in_the_audit_trail(self, working: Running) -> None:
        till.REFUSED.add(REFUSED)
        await till.open_till(working.uow(), REFUSED)
        [event] = await eventually(lambda: at_least(parked(working), 1))
        async with working.client("operations:write") as http:
            await http.post(f"/parked/events/{event['event_id']}/discard", json={"reason": "Counted by hand."})
        assert await parked(working) == []
        [row] = await working.query(text("SELECT facts FROM audit_trail WHERE kind = 'parked event'"))
        assert row["facts"]["reason"] == "Counted by hand."

    async def test_five_in_a_row_halt_the_consumer_until_it_is_resumed(self, working: Running) -> None:
        till.BUGS.add(BUG)
        for _ in range(5):
            await till.open_till(working.uow(), BUG)
        await eventually(lambda: halted(working))
        good = await till.open_till(working.uow(), QUARTER)
        await asyncio.sleep(0.5)
        assert await heard_of(working, good) == []
        async with working.client("operations:write") as http:
            assert (await http.get("/readyz")).status_code == 503
            assert (await http.post("/parked/resume")).json() == {"was_halted": True}
        await eventually(lambda: heard_of(working, good))


async def at_least(rows: Awaitable[list[Any]], count: int) -> list[Any]:
    found = await rows
    return found if len(found) >= count else []


async def halted(service: Running) -> bool:
    consumer = service.runtime.consumer
    return consumer is not None and consumer.halted is not None


class TestFaults:
    async def test_connections_cut_in_the_middle_lose_and_double_nothing(self, working: Running) -> None:
        ids = [await till.open_till(working.uow(), QUARTER) for _ in range(4)]
        cut = asyncio.create_task(cut_connections(working, times=6))
        added = dict.fromkeys(ids, 1)
        for till_id in ids * 10:
            try:
                await till.add_coins(working.uow(), till_id, QUARTER)
                added[till_id] += 1
            except Exception:
                await asyncio.sleep(0.1)
        await cut
        for till_id in ids:
            [row] = await working.query(text(f"SELECT version FROM tills WHERE id = '{till_id}'"))
            await eventually(lambda i=till_id, v=row["version"]: has(heard_of(working, i), v))
            versions = [version for version, _ in await heard_of(working, till_id)]
            assert versions == list(range(1, row["version"] + 1))
            assert row["version"] >= added[till_id]

    async def test_two_relays_do_not_send_side_by_side(
        self, working: Running, service_database: Give, servers: str, issuer: Any
    ) -> None:
        async with second(working, servers, issuer):
            ids = [await till.open_till(working.uow(), QUARTER) for _ in range(3)]
            await asyncio.gather(*(till.add_coins(working.uow(), i, QUARTER) for _ in range(10) for i in ids))
            for till_id in ids:
                await eventually(lambda i=till_id: has(heard_of(working, i), 11))
                assert [version for version, _ in await heard_of(working, till_id)] == list(range(1, 12))
        assert len(await records(servers)) == 33


@asynccontextmanager
async def second(first: Running, servers: str, issuer: Any) -> AsyncGenerator[Running, None]:
    async with run(TILL, first.database, issuer, bootstrap_servers=servers, work=True) as other:
        yield other


async def cut_connections(service: Running, *, times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0.15)
        await service.query(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{service.database.name}' AND pid <> pg_backend_pid() AND usename LIKE 'till_%'"
            )
        )
