"""The rows of credentialing: registers, enrollments with their days, and what happened to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
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
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from common.tables import moment, reference_table, service_metadata, tenant_table, versioned

METADATA = service_metadata()


def holders() -> tuple[Column[Any], ...]:
    """Whose it is: exactly one of the three."""
    return (
        Column("provider_id", Uuid, ForeignKey("providers.id")),
        Column("group_id", Uuid, ForeignKey("groups.id")),
        Column("location_id", Uuid, ForeignKey("locations.id")),
    )


payers = tenant_table(
    "payers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("payer_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("renewal", Text, nullable=False),
    Column("renewal_months", Integer, nullable=False),
    Column("retroactive_days", Integer, nullable=False),
    Column("notice_days", Integer),
    Column("state", Text),
    UniqueConstraint("practice_id", "payer_id"),
)

# `tin` is an EIN; a social security number stands sealed in `personal_tin` instead.
groups = tenant_table(
    "groups",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("billing_npi", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("tin", Text),
    Column("personal_tin", LargeBinary),
    UniqueConstraint("practice_id", "billing_npi"),
)

locations = tenant_table(
    "locations",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("group_id", Uuid, ForeignKey("groups.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("line1", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("zip", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("laboratory", Boolean),
    UniqueConstraint("practice_id", "code"),
)

# Sealed: `who` the name, `personal` the birth date and social security number, `work_history` where they worked.
# `exclusions` says by which lists, `excluded_on` since when by any.
providers = tenant_table(
    "providers",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("npi", Text, nullable=False),
    Column("who", LargeBinary, nullable=False),
    Column("personal", LargeBinary),
    Column("profession", Text, nullable=False),
    Column("taxonomies", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("work_history", LargeBinary),
    Column("excluded_on", Date),
    Column("exclusions", JSONB),
    Column("screened_on", Date),
    Column("screened_list", Uuid),
    UniqueConstraint("practice_id", "npi"),
)

enrollments = tenant_table(
    "enrollments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("provider_id", Uuid, ForeignKey("providers.id"), nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("location_id", Uuid, ForeignKey("locations.id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("submitted_on", Date),
    Column("reference", Text),
    Column("received_on", Date),
    Column("committee_on", Date),
    Column("notice_due_on", Date),
    Column("decided_on", Date),
    Column("contracted_on", Date),
    Column("fee_schedule", Text),
    Column("effective_from", Date),
    Column("due_on", Date),
    Column("renewal_filed_on", Date),
    Column("announced", Integer),
    UniqueConstraint("practice_id", "provider_id", "payer_id", "location_id"),
    Index("enrollments_stage_idx", "practice_id", "stage"),
    Index("enrollments_due_idx", "practice_id", "due_on"),
    Index("enrollments_notice_idx", "practice_id", "notice_due_on"),
)

enrolled_days = tenant_table(
    "enrolled_days",
    METADATA,
    Column("enrollment_id", Uuid, ForeignKey("enrollments.id"), primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date),
)

# Append-only: what happened to whom or what, who recorded it and, sealed, why.
history = tenant_table(
    "history",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("subject", Uuid, nullable=False),
    moment("at"),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("reason", LargeBinary),
    Column("facts", JSONB, nullable=False),
    Index("history_subject_idx", "subject", "id"),
)

# `paper` is sealed: numbers, who issued it, and what an insurance covers.
credentials = tenant_table(
    "credentials",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    *holders(),
    Column("kind", Text, nullable=False),
    Column("paper", LargeBinary, nullable=False),
    Column("expires_on", Date),
    Column("document_id", Uuid, ForeignKey("documents.id")),
    Column("announced", Integer),
    Index("credentials_provider_idx", "provider_id"),
    Index("credentials_group_idx", "group_id"),
    Index("credentials_location_idx", "location_id"),
    Index("credentials_expires_idx", "practice_id", "expires_on"),
)

documents = tenant_table(
    "documents",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *holders(),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    moment("received_at"),
    UniqueConstraint("provider_id", "sha256"),
    UniqueConstraint("group_id", "sha256"),
    UniqueConstraint("location_id", "sha256"),
    Index("documents_group_idx", "group_id"),
    Index("documents_location_idx", "location_id"),
)

# What a payer wants, where it is not what its program usually wants.
requirement_lists = tenant_table(
    "requirement_lists",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("payer_id", Text, nullable=False),
    Column("requirements", JSONB, nullable=False),
    UniqueConstraint("practice_id", "payer_id"),
)

# Append-only: what was asked of a primary source, by whom, and what it said.
verifications = tenant_table(
    "verifications",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *holders(),
    Column("credential_id", Uuid),
    Column("item", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("verified_on", Date, nullable=False),
    Column("result", Text, nullable=False),
    Column("reference", Text),
    Column("state", Text),
    Column("verified_by", Text, nullable=False),
    moment("recorded_at"),
    Index("verifications_provider_idx", "provider_id", "id"),
    Index("verifications_group_idx", "group_id"),
    Index("verifications_location_idx", "location_id"),
)

# Lists of exclusions, loaded by the owner's role with `dermbill exclusions load`: the same for every practice. The
# entries of the newest of each source stand; of those before it only this line.
exclusion_lists = reference_table(
    "exclusion_lists",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False, server_default="LEIE"),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("rows", Integer, nullable=False),
    moment("loaded_at"),
)

exclusions = reference_table(
    "exclusions",
    METADATA,
    Column("list_id", Uuid, ForeignKey("exclusion_lists.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("family", Text, nullable=False),
    Column("given", Text, nullable=False),
    Column("middle", Text, nullable=False),
    Column("business", Text, nullable=False),
    Column("general", Text, nullable=False),
    Column("specialty", Text, nullable=False),
    Column("npi", Text),
    Column("birth_date", Date),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("excluded_on", Date, nullable=False),
    Column("reinstated_on", Date),
    Column("waived_on", Date),
    Column("waiver_state", Text, nullable=False),
    Column("family_key", Text),
    Index("exclusions_family_key_idx", "family_key"),
    Index("exclusions_npi_idx", "npi"),
    Index("exclusions_person_idx", "family", "birth_date"),
)

# `entry` is the sealed line of the list, `entry_hash` tells it from others however often it is found again.
exclusion_matches = tenant_table(
    "exclusion_matches",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    Column("provider_id", Uuid, ForeignKey("providers.id"), nullable=False),
    Column("likeness", Text, nullable=False),
    Column("matched", ARRAY(Text)),
    Column("differs", ARRAY(Text)),
    Column("standing", Text, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("entry_hash", LargeBinary, nullable=False),
    Column("seen_on", Uuid, nullable=False),
    UniqueConstraint("provider_id", "entry_hash"),
    Index("exclusion_matches_standing_idx", "practice_id", "standing"),
)

# What Medicare and NPPES have to hear of, each its own row; `reported_on` is empty until they did.
changes = tenant_table(
    "changes",
    METADATA,
    Column("id", Uuid, primary_key=True),
    versioned(),
    *holders(),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("reported_on", Date),
    Column("reference", Text),
    Index("changes_due_idx", "practice_id", "due_on"),
)
