"""The embedded Kafka, on a real broker."""

import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from common.embedded import EmbeddedKafka, StackError, free_port

TOPIC = "dermbill.claims"


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    broker = EmbeddedKafka(tmp_path_factory.mktemp("broker"), topics={TOPIC: 3}, heap_mb=256)
    broker.start()
    yield broker
    broker.kill()


@contextlib.asynccontextmanager
async def producing(broker: EmbeddedKafka) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def produce(broker: EmbeddedKafka, count: int) -> list[bytes]:
    values = [f"visit {number}".encode() for number in range(count)]
    async with producing(broker) as producer:
        for value in values:
            await producer.send_and_wait(TOPIC, value, key=b"claim", partition=1)
    return values


async def everything(broker: EmbeddedKafka) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partition = TopicPartition(TOPIC, 1)
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        await consumer.seek_to_beginning(partition)
        values: list[bytes] = []
        while len(values) < end:
            batch = await consumer.getmany(timeout_ms=500)
            values += [record.value for records in batch.values() for record in records]
        return values
    finally:
        await consumer.stop()


class TestServing:
    async def test_topics_have_the_partitions_asked_for(self, kafka: EmbeddedKafka) -> None:
        kafka.create_topics({"dermbill.payments": 5, TOPIC: 3})
        async with producing(kafka) as producer:
            assert await producer.partitions_for(TOPIC) == {0, 1, 2}
            assert len(await producer.partitions_for("dermbill.payments")) == 5

    async def test_acknowledged_messages_survive_a_sigkill_of_the_broker_in_order(self, kafka: EmbeddedKafka) -> None:
        sent = await produce(kafka, 200)
        kafka.kill()
        assert not kafka.alive
        kafka.start()
        assert await everything(kafka) == sent

    async def test_a_clean_stop_ends_by_sigterm_and_keeps_everything(self, kafka: EmbeddedKafka) -> None:
        before = await everything(kafka)
        kafka.stop()
        assert kafka.child is not None
        assert kafka.child.exit_code in (0, 143)
        kafka.start()
        assert await everything(kafka) == before

    async def test_a_topic_is_never_created_by_use(self, kafka: EmbeddedKafka) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
        await admin.start()
        try:
            [answer] = await admin.describe_topics(["dermbill.misspelt"])
            assert answer["error_code"] == UnknownTopicOrPartitionError.errno
            assert "dermbill.misspelt" not in await admin.list_topics()
        finally:
            await admin.close()


class TestRefusing:
    def test_a_port_in_use_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", free_port())) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(StackError) as refusal:
                EmbeddedKafka(tmp_path, port=port).start()
        assert str(refusal.value) == f"Port {port} on 127.0.0.1, wanted by Kafka, is in use by another program."

    def test_a_broker_that_dies_at_the_start_shows_the_end_of_its_log(self, tmp_path: Path) -> None:
        broker = EmbeddedKafka(tmp_path, heap_mb=256)
        folder = tmp_path / "log"
        folder.mkdir()
        (folder / "meta.properties").write_text("version=1\nnode.id=99\ncluster.id=someone-elses\n")
        with pytest.raises(StackError, match=r"^Kafka ended unexpectedly \(exit code 1\)\.$") as refusal:
            broker.start()
        assert any("node" in line.lower() for line in refusal.value.last_lines)
