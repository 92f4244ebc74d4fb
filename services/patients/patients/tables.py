"""The rows of the patient register."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common.tables import service_metadata, tenant_table, versioned

METADATA = service_metadata()

patients = tenant_table(
    "patients",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("record_number", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("given", Text, nullable=False),
    Column("middle", Text),
    Column("birth_date", Date, nullable=False),
    Column("sex", Text, nullable=False),
    Column("address", JSONB, nullable=False),
    Column("phone", Text),
    Column("guarantor", JSONB),
    UniqueConstraint("practice_id", "record_number"),
    Index("patients_name_idx", "practice_id", "family", "birth_date"),
)

coverages = tenant_table(
    "coverages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, ForeignKey("patients.id"), nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("member_id", Text, nullable=False),
    Column("group_number", Text),
    Column("relationship", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("subscriber", JSONB),
    Index("coverages_patient_idx", "patient_id"),
    Index("coverages_member_idx", "practice_id", "member_id"),
)
