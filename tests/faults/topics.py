"""What the broker holds, read as any stranger could: every record of a topic, and how far each group has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from own_stack import SERVICE_NAMES

from stack.services import TOPICS


@dataclass(frozen=True, slots=True)
class Told:
    """One record: the event's id, its key and the version of the aggregate that it speaks of."""

    event_id: str
    key: str
    version: int


def handled_types(service: str) -> frozenset[str]:
    """The event types that a service listens to."""
    return frozenset(import_module(f"{service}.main").SERVICE.handlers.by_type)


async def read_topics(servers: str) -> Mapping[str, Sequence[Told]]:
    """Every record of every topic; those of one partition in its order."""
    # Earliest from the start: a seek races with the reset that an assignment begins.
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for topic, count in TOPICS.items() for number in range(count)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: dict[str, list[Told]] = {topic: [] for topic in TOPICS}
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for partition, records in (await consumer.getmany(timeout_ms=500)).items():
                found[partition.topic] += [_told(record) for record in records]
        return found
    finally:
        await consumer.stop()


async def behind(servers: str) -> Mapping[str, int]:
    """For each consuming service how many records it has not acknowledged; empty when none waits."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await consumer.start()
    try:
        await admin.start()
        lag: dict[str, int] = {}
        for service in SERVICE_NAMES:
            topics = {type.split(".")[2] for type in handled_types(service)}
            places = [TopicPartition(f"dermbill.{t}", n) for t in topics for n in range(TOPICS[f"dermbill.{t}"])]
            if not places:
                continue
            ends = await consumer.end_offsets(places)
            reached = await admin.list_consumer_group_offsets(f"dermbill.{service}", partitions=places)
            lag[service] = sum(end - max(0, reached[place].offset) for place, end in ends.items())
        return {service: count for service, count in lag.items() if count}
    finally:
        await admin.close()
        await consumer.stop()


def out_of_order(topic: str, records: Sequence[Told]) -> list[str]:
    """Sentences for every key whose versions go back; of a record that came twice the first counts."""
    seen: set[str] = set()
    last: dict[str, int] = {}
    found: list[str] = []
    for record in records:
        if record.event_id in seen:
            continue
        seen.add(record.event_id)
        if record.version < last.get(record.key, 0):
            found.append(f"{topic}: {record.key} version {record.version} comes after {last[record.key]}")
        last[record.key] = max(record.version, last.get(record.key, 0))
    return found


def _told(record: object) -> Told:
    headers = {name: value.decode() for name, value in record.headers}  # type: ignore[attr-defined]
    return Told(headers["ce_id"], record.key.decode(), int(headers["ce_sequence"]))  # type: ignore[attr-defined]
