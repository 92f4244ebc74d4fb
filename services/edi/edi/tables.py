"""The rows of the wire: partners, numbers, the archive, what went out and what came in."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from common.tables import moment, service_metadata, tenant_table, versioned

METADATA = service_metadata()

# The sender id is unique over all practices: the far side tells interchanges and mailboxes apart by it, so two
# practices under one id would take each other's numbers and read each other's remittances.
partners = tenant_table(
    "partners",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("name", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("sender_qualifier", Text, nullable=False),
    Column("sender_id", Text, nullable=False),
    Column("sender_group_id", Text, nullable=False),
    Column("receiver_qualifier", Text, nullable=False),
    Column("receiver_id", Text, nullable=False),
    Column("receiver_group_id", Text, nullable=False),
    Column("usage", Text, nullable=False),
    Column("delimiters", Text, nullable=False),
    Column("poll_seconds", Integer, nullable=False),
    Column("acknowledgement_hours", Integer, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("wire", Text, nullable=False, server_default="http"),
    Column("access", JSONB, nullable=False, server_default="{}"),
    Column("folders", JSONB),
    Column("real_time_path", Text, nullable=False, server_default="/core/v1/realtime"),
    UniqueConstraint("base_url", "sender_id"),
)

routes = tenant_table(
    "routes",
    METADATA,
    Column("payer_id", Text, nullable=False),
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    PrimaryKeyConstraint("practice_id", "payer_id"),
    Index("routes_partner_idx", "partner_id"),
)

# A row lock, not a sequence: a sequence keeps its gap when the transaction rolls back.
counters = tenant_table(
    "counters",
    METADATA,
    Column("partner_id", Uuid, ForeignKey("partners.id"), primary_key=True),
    Column("interchanges", BigInteger, nullable=False),
    Column("groups", BigInteger, nullable=False),
)

mailboxes = tenant_table(
    "mailboxes",
    METADATA,
    Column("partner_id", Uuid, ForeignKey("partners.id"), primary_key=True),
    Column("cursor", Text),
    Column("taken", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text),
    moment("polled_at", nullable=True),
)

# What was seen in a mailbox whose files are cleared away, by the keyed hash of its name, with what tells its bytes
# (`mark`). It outlives the clearing for a while: another process may still hold what it read before.
pickups = tenant_table(
    "pickups",
    METADATA,
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("looks", Integer, nullable=False),
    moment("noted_at"),
    Column("file_id", Uuid, ForeignKey("files.id")),
    PrimaryKeyConstraint("partner_id", "name"),
)

archive = tenant_table(
    "archive",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    moment("stored_at"),
)

files = tenant_table(
    "files",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("sealed_name", LargeBinary),
    Column("archive_id", Uuid, ForeignKey("archive.id")),
    Column("sha256", Text),
    Column("size", BigInteger),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("flaws", JSONB, nullable=False),
    Column("duplicate_of", Uuid),
    Column("corrected_by", Uuid, ForeignKey("archive.id")),
    moment("received_at"),
    moment("released_at", nullable=True),
    Index("files_partner_sha256_idx", "partner_id", "sha256"),
    Index("files_status_idx", "practice_id", "status"),
)

interchanges = tenant_table(
    "interchanges",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    Column("direction", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("kinds", JSONB, nullable=False),
    Column("sender_id", Text, nullable=False),
    Column("receiver_id", Text, nullable=False),
    Column("control", Text, nullable=False),
    Column("groups", ARRAY(Text), nullable=False),
    Column("usage", Text, nullable=False),
    Column("archive_id", Uuid, ForeignKey("archive.id"), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("file_id", Uuid, ForeignKey("files.id")),
    Column("ordinal", Integer, nullable=False),
    Column("reason", Text),
    Column("duplicate_of", Uuid),
    moment("at"),
    Index("interchanges_numbers_idx", "partner_id", "sender_id", "control"),
    Index("interchanges_file_idx", "file_id"),
)

transmissions = tenant_table(
    "transmissions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    Column("interchange_id", Uuid, ForeignKey("interchanges.id"), nullable=False),
    Column("reference", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payer_id", Text),
    Column("sets", Integer, nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    Column("interchange_control", Text, nullable=False),
    Column("group_control", Text, nullable=False),
    Column("status", Text, nullable=False),
    moment("queued_at"),
    moment("sent_at", nullable=True),
    moment("acknowledge_by", nullable=True),
    moment("overdue_at", nullable=True),
    moment("acknowledged_at", nullable=True),
    Column("outcome", Text),
    Column("errors", JSONB, nullable=False),
    Column("failure", Text),
    UniqueConstraint("partner_id", "ordinal"),
    Index("transmissions_interchange_control_idx", "partner_id", "interchange_control"),
    Index("transmissions_group_control_idx", "partner_id", "group_control"),
    Index("transmissions_reference_idx", "practice_id", "reference"),
)

attempts = tenant_table(
    "attempts",
    METADATA,
    Column("transmission_id", Uuid, ForeignKey("transmissions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    moment("started_at"),
    moment("staged_at", nullable=True),
    moment("ended_at", nullable=True),
    Column("outcome", Text),
    PrimaryKeyConstraint("transmission_id", "number"),
)

acknowledgements = tenant_table(
    "acknowledgements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    Column("interchange_id", Uuid, ForeignKey("interchanges.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("control", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("note", Text),
    Column("transmission_id", Uuid, ForeignKey("transmissions.id")),
    Column("applied", Boolean, nullable=False),
    Column("reason", Text),
    moment("received_at"),
    Index("acknowledgements_transmission_idx", "transmission_id"),
)

# Real time: a question and its answer on one line, with what CAQH CORE wants to be reported of them.
exchanges = tenant_table(
    "exchanges",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    Column("reference", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("interchange_control", Text, nullable=False),
    Column("request_id", Uuid, ForeignKey("interchanges.id"), nullable=False),
    Column("response_id", Uuid, ForeignKey("interchanges.id")),
    moment("asked_at"),
    moment("answered_at", nullable=True),
    Column("milliseconds", Integer),
    Column("outcome", Text, nullable=False),
    Column("code", Text),
    Index("exchanges_asked_idx", "practice_id", "asked_at"),
    Index("exchanges_fingerprint_idx", "partner_id", "fingerprint", "asked_at"),
)

# What a FHIR server was asked to tell us of. The secret by which it proves that it is the one stands sealed; a
# subscription that was ended stays, so that what still comes by it has an answer.
subscriptions = tenant_table(
    "subscriptions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", Uuid, ForeignKey("partners.id"), nullable=False),
    Column("content", Text, nullable=False),
    Column("filter", Text),
    Column("status", Text, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("remote_id", Text),
    Column("last_event", BigInteger, nullable=False),
    Column("last_error", Text),
    moment("asked_at"),
    moment("heard_at", nullable=True),
    Index("subscriptions_partner_idx", "partner_id"),
)

TABLES = tuple(METADATA.tables)
APPEND_ONLY = ("archive", "interchanges", "acknowledgements")
