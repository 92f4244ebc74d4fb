"""The rows of the denials desk."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common.tables import MoneyType, moment, service_metadata, tenant_table, versioned

METADATA = service_metadata()

cases = tenant_table(
    "cases",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("claim_id", Uuid, nullable=False),
    Column("encounter_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("carc", Text, nullable=False),
    Column("denied", MoneyType, nullable=False),
    Column("respond_by", Date, nullable=False),
    Column("decision_due", Date),
    Column("appeals", Integer, nullable=False),
    Column("owner", Text),
    Column("denial", JSONB, nullable=False),
    Column("terms", JSONB, nullable=False),
    UniqueConstraint("practice_id", "claim_id"),
    Index("cases_status_idx", "practice_id", "status", "respond_by"),
)

# Append-only: what happened to a case, who did it and why. What staff write may name the patient, so it is sealed.
history = tenant_table(
    "case_history",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("sealed_reason", LargeBinary),
    Column("facts", JSONB, nullable=False),
    Index("case_history_case_idx", "case_id", "at"),
)

payer_terms = tenant_table(
    "payer_terms",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("payer_id", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("correction_days", Integer, nullable=False),
    Column("appeal_days", Integer, nullable=False),
    Column("decision_days", Integer, nullable=False),
    UniqueConstraint("practice_id", "payer_id"),
)
