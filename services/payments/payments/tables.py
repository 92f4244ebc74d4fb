"""Rows of payments. `postings` and `ledger_entries` are append-only: the application may read and insert them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

from common.tables import MoneyType, moment, service_metadata, tenant_table, versioned

METADATA = service_metadata()

# What is known of a claim: its facts come from its submissions, its money from the ledger alone.
# `heard_version` is the version of the last submission heard of, `version` counts our own events about the claim.
claim_accounts = tenant_table(
    "claim_accounts",
    METADATA,
    Column("claim_id", Uuid, primary_key=True),
    Column("encounter_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("date_of_service", Date, nullable=False),
    Column("first_billed", Date, nullable=False),
    Column("heard_version", BigInteger, nullable=False),
    versioned(),
)

submissions = tenant_table(
    "submissions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("control_number", Text, nullable=False),
    Column("claim_id", Uuid, ForeignKey(claim_accounts.c.claim_id), nullable=False),
    Column("frequency", Text, nullable=False),
    Column("charge", MoneyType, nullable=False),
    Column("lines", JSONB, nullable=False),
    UniqueConstraint("practice_id", "control_number"),
)

# An 835 interchange that was announced: `waiting`, `read` or `refused`.
interchanges = tenant_table(
    "interchanges",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("interchange_control", Text, nullable=False),
    Column("state", Text, nullable=False),
    moment("announced_at"),
)

# One cheque: `posting`, `posted`, or `refused` whole. What a payer wrote to its provider-level amounts stands apart,
# sealed: some payers put a member id there.
remittances = tenant_table(
    "remittances",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("interchange_id", Uuid, ForeignKey(interchanges.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    Column("payer", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("total", MoneyType, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("adjudicated_on", Date, nullable=False),
    Column("method", Text, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("provider_level", JSONB, nullable=False),
    Column("sealed_references", LargeBinary),
    Column("state", Text, nullable=False),
    moment("read_at"),
    UniqueConstraint("practice_id", "interchange_id", "position"),
    # Rulebook 11: the guard against a payment that comes twice. A refused one may come again, corrected.
    Index(
        "remittances_payment_key",
        "practice_id",
        "payer",
        "trace",
        "total",
        "paid_on",
        unique=True,
        postgresql_where=text("state <> 'refused'"),
    ),
)

# One CLP of an accepted cheque: `waiting`, `posted`, `unmatched`, or `noted` when it moves no money.
claim_payments = tenant_table(
    "claim_payments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("remittance_id", Uuid, ForeignKey(remittances.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    Column("control_number", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("charge", MoneyType, nullable=False),
    Column("paid", MoneyType, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("claim_id", Uuid, ForeignKey(claim_accounts.c.claim_id)),
    Column("reverses", Uuid, ForeignKey("claim_payments.id")),
    moment("posted_at", nullable=True),
    UniqueConstraint("remittance_id", "position"),
    Index("claim_payments_claim_idx", "claim_id"),
    Index("claim_payments_waiting_idx", "remittance_id", postgresql_where=text("state = 'waiting'")),
    Index(
        "claim_payments_unmatched_idx",
        "practice_id",
        "control_number",
        postgresql_where=text("state = 'unmatched'"),
    ),
    # A payment is taken back once.
    Index("claim_payments_reverses_key", "reverses", unique=True, postgresql_where=text("reverses IS NOT NULL")),
)

# `source` names the fact that made the posting, so that no fact is posted twice.
postings = tenant_table(
    "postings",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("posted_on", Date, nullable=False),
    moment("recorded_at"),
    Column("claim_id", Uuid, ForeignKey(claim_accounts.c.claim_id)),
    Column("remittance_id", Uuid, ForeignKey(remittances.c.id)),
    Column("claim_payment_id", Uuid, ForeignKey(claim_payments.c.id)),
    Column("source", Text, nullable=False),
    UniqueConstraint("practice_id", "source"),
    Index("postings_claim_payment_idx", "claim_payment_id"),
)

ledger_entries = tenant_table(
    "ledger_entries",
    METADATA,
    Column("posting_id", Uuid, ForeignKey(postings.c.id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False),
    Column("amount", MoneyType, nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("claim_id", Uuid),
    Index("ledger_entries_claim_idx", "claim_id", "account"),
    Index("ledger_entries_account_idx", "practice_id", "account", "posted_on"),
)

patient_payments = tenant_table(
    "patient_payments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("claim_id", Uuid, ForeignKey(claim_accounts.c.claim_id), nullable=False),
    Column("amount", MoneyType, nullable=False),
    Column("method", Text, nullable=False),
    Column("sealed_reference", LargeBinary),
    Column("reference_hash", LargeBinary),
    Column("received_on", Date, nullable=False),
    # A reference of a processor is one payment, however often it is told.
    Index(
        "patient_payments_reference_hash_key",
        "practice_id",
        "reference_hash",
        unique=True,
        postgresql_where=text("method = 'external'"),
    ),
)

# What a person has to look at. `kind`: `refused` (file or cheque), `unmatched` (claim payment), `review` (posted, but
# something about it is not understood). Findings are sentences, sealed since they may quote what the payer sent.
queue_items = tenant_table(
    "queue_items",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("sealed_findings", LargeBinary),
    Column("interchange_id", Uuid, ForeignKey(interchanges.c.id), nullable=False),
    Column("remittance_id", Uuid, ForeignKey(remittances.c.id)),
    Column("claim_payment_id", Uuid, ForeignKey(claim_payments.c.id)),
    moment("opened_at"),
    moment("closed_at", nullable=True),
    Column("closed_by", Text),
    Column("resolution", Text),
    Index("queue_items_open_idx", "practice_id", "id", postgresql_where=text("closed_at IS NULL")),
    # One open item for one payment and kind: a retry that fails again finds it there.
    Index(
        "queue_items_payment_key",
        "claim_payment_id",
        "kind",
        unique=True,
        postgresql_where=text("claim_payment_id IS NOT NULL AND closed_at IS NULL"),
    ),
)
