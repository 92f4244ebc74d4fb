"""The rows of the patient register: who somebody is stands in sealed documents, look-ups in keyed hashes."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, Uuid

from common.tables import service_metadata, tenant_table, versioned

METADATA = service_metadata()

patients = tenant_table(
    "patients",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("who", LargeBinary, nullable=False),
    Column("record_number_hash", LargeBinary, nullable=False),
    Column("name_hash", LargeBinary, nullable=False),
    UniqueConstraint("practice_id", "record_number_hash"),
    Index("patients_name_idx", "practice_id", "name_hash"),
)

coverages = tenant_table(
    "coverages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, ForeignKey("patients.id"), nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("card", LargeBinary, nullable=False),
    Column("member_hash", LargeBinary, nullable=False),
    Column("relationship", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Index("coverages_patient_idx", "patient_id"),
    Index("coverages_member_idx", "practice_id", "member_hash"),
)
