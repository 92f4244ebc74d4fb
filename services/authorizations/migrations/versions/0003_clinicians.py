"""The names of clinicians, what else a payer is told of who asks, and the request before the one that is asked.

`earlier` is the last request that the payer took, sealed; `response_key` a keyed hash of the id of the payer's answer.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import secure_tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clinicians",
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("last_name", sa.Text, nullable=False),
        sa.Column("first_name", sa.Text),
        sa.Column("taxonomy", sa.Text),
        sa.PrimaryKeyConstraint("id", name="clinicians_pkey"),
        sa.UniqueConstraint("practice_id", "npi", name="clinicians_practice_id_npi_key"),
    )
    secure_tables(op, ["clinicians"])
    op.add_column("asking_providers", sa.Column("details", JSONB))
    op.add_column("authorizations", sa.Column("earlier", sa.LargeBinary))
    op.add_column("authorizations", sa.Column("response_key", sa.Text))
    op.create_index("authorizations_response_key_idx", "authorizations", ["practice_id", "response_key"])


def downgrade() -> None:
    op.drop_index("authorizations_response_key_idx", "authorizations")
    op.drop_column("authorizations", "response_key")
    op.drop_column("authorizations", "earlier")
    op.drop_column("asking_providers", "details")
    op.drop_table("clinicians")
