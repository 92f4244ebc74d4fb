"""The rows of authorizations: the records and their history, what encounters did, rules, payers, who asks and who
treats.
"""

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
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.tables import moment, service_metadata, tenant_table, versioned

METADATA = service_metadata()

LOOKED_AT = text("attention <> '[]'::jsonb")

# `question`, `earlier` and `answer` are sealed (docs/adr/0009): the request as it was asked, the last one that the
# payer took, and the answer as it came. `response_key` is a keyed hash of the id that the payer's answer over FHIR has.
records = tenant_table(
    "authorizations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("payer_id", Text),
    Column("program", Text, nullable=False),
    Column("wish", JSONB, nullable=False),
    Column("request", JSONB),
    Column("requests", Integer, nullable=False),
    Column("trace", Text, nullable=False),
    Column("decided", JSONB, nullable=False),
    Column("valid_to", Date),
    Column("used", JSONB, nullable=False),
    Column("alerted", JSONB, nullable=False),
    Column("attention", JSONB, nullable=False),
    moment("response_due", nullable=True),
    moment("decision_due", nullable=True),
    Column("clock_rule", Text),
    Column("owner", Text),
    Column("amendment", JSONB),
    Column("visits_used", Integer, nullable=False, server_default="0"),
    Column("question", LargeBinary),
    Column("earlier", LargeBinary),
    Column("answer", LargeBinary),
    Column("response_key", Text),
    Index("authorizations_patient_idx", "practice_id", "patient_id"),
    Index("authorizations_status_idx", "practice_id", "status"),
    Index("authorizations_trace_idx", "practice_id", "trace"),
    Index("authorizations_response_key_idx", "practice_id", "response_key"),
    Index("authorizations_attention_idx", "practice_id", "id", postgresql_where=LOOKED_AT),
)

# Append-only: what happened to an authorization. Reasons that staff write are sealed.
history = tenant_table(
    "authorization_history",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("authorization_id", Uuid, ForeignKey("authorizations.id"), nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("codes", JSONB, nullable=False),
    Column("sealed_reason", LargeBinary),
    Column("exchange_id", Uuid),
    Index("authorization_history_idx", "authorization_id", "at"),
)

# The newest word of each encounter: its lines, or none where it is not coded now. `services` are the lines with their
# diagnoses.
encounters = tenant_table(
    "encounters",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("word", BigInteger, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("day", Date),
    Column("rendering_npi", Text),
    Column("lines", JSONB, nullable=False),
    Column("place", Text),
    Column("services", JSONB),
    Index("encounters_patient_idx", "practice_id", "patient_id"),
)

# The coverages of each patient, by patient: payer, place in the order of benefits and days; `whole` when all are known.
covered = tenant_table(
    "covered",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("coverages", JSONB, nullable=False),
    Column("whole", Boolean, nullable=False),
)

# What the rules say of each coded visit, as it was told; `id` is the encounter's.
visit_needs = tenant_table(
    "visit_needs",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("coded_version", BigInteger, nullable=False),
    Column("payer_id", Text),
    Column("plan", Text),
    Column("services", JSONB, nullable=False),
    Column("referral", JSONB, nullable=False),
    Index("visit_needs_day_idx", "practice_id", "day"),
)

rules = tenant_table(
    "rules",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("name", Text, nullable=False),
    Column("payer_id", Text),
    Column("rule", JSONB, nullable=False),
    UniqueConstraint("practice_id", "name"),
)

payers = tenant_table(
    "payers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("payer_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("standard_days", Integer),
    Column("urgent_days", Integer),
    Column("wire", Text, nullable=False, server_default="x12"),
    Column("partner_id", Uuid),
    Column("plan_type", Text),
    Column("retro_days", Integer),
    UniqueConstraint("practice_id", "payer_id"),
)

asking_providers = tenant_table(
    "asking_providers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("name", Text, nullable=False),
    Column("npi", Text, nullable=False),
    Column("details", JSONB),
    UniqueConstraint("practice_id"),
)

# Who treats and who refers, by NPI. A clinician's name is no secret of a patient's.
clinicians = tenant_table(
    "clinicians",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("npi", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("first_name", Text),
    Column("taxonomy", Text),
    UniqueConstraint("practice_id", "npi"),
)
