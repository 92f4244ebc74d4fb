"""The rows of encounters and of what was made of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common.tables import moment, service_metadata, tenant_table, versioned

METADATA = service_metadata()

# `visit` is the form as it was sent, notes and all; it never leaves this database but to a reader of the encounter.
encounters = tenant_table(
    "encounters",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, nullable=False),
    Column("rendering_npi", Text, nullable=False),
    Column("visit_number", Text),
    Column("date_of_service", Date, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("visit", JSONB, nullable=False),
    Column("coded", JSONB, nullable=False),
    Column("overridden", JSONB),
    UniqueConstraint("practice_id", "visit_number"),
    Index("encounters_disposition_idx", "practice_id", "disposition", "date_of_service"),
    Index("encounters_patient_idx", "practice_id", "patient_id"),
)

# Append-only: every version of an encounter whole, who made it and why, and what the others were told.
history = tenant_table(
    "encounter_history",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("encounter_id", Uuid, ForeignKey("encounters.id"), nullable=False),
    Column("version", BigInteger, nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("reason", Text),
    Column("published", Text),
    Column("visit", JSONB, nullable=False),
    Column("coded", JSONB, nullable=False),
    UniqueConstraint("encounter_id", "version"),
)
