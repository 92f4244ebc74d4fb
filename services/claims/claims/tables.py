"""The rows of claims: the registers, the claim and what is kept of it, batches, acknowledgements.

What names a patient is in `claims.snapshot`, and may be in what staff write in their own words (`sealed_overrides`,
`sealed_reason`, `sealed_answer`): each is sealed on its row (docs/adr/0009).
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
    PrimaryKeyConstraint,
    Sequence,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.tables import MoneyType, moment, service_metadata, tenant_table, versioned

METADATA = service_metadata()

CLAIM_NUMBERS = Sequence("claim_numbers", metadata=METADATA)
BATCH_NUMBERS = Sequence("batch_numbers", metadata=METADATA)

practices = tenant_table(
    "practices",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("name", Text, nullable=False),
    Column("npi", Text, nullable=False),
    Column("tax_id", Text, nullable=False),
    Column("tax_id_kind", Text, nullable=False),
    Column("taxonomy", Text, nullable=False),
    Column("address", JSONB, nullable=False),
    Column("contact_name", Text, nullable=False),
    Column("contact_phone", Text, nullable=False),
    Column("clia_number", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    UniqueConstraint("practice_id"),
)

payers = tenant_table(
    "payers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("payer_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("filing_indicator", Text, nullable=False),
    Column("filing_limit_days", Integer, nullable=False),
    Column("denial_window_days", Integer, nullable=False),
    Column("takes_frequency_codes", Boolean, nullable=False),
    Column("x_modifiers", Boolean, nullable=False),
    Column("batch_size", Integer, nullable=False),
    Column("batch_seconds", Integer, nullable=False),
    UniqueConstraint("practice_id", "payer_id"),
)

rendering_providers = tenant_table(
    "rendering_providers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("npi", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("taxonomy", Text, nullable=False),
    UniqueConstraint("practice_id", "npi"),
)

locations = tenant_table(
    "locations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("npi", Text, nullable=False),
    Column("address", JSONB, nullable=False),
    UniqueConstraint("practice_id", "code"),
)

charges = tenant_table(
    "charges",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("cpt", Text, nullable=False),
    Column("charge", MoneyType, nullable=False),
    UniqueConstraint("practice_id", "cpt"),
)

claims = tenant_table(
    "claims",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("number", Text, nullable=False, unique=True),
    Column("encounter_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("payer_id", Text),
    Column("date_of_service", Date, nullable=False),
    Column("status", Text, nullable=False),
    moment("since"),
    Column("wait", Text),
    moment("due_at", nullable=True),
    moment("remind_at", nullable=True),
    Column("charge", MoneyType, nullable=False),
    Column("coded", JSONB, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("snapshot", LargeBinary),
    Column("findings", JSONB, nullable=False),
    Column("sealed_overrides", LargeBinary),
    Column("payer_claim_number", Text),
    Column("adjudicated_on", Date),
    Column("decision_due", Date),
    Column("authorization_number", Text),
    Column("standing", JSONB(none_as_null=True)),
    Column("denied_by", Uuid),
    Column("authorized", JSONB(none_as_null=True)),
    Column("decisions", JSONB(none_as_null=True)),
    Column("sealed_earlier", LargeBinary),
    moment("opened_at"),
    UniqueConstraint("practice_id", "encounter_id"),
    Index("claims_status_idx", "practice_id", "status", "id"),
    Index("claims_payer_idx", "practice_id", "payer_id", "status"),
    Index("claims_patient_idx", "practice_id", "patient_id", "date_of_service"),
)

submissions = tenant_table(
    "submissions",
    METADATA,
    Column("claim_id", Uuid, ForeignKey("claims.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("control_number", Text, nullable=False, unique=True),
    Column("frequency", Text, nullable=False),
    Column("charge", MoneyType, nullable=False),
    Column("batch_id", Uuid, nullable=False),
    moment("batched_at"),
    Column("set_number", Integer, nullable=False),
    Column("original_reference", Text),
    Column("transmission_id", Uuid),
    moment("sent_at", nullable=True),
    moment("said_at", nullable=True),
    PrimaryKeyConstraint("claim_id", "attempt"),
    Index("submissions_batch_idx", "batch_id"),
)

claim_history = tenant_table(
    "claim_history",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("claim_id", Uuid, ForeignKey("claims.id"), nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("fact", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("sealed_reason", LargeBinary),
    Index("claim_history_claim_idx", "claim_id", "id"),
)

follow_ups = tenant_table(
    "follow_ups",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("claim_id", Uuid, ForeignKey("claims.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    moment("raised_at"),
    moment("settled_at", nullable=True),
    Column("settled_by", Text),
    Column("sealed_answer", LargeBinary),
    Index("follow_ups_open_idx", "claim_id", "reason", unique=True, postgresql_where=text("settled_at IS NULL")),
    Index("follow_ups_practice_idx", "practice_id", "id"),
)

batches = tenant_table(
    "batches",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("payer_id", Text, nullable=False),
    moment("departs_at"),
    Column("status", Text, nullable=False),
    Column("reference", Text, unique=True),
    Column("claim_count", Integer, nullable=False),
    Column("charge", MoneyType, nullable=False),
    moment("intended_at", nullable=True),
    Column("transmission_id", Uuid),
    Column("outcome", Text),
    Index(
        "batches_gathering_idx",
        "practice_id",
        "payer_id",
        "departs_at",
        unique=True,
        postgresql_where=text("status = 'gathering'"),
    ),
)

acknowledgements = tenant_table(
    "acknowledgements",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("interchange_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("claim_id", Uuid),
    Column("control_number", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("categories", JSONB, nullable=False),
    Column("statuses", JSONB, nullable=False),
    moment("said_at"),
    Column("payer_claim_number", Text),
    moment("received_at"),
    moment("applied_at", nullable=True),
    UniqueConstraint("practice_id", "interchange_id", "position", "control_number", name="acknowledgements_place_key"),
    Index("acknowledgements_waiting_idx", "claim_id", postgresql_where=text("applied_at IS NULL")),
)

not_billed = tenant_table(
    "not_billed",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("encounter_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("date_of_service", Date, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    moment("told_at"),
    UniqueConstraint("practice_id", "encounter_id", "revision"),
)

claim_readiness = tenant_table(
    "claim_readiness",
    METADATA,
    Column("kind", Text, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("patient_id", Uuid),
    Column("npi", Text),
    Column("fact", JSONB, nullable=False),
    moment("heard_at"),
    PrimaryKeyConstraint("practice_id", "kind", "id"),
    Index("claim_readiness_patient_idx", "practice_id", "patient_id"),
    Index("claim_readiness_npi_idx", "practice_id", "npi"),
)

claim_holds = tenant_table(
    "claim_holds",
    METADATA,
    Column("claim_id", Uuid, ForeignKey("claims.id"), nullable=False),
    Column("hold", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("amount", MoneyType, nullable=False),
    PrimaryKeyConstraint("claim_id", "hold", "place"),
    Index("claim_holds_hold_idx", "practice_id", "hold"),
)

gate_policies = tenant_table(
    "gate_policies",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("policy", JSONB, nullable=False),
    UniqueConstraint("practice_id"),
)
