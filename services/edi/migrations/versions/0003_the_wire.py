"""The wire: partners, control numbers, the archive, transmissions, what came in, and real time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from common.migrations import drop_platform_tables, platform_tables, secure_tables

revision = "0003"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "partners",
    "routes",
    "counters",
    "mailboxes",
    "archive",
    "files",
    "interchanges",
    "transmissions",
    "attempts",
    "acknowledgements",
    "pickups",
    "exchanges",
)


def upgrade() -> None:
    platform_tables(op)
    partner_tables()
    archive_tables()
    transmission_tables()
    pickup_tables()
    real_time_tables()
    # Raw content is read in slices, which TOAST can only give without unpacking the whole when it is not compressed.
    op.execute("ALTER TABLE archive ALTER COLUMN content SET STORAGE EXTERNAL")
    secure_tables(op, TABLES, append_only=("archive", "interchanges", "acknowledgements"))


def partner_tables() -> None:
    op.create_table(
        "partners",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("base_url", sa.Text, nullable=False),
        sa.Column("sender_qualifier", sa.Text, nullable=False),
        sa.Column("sender_id", sa.Text, nullable=False),
        sa.Column("sender_group_id", sa.Text, nullable=False),
        sa.Column("receiver_qualifier", sa.Text, nullable=False),
        sa.Column("receiver_id", sa.Text, nullable=False),
        sa.Column("receiver_group_id", sa.Text, nullable=False),
        sa.Column("usage", sa.Text, nullable=False),
        sa.Column("delimiters", sa.Text, nullable=False),
        sa.Column("poll_seconds", sa.Integer, nullable=False),
        sa.Column("acknowledgement_hours", sa.Integer, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("wire", sa.Text, nullable=False, server_default="http"),
        sa.Column("access", JSONB, nullable=False, server_default="{}"),
        sa.Column("folders", JSONB),
        sa.Column("real_time_path", sa.Text, nullable=False, server_default="/core/v1/realtime"),
        sa.PrimaryKeyConstraint("id", name="partners_pkey"),
        sa.UniqueConstraint("base_url", "sender_id", name="partners_base_url_sender_id_key"),
    )
    op.create_table(
        "routes",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "payer_id", name="routes_pkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="routes_partner_id_fkey"),
    )
    op.create_index("routes_partner_idx", "routes", ["partner_id"])
    op.create_table(
        "counters",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("interchanges", sa.BigInteger, nullable=False),
        sa.Column("groups", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", name="counters_pkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="counters_partner_id_fkey"),
    )
    op.create_table(
        "mailboxes",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("cursor", sa.Text),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("polled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("partner_id", name="mailboxes_pkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="mailboxes_partner_id_fkey"),
    )


def archive_tables() -> None:
    op.create_table(
        "archive",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="archive_pkey"),
    )
    op.create_table(
        "files",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("archive_id", sa.Uuid),
        sa.Column("sha256", sa.Text),
        sa.Column("size", sa.BigInteger),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("flaws", JSONB, nullable=False),
        sa.Column("duplicate_of", sa.Uuid),
        sa.Column("corrected_by", sa.Uuid),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="files_pkey"),
        sa.ForeignKeyConstraint(["archive_id"], ["archive.id"], name="files_archive_id_fkey"),
        sa.ForeignKeyConstraint(["corrected_by"], ["archive.id"], name="files_corrected_by_fkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="files_partner_id_fkey"),
    )
    op.create_index("files_partner_sha256_idx", "files", ["partner_id", "sha256"])
    op.create_index("files_status_idx", "files", ["practice_id", "status"])
    op.create_table(
        "interchanges",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("kinds", JSONB, nullable=False),
        sa.Column("sender_id", sa.Text, nullable=False),
        sa.Column("receiver_id", sa.Text, nullable=False),
        sa.Column("control", sa.Text, nullable=False),
        sa.Column("groups", ARRAY(sa.Text), nullable=False),
        sa.Column("usage", sa.Text, nullable=False),
        sa.Column("archive_id", sa.Uuid, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("file_id", sa.Uuid),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("duplicate_of", sa.Uuid),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="interchanges_pkey"),
        sa.ForeignKeyConstraint(["archive_id"], ["archive.id"], name="interchanges_archive_id_fkey"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="interchanges_file_id_fkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="interchanges_partner_id_fkey"),
    )
    op.create_index("interchanges_file_idx", "interchanges", ["file_id"])
    op.create_index("interchanges_numbers_idx", "interchanges", ["partner_id", "sender_id", "control"])


def transmission_tables() -> None:
    op.create_table(
        "transmissions",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("interchange_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payer_id", sa.Text),
        sa.Column("sets", sa.Integer, nullable=False),
        sa.Column("ordinal", sa.BigInteger, nullable=False),
        sa.Column("interchange_control", sa.Text, nullable=False),
        sa.Column("group_control", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("acknowledge_by", sa.DateTime(timezone=True)),
        sa.Column("overdue_at", sa.DateTime(timezone=True)),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text),
        sa.Column("errors", JSONB, nullable=False),
        sa.Column("failure", sa.Text),
        sa.PrimaryKeyConstraint("id", name="transmissions_pkey"),
        sa.UniqueConstraint("partner_id", "ordinal", name="transmissions_partner_id_ordinal_key"),
        sa.ForeignKeyConstraint(["interchange_id"], ["interchanges.id"], name="transmissions_interchange_id_fkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="transmissions_partner_id_fkey"),
    )
    op.create_index("transmissions_group_control_idx", "transmissions", ["partner_id", "group_control"])
    op.create_index("transmissions_interchange_control_idx", "transmissions", ["partner_id", "interchange_control"])
    op.create_index("transmissions_reference_idx", "transmissions", ["practice_id", "reference"])
    op.create_table(
        "attempts",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("transmission_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text),
        sa.Column("staged_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("transmission_id", "number", name="attempts_pkey"),
        sa.ForeignKeyConstraint(["transmission_id"], ["transmissions.id"], name="attempts_transmission_id_fkey"),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("interchange_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("control", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("transmission_id", sa.Uuid),
        sa.Column("applied", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="acknowledgements_pkey"),
        sa.ForeignKeyConstraint(["interchange_id"], ["interchanges.id"], name="acknowledgements_interchange_id_fkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="acknowledgements_partner_id_fkey"),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmissions.id"], name="acknowledgements_transmission_id_fkey"
        ),
    )
    op.create_index("acknowledgements_transmission_idx", "acknowledgements", ["transmission_id"])


def pickup_tables() -> None:
    op.create_table(
        "pickups",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Uuid),
        sa.PrimaryKeyConstraint("partner_id", "name", name="pickups_pkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="pickups_partner_id_fkey"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="pickups_file_id_fkey"),
    )


def real_time_tables() -> None:
    op.create_table(
        "exchanges",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payer_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("interchange_control", sa.Text, nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("response_id", sa.Uuid),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("milliseconds", sa.Integer),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.PrimaryKeyConstraint("id", name="exchanges_pkey"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="exchanges_partner_id_fkey"),
        sa.ForeignKeyConstraint(["request_id"], ["interchanges.id"], name="exchanges_request_id_fkey"),
        sa.ForeignKeyConstraint(["response_id"], ["interchanges.id"], name="exchanges_response_id_fkey"),
    )
    op.create_index("exchanges_asked_idx", "exchanges", ["practice_id", "asked_at"])
    op.create_index("exchanges_fingerprint_idx", "exchanges", ["partner_id", "fingerprint", "asked_at"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    drop_platform_tables(op)
