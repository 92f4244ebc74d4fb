"""PostgreSQL and Apache Kafka as child processes: the real servers, with nothing installed on the machine."""

from common.embedded.children import Child, Signal, process_stamp, start_child
from common.embedded.errors import StackError
from common.embedded.jars import KAFKA_VERSION, kafka_jars
from common.embedded.kafka import EmbeddedKafka, create_topics
from common.embedded.ports import ensure_free, free_port
from common.embedded.postgres import EmbeddedPostgres

__all__ = [
    "KAFKA_VERSION",
    "Child",
    "EmbeddedKafka",
    "EmbeddedPostgres",
    "Signal",
    "StackError",
    "create_topics",
    "ensure_free",
    "free_port",
    "kafka_jars",
    "process_stamp",
    "start_child",
]
