"""The rows of encounters and of what was made of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.tables import MoneyType, moment, reference_table, service_metadata, tenant_table, versioned

METADATA = service_metadata()

# `visit` is the form as it was sent, notes and all, and `sealed_override` holds a coder's reason: both are sealed, and
# leave this database only for a reader of the encounter.
# `proposed` is what the EHR would bill: codes, units and diagnoses.
encounters = tenant_table(
    "encounters",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("patient_id", Uuid, nullable=False),
    Column("rendering_npi", Text, nullable=False),
    Column("visit_number", Text),
    Column("location_code", Text),
    Column("date_of_service", Date, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("visit", LargeBinary, nullable=False),
    Column("coded", JSONB, nullable=False),
    Column("sealed_override", LargeBinary),
    Column("proposed", JSONB),
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
    Column("sealed_reason", LargeBinary),
    Column("published", Text),
    Column("visit", LargeBinary, nullable=False),
    Column("coded", JSONB, nullable=False),
    Column("proposed", JSONB),
    Column("location_code", Text),
    UniqueConstraint("encounter_id", "version"),
)

# What the practice charges for one unit of a code from a day on; `part` is 26, TC or empty for the whole service.
fee_schedule = tenant_table(
    "fee_schedule",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("code", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("charge", MoneyType, nullable=False),
    UniqueConstraint("practice_id", "code", "part", "effective_from", name="fee_schedule_of_a_day_key"),
)

# What CMS and CDC publish, loaded by the owner's role with `dermbill codes load`: the same for every practice.
code_set_editions = reference_table(
    "code_set_editions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("quarter", Text, nullable=False),
    Column("in_force_from", Date, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("rows", BigInteger, nullable=False),
    moment("loaded_at", default_now=True),
    UniqueConstraint("kind", "quarter"),
)


def _edition() -> Column[Any]:
    return Column("edition_id", Uuid, ForeignKey("code_set_editions.id", ondelete="CASCADE"), nullable=False)


ncci_pairs = reference_table(
    "ncci_pairs",
    METADATA,
    _edition(),
    Column("column1", Text, nullable=False),
    Column("column2", Text, nullable=False),
    Column("effective", Date, nullable=False),
    Column("deleted", Date),
    Column("indicator", Text, nullable=False),
    Index("ncci_pairs_edition_idx", "edition_id", "column1"),
)
unit_limits = reference_table(
    "unit_limits",
    METADATA,
    _edition(),
    Column("code", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("adjudication", Integer, nullable=False),
    PrimaryKeyConstraint("edition_id", "code"),
)
add_on_codes = reference_table(
    "add_on_codes",
    METADATA,
    _edition(),
    Column("add_on", Text, nullable=False),
    Column("parent", Text),
    Column("type", Integer, nullable=False),
    Column("effective", Date, nullable=False),
    Column("deleted", Date),
    Index("add_on_codes_edition_idx", "edition_id", "add_on"),
)
relative_values = reference_table(
    "relative_values",
    METADATA,
    _edition(),
    Column("code", Text, nullable=False),
    Column("modifier", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("work", Numeric(9, 2), nullable=False),
    Column("practice_nonfacility", Numeric(9, 2), nullable=False),
    Column("practice_facility", Numeric(9, 2), nullable=False),
    Column("malpractice", Numeric(9, 2), nullable=False),
    Column("pctc", Text, nullable=False),
    Column("global_days", Text, nullable=False),
    Column("multiple_procedure", Text, nullable=False),
    Column("bilateral", Text, nullable=False),
    Column("assistant", Text, nullable=False),
    Column("factor", Numeric(9, 4), nullable=False),
    PrimaryKeyConstraint("edition_id", "code", "modifier"),
)
cost_indices = reference_table(
    "cost_indices",
    METADATA,
    _edition(),
    Column("contractor", Text, nullable=False),
    Column("locality", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("work", Numeric(6, 3), nullable=False),
    Column("practice", Numeric(6, 3), nullable=False),
    Column("malpractice", Numeric(6, 3), nullable=False),
    PrimaryKeyConstraint("edition_id", "contractor", "locality"),
)
diagnosis_codes = reference_table(
    "diagnosis_codes",
    METADATA,
    _edition(),
    Column("code", Text, nullable=False),
    Column("billable", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    PrimaryKeyConstraint("edition_id", "code"),
)
supply_codes = reference_table(
    "supply_codes",
    METADATA,
    _edition(),
    Column("code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("added", Date),
    Column("ended", Date),
    PrimaryKeyConstraint("edition_id", "code"),
)
