"""The ceiling: the same hops with nothing promised. Insert, produce in batches, consume, insert."""

from __future__ import annotations

import asyncio
import json
import time
import uuid

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from bench.parts import CONCURRENCY, PARTITIONS, Parts

TABLES = """
    CREATE TABLE IF NOT EXISTS bare_tills (id uuid PRIMARY KEY, practice_id uuid, version bigint,
                                           amount numeric(12, 2));
    CREATE TABLE IF NOT EXISTS bare_heard (place bigserial PRIMARY KEY, practice_id uuid, till_id uuid, version bigint,
                                           amount numeric(12, 2));
    TRUNCATE bare_tills, bare_heard;
"""


async def throughput(parts: Parts, events: int) -> float:
    """Events per second from the first insert to the last applied effect."""
    pool = await asyncpg.create_pool(parts.plain_postgres, min_size=CONCURRENCY + PARTITIONS, max_size=32)
    await pool.execute(TABLES)
    producer = AIOKafkaProducer(
        bootstrap_servers=parts.kafka, acks="all", enable_idempotence=True, linger_ms=2, max_batch_size=256 * 1024
    )
    consumer = AIOKafkaConsumer(
        "bare", bootstrap_servers=parts.kafka, group_id=f"bare-{uuid.uuid4()}", enable_auto_commit=False
    )
    await producer.start()
    await consumer.start()
    await consumer.seek_to_end()
    try:
        started = time.perf_counter()
        await asyncio.gather(_write(pool, producer, events), _consume(pool, consumer, events))
        return events / (time.perf_counter() - started)
    finally:
        await producer.stop()
        await consumer.stop()
        await pool.close()


async def _write(pool: asyncpg.Pool, producer: AIOKafkaProducer, events: int) -> None:
    practice, share = uuid.uuid4(), events // CONCURRENCY

    async def some(count: int) -> None:
        for _ in range(count):
            till = uuid.uuid4()
            await pool.execute("INSERT INTO bare_tills VALUES ($1, $2, 1, 0.25)", till, practice)
            value = json.dumps({"till_id": str(till), "amount": "0.25"}).encode()
            await producer.send("bare", value=value, key=str(till).encode())

    counts = [share] * CONCURRENCY
    counts[0] += events - share * CONCURRENCY
    await asyncio.gather(*(some(count) for count in counts))


async def _consume(pool: asyncpg.Pool, consumer: AIOKafkaConsumer, events: int) -> None:
    practice, handled = uuid.uuid4(), 0

    async def lane(records: list[ConsumerRecord[bytes, bytes]]) -> None:
        for record in records:
            data = json.loads(record.value or b"{}")
            await pool.execute(
                "INSERT INTO bare_heard (practice_id, till_id, version, amount) VALUES ($1, $2, 1, $3::text::numeric)",
                practice,
                uuid.UUID(data["till_id"]),
                data["amount"],
            )

    while handled < events:
        fetched = await consumer.getmany(timeout_ms=200, max_records=500)
        await asyncio.gather(*(lane(records) for records in fetched.values()))
        handled += sum(len(records) for records in fetched.values())
        if fetched:
            await consumer.commit()
