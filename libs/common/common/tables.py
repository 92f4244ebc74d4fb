"""The tables that every service's database has, and how a service declares its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from common.money import Money

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}

TENANT = "tenant"
"""Key in `Table.info` of a table under row-level security."""
REFERENCE = "reference"
"""Key in `Table.info` of a table that no practice owns and the application only reads."""


class MoneyType(TypeDecorator[Money]):
    """Numeric(12, 2) in the database, `Money` in Python."""

    impl = Numeric(12, 2)
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else value.amount

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:
        return None if value is None else Money(value)


def service_metadata() -> MetaData:
    """An empty MetaData whose constraints and indexes are named as those of every service."""
    return MetaData(naming_convention=NAMES)


def tenant_table(name: str, metadata: MetaData, *columns: Any) -> Table:
    """A business table: `practice_id` on every row, row-level security by `secure_tables` in the migration."""
    practice = Column("practice_id", Uuid, nullable=False)
    return Table(name, metadata, practice, *columns, info={TENANT: True})


def reference_table(name: str, metadata: MetaData, *columns: Any) -> Table:
    """A table of published facts, the same for every practice; `reference_tables` in the migration lets it be read."""
    return Table(name, metadata, *columns, info={REFERENCE: True})


def versioned() -> Column[int]:
    """The optimistic version of an aggregate's row; also the sequence of its events."""
    return Column("version", BigInteger, nullable=False)


def moment(name: str, *, nullable: bool = False, default_now: bool = False) -> Column[Any]:
    """A `timestamptz`."""
    default = func.now() if default_now else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


PLATFORM = service_metadata()

EVENT_POSITION = Sequence("event_log_position_seq", metadata=PLATFORM)

# What this service ever said. Partitioned by month so that old months can be detached, never deleted row by row.
event_log = Table(
    "event_log",
    PLATFORM,
    Column("position", BigInteger, nullable=False, server_default=EVENT_POSITION.next_value()),
    moment("recorded_at", default_now=True),
    Column("event_id", Uuid, nullable=False),
    Column("practice_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    moment("time"),
    Column("correlation_id", Uuid, nullable=False),
    Column("causation_id", Uuid),
    Column("traceparent", Text),
    Column("payload", Text, nullable=False),
    PrimaryKeyConstraint("recorded_at", "position"),
    Index("event_log_key_idx", "key", "version"),
    postgresql_partition_by="RANGE (recorded_at)",
    info={TENANT: True},
)

# Positions not yet acknowledged by Kafka. A queue, not a cursor: a transaction that commits late is still in it.
outbox = Table(
    "outbox",
    PLATFORM,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    moment("recorded_at"),
    Column("practice_id", Uuid, nullable=False),
    info={TENANT: True},
)

inbox = Table(
    "inbox",
    PLATFORM,
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("practice_id", Uuid, nullable=False),
    moment("handled_at", default_now=True),
    PrimaryKeyConstraint("consumer", "event_id"),
    info={TENANT: True},
)

# `practice_id` is null when the message was too broken to say whose it was.
parked_events = Table(
    "parked_events",
    PLATFORM,
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("practice_id", Uuid),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("record_offset", BigInteger, nullable=False),
    Column("type", Text),
    Column("key", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("behind", Uuid),
    moment("parked_at", default_now=True),
    PrimaryKeyConstraint("consumer", "event_id"),
    Index("parked_events_consumer_key_idx", "consumer", "key"),
    info={TENANT: True},
)

TIMER_GENERATION = Sequence("timers_generation_seq", metadata=PLATFORM)

timers = Table(
    "timers",
    PLATFORM,
    Column("practice_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    moment("due_at"),
    Column("version", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False, server_default=TIMER_GENERATION.next_value()),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("correlation_id", Uuid),
    Column("traceparent", Text),
    moment("leased_until", nullable=True),
    Column("last_error", Text),
    moment("stopped_at", nullable=True),
    Column("stopped_code", Text),
    Column("stopped_reason", Text),
    PrimaryKeyConstraint("practice_id", "kind", "key"),
    Index("timers_due_idx", "due_at", postgresql_where=text("stopped_at IS NULL")),
    info={TENANT: True},
)

idempotency_keys = Table(
    "idempotency_keys",
    PLATFORM,
    Column("practice_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("body", Text),
    moment("created_at", default_now=True),
    PrimaryKeyConstraint("practice_id", "key"),
    info={TENANT: True},
)

audit_trail = Table(
    "audit_trail",
    PLATFORM,
    Column("id", Uuid, primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("facts", JSONB, nullable=False),
    Index("audit_trail_subject_idx", "subject", "at"),
    info={TENANT: True},
)

# Rows of the trail that the sealer has not chained yet.
audit_queue = Table(
    "audit_queue",
    PLATFORM,
    Column("audit_id", Uuid, primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    info={TENANT: True},
)

# One chain per service: hash = sha256(previous hash, the row as canonical JSON).
audit_seals = Table(
    "audit_seals",
    PLATFORM,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("audit_id", Uuid, nullable=False, unique=True),
    Column("practice_id", Uuid, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    moment("sealed_at", default_now=True),
    info={TENANT: True},
)
