"""The rows of coverage checks and their registers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.tables import MoneyType, moment, service_metadata, tenant_table, versioned

METADATA = service_metadata()

NO_CODES = text("attention <> '[]'::jsonb")

# `question` and `answer` are sealed (docs/adr/0009): who was asked about, and the 271 as it came. `fingerprint` is a
# keyed hash of the question, so that an equal one is found again.
checks = tenant_table(
    "checks",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("cause", Text, nullable=False),
    Column("service_types", JSONB, nullable=False),
    Column("wanted_coverage", Uuid),
    Column("status", Text, nullable=False),
    Column("coverage_id", Uuid),
    Column("payer_id", Text),
    Column("round", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    moment("asked_for_at"),
    moment("ask_at", nullable=True),
    moment("answered_at", nullable=True),
    Column("same_as", Uuid),
    Column("standing", Text),
    Column("codes", JSONB, nullable=False),
    Column("attention", JSONB, nullable=False),
    Column("fingerprint", LargeBinary),
    Column("question", LargeBinary),
    Column("answer", LargeBinary),
    Column("anew", Boolean),
    Index("checks_patient_idx", "practice_id", "patient_id", "day"),
    Index("checks_status_idx", "practice_id", "status"),
    Index("checks_fingerprint_idx", "practice_id", "fingerprint"),
    Index("checks_attention_idx", "practice_id", "day", postgresql_where=NO_CODES),
)

# Append-only: what happened to a check, and the exchange with the payer where there was one.
history = tenant_table(
    "check_history",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("check_id", Uuid, ForeignKey("checks.id"), nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("codes", JSONB, nullable=False),
    Column("sealed_reason", LargeBinary),
    Column("exchange_id", Uuid),
    Column("milliseconds", Integer),
    Index("check_history_check_idx", "check_id", "at"),
)

payers = tenant_table(
    "payers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("payer_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("service_types", JSONB, nullable=False),
    Column("fresh_hours", Integer, nullable=False),
    UniqueConstraint("practice_id", "payer_id"),
)

asking_providers = tenant_table(
    "asking_providers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("name", Text, nullable=False),
    Column("npi", Text, nullable=False),
    Column("days_before_visit", Integer, nullable=False),
    Column("claim_window_days", Integer, nullable=False),
    Column("automatic", Boolean, nullable=False),
    UniqueConstraint("practice_id"),
)

# A batch is worked through in the order of its items; `started` is how many have become checks.
batches = tenant_table(
    "batches",
    METADATA,
    Column("id", Uuid, primary_key=True),
    moment("accepted_at"),
    Column("items", Integer, nullable=False),
    Column("started", Integer, nullable=False),
)

batch_items = tenant_table(
    "batch_items",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("batches.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("patient_id", Uuid),
    Column("day", Date),
    Column("coverage_id", Uuid),
    Column("service_types", JSONB, nullable=False),
    Column("check_id", Uuid, ForeignKey("checks.id")),
    Column("refused", Text),
    UniqueConstraint("practice_id", "batch_id", "number"),
    Index("batch_items_check_idx", "check_id"),
)

appointments = tenant_table(
    "appointments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("check_id", Uuid, ForeignKey("checks.id")),
    Column("planned", JSONB),
    Index("appointments_patient_idx", "practice_id", "patient_id", "day"),
)

# Under which number another system keeps an appointment.
appointment_numbers = tenant_table(
    "appointment_numbers",
    METADATA,
    Column("system", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False),
    PrimaryKeyConstraint("practice_id", "system", "number"),
)

# The newest coding of each visit, by the encounter's id; `waits` until an answer of a payer was held against it.
coded_visits = tenant_table(
    "coded_visits",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("coding", BigInteger, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("services", JSONB, nullable=False),
    Column("waits", Boolean, nullable=False),
    Index("coded_visits_waiting_idx", "practice_id", "patient_id", postgresql_where=text("waits")),
)

gap_reviews = tenant_table(
    "gap_reviews",
    METADATA,
    Column("id", Uuid, primary_key=True),
    moment("at"),
    Column("patient_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("check_id", Uuid, ForeignKey("checks.id")),
    Column("appointment_id", Uuid, ForeignKey("appointments.id")),
    Column("network", Text, nullable=False),
    Column("planned", JSONB, nullable=False),
    Column("found", JSONB, nullable=False),
    Column("encounter_id", Uuid),
    Column("coding", BigInteger),
    Index("gap_reviews_patient_idx", "practice_id", "patient_id", "day"),
)

# What a payer pays for a code, by its contract: from a day on, until another amount takes its place.
fee_schedules = tenant_table(
    "fee_schedules",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("payer_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("amount", MoneyType, nullable=False),
    UniqueConstraint("practice_id", "payer_id", "code", "effective_from"),
)

estimates = tenant_table(
    "estimates",
    METADATA,
    Column("id", Uuid, primary_key=True),
    moment("at"),
    Column("patient_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("check_id", Uuid, ForeignKey("checks.id"), nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("planned", JSONB, nullable=False),
    Column("result", JSONB, nullable=False),
    Index("estimates_patient_idx", "practice_id", "patient_id", "day"),
)

# Whose services a good-faith estimate is about; its TIN is an EIN.
estimate_providers = tenant_table(
    "estimate_providers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("entry", JSONB, nullable=False),
    UniqueConstraint("practice_id"),
)

# `document` is sealed: the estimate as it is handed over, with the patient's name. Kept for six years.
good_faith_estimates = tenant_table(
    "good_faith_estimates",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, nullable=False),
    Column("why", Text, nullable=False),
    Column("begun_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("scheduled_on", Date),
    Column("total", MoneyType, nullable=False),
    moment("given_at", nullable=True),
    Column("document", LargeBinary, nullable=False),
    Index("good_faith_estimates_patient_idx", "practice_id", "patient_id"),
    Index("good_faith_estimates_due_idx", "practice_id", "due_on", postgresql_where=text("given_at IS NULL")),
)
