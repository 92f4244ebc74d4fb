"""Two wires: a partner is on HTTP or SFTP and knows us by a secret; files that are cleared away; real time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("partners", sa.Column("wire", sa.Text, nullable=False, server_default="http"))
    op.add_column("partners", sa.Column("access", JSONB, nullable=False, server_default="{}"))
    op.add_column("partners", sa.Column("folders", JSONB))
    op.add_column("partners", sa.Column("real_time_path", sa.Text, nullable=False, server_default="/core/v1/realtime"))
    op.add_column("attempts", sa.Column("staged_at", sa.DateTime(timezone=True)))
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
    secure_tables(op, ["pickups", "exchanges"])


def downgrade() -> None:
    op.drop_table("exchanges")
    op.drop_table("pickups")
    op.drop_column("attempts", "staged_at")
    for column in ("real_time_path", "folders", "access", "wire"):
        op.drop_column("partners", column)
