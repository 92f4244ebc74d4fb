"""Apache Kafka on its own JVM: one KRaft node that is broker and controller, formatted and started by us."""

import asyncio
import base64
import threading
import uuid
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

# aiokafka publishes no types for its admin answers.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

from common.embedded.children import Child, Signal, last_lines, start_child
from common.embedded.errors import StackError
from common.embedded.jars import kafka_jars
from common.embedded.java import find_java
from common.embedded.ports import HOST, ensure_free, ensure_space, free_port

_TOPIC_ALREADY_EXISTS = 36

# One node: every replica count is one. No flush settings: an acknowledged message is with the kernel, which a
# SIGKILL of the broker does not touch; and event_log can rebuild the topics should the machine itself die.
_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "num.partitions": "12",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # Kafka's own 6 s is for networks; a test that kills consumers need not wait so long for the next.
    "group.min.session.timeout.ms": "1000",
    # A broker that comes back after a crash waits until its former self has timed out.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": str(8 * 2**20),
    "log.index.size.max.bytes": str(2**20),
}

# Ready soon and small rather than fast in the long run: C1 only, the serial collector, and an end, not a
# limp, when memory is short.
_JVM = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Xshare:auto",
    "-Djava.awt.headless=true",
)


class EmbeddedKafka:
    """One Apache Kafka broker in `data_dir`, on 127.0.0.1 only.

    `topics` maps a topic to its partitions; they are created at every start where missing. Topics are never
    created by use. Ports are chosen free when not given; `heap_mb` is the JVM's -Xmx.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        topics: Mapping[str, int] | None = None,
        port: int | None = None,
        controller_port: int | None = None,
        heap_mb: int = 320,
        log: Path | None = None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.topics = dict(topics or {})
        self.port = port or free_port()
        self.controller_port = controller_port or free_port(avoid={self.port})
        self.heap_mb = heap_mb
        self.log = log or self.data_dir / "kafka.log"
        self.child: Child | None = None

    @property
    def bootstrap_servers(self) -> str:
        """The address clients are given: `127.0.0.1:port`."""
        return f"{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.alive

    def start(self, *, patience: float = 60.0) -> None:
        """Start the broker, wait until it serves, and create the topics that are missing."""
        self.spawn()
        self.wait_ready(patience=patience)

    def spawn(self) -> None:
        """Format the data folder if it is new and start the broker without waiting for it.

        Raises StackError for a port in use, jars or Java that are missing, or a full disk.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        (self.data_dir / "tmp").mkdir(exist_ok=True)
        ensure_space(self.data_dir)
        self._write_settings()
        if not (self.data_dir / "log" / "meta.properties").exists():
            self._format()
        ensure_free(self.port, "Kafka")
        ensure_free(self.controller_port, "Kafka's controller")
        self.child = self._java("Kafka", "kafka.Kafka", str(self._settings_file))

    def wait_ready(self, *, patience: float = 60.0) -> None:
        """Wait until the broker answers and its topics exist; StackError when it ends or takes too long."""
        child = self.child
        if child is None:
            raise StackError("Kafka was not started.")
        try:
            create_topics(self.bootstrap_servers, self.topics, patience=patience, check=child.require_alive)
        except TimeoutError as late:
            raise StackError(f"Kafka was not ready within {patience:.0f} s.", last_lines=last_lines(self.log)) from late

    def create_topics(self, topics: Mapping[str, int]) -> None:
        """Create topics with the given partitions; one that exists is left as it is."""
        child = self.child
        if child is None:
            raise StackError("Kafka was not started.")
        self.topics |= topics
        create_topics(self.bootstrap_servers, topics, check=child.require_alive)

    def stop(self, *, patience: float = 20.0) -> None:
        """Shut down in order: leave, flush, end."""
        if self.child is not None and self.child.alive:
            self.child.stop(Signal.SIGTERM, patience=patience)

    def kill(self) -> None:
        """End the broker with SIGKILL, as a crash would; what it acknowledged is kept."""
        if self.child is not None:
            self.child.kill()

    @property
    def _settings_file(self) -> Path:
        return self.data_dir / "server.properties"

    def _write_settings(self) -> None:
        places = {
            "listeners": f"PLAINTEXT://{self.bootstrap_servers},CONTROLLER://{HOST}:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap_servers}",
            "controller.quorum.voters": f"1@{HOST}:{self.controller_port}",
            "log.dirs": str(self.data_dir / "log").replace("\\", "\\\\"),
        }
        lines = [f"{name}={value}\n" for name, value in (_SETTINGS | places).items()]
        self._settings_file.write_text("".join(lines))

    def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # A cluster id that begins with a dash would be read as an option.
        identity = f"--cluster-id={cluster}"
        arguments = ("format", identity, "--config", str(self._settings_file), "--ignore-formatted")
        storage = self._java("Kafka's formatting", "kafka.tools.StorageTool", *arguments)
        if not storage.wait(60) or storage.exit_code != 0:
            storage.kill()
            raise StackError("Kafka could not format its data folder.", last_lines=last_lines(self.log))

    def _java(self, name: str, main_class: str, *arguments: str) -> Child:
        classpath = ":".join(str(jar) for jar in kafka_jars())
        log4j = Path(__file__).with_name("kafka_log4j2.properties")
        command = [
            find_java(),
            f"-Xmx{self.heap_mb}m",
            *_JVM,
            f"-Djava.io.tmpdir={self.data_dir / 'tmp'}",
            f"-Dlog4j2.configurationFile={log4j}",
            "-cp",
            classpath,
            main_class,
            *arguments,
        ]
        return start_child(name, command, log=self.log, cwd=self.data_dir, on_orphaned=Signal.SIGTERM)


def create_topics(
    bootstrap_servers: str,
    topics: Mapping[str, int],
    *,
    patience: float = 30.0,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Create the topics that are missing, one replica each, on any cluster; wait until it answers.

    `check` is called while waiting and ends it by raising. Raises TimeoutError after `patience` seconds and
    StackError when the cluster refuses a topic.
    """
    _apart(lambda: _create_topics(bootstrap_servers, topics, check, patience))


async def _create_topics(
    bootstrap: str, topics: Mapping[str, int], require_alive: Callable[[], None], patience: float
) -> None:
    async with asyncio.timeout(patience):
        admin = await _connect(bootstrap, require_alive)
        try:
            missing = set(topics) - set(await admin.list_topics())
            wanted = [NewTopic(name, topics[name], 1) for name in sorted(missing)]
            if wanted:
                answer = await admin.create_topics(wanted)
                for name, code, *_ in answer.topic_errors:
                    if code not in (0, _TOPIC_ALREADY_EXISTS):
                        raise StackError(f"Kafka refused to create topic {name}: {for_code(code).__name__}.")
        finally:
            await admin.close()


async def _connect(bootstrap: str, require_alive: Callable[[], None]) -> AIOKafkaAdminClient:
    host, port = bootstrap.split(",")[0].rsplit(":", 1)
    while True:
        require_alive()
        try:
            # The client logs an error for each refusal, so it is asked only when somebody listens.
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
            admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
            await admin.start()
        except (OSError, KafkaError):
            await asyncio.sleep(0.05)
        else:
            return admin


def _apart(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `work` on an event loop of its own thread, so that the caller may have a running loop or none."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=run, name="kafka-admin")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
