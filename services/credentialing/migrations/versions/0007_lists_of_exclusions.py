"""More lists than OIG's, each with what it bars; and by what an entry is like a provider."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exclusion_lists", sa.Column("source", sa.Text, nullable=False, server_default="LEIE"))
    op.add_column("exclusions", sa.Column("family_key", sa.Text))
    op.create_index("exclusions_family_key_idx", "exclusions", ["family_key"])
    op.add_column("exclusion_matches", sa.Column("matched", ARRAY(sa.Text)))
    op.add_column("exclusion_matches", sa.Column("differs", ARRAY(sa.Text)))
    op.add_column("providers", sa.Column("exclusions", JSONB))
    op.add_column("payers", sa.Column("state", sa.Text))
    op.add_column("verifications", sa.Column("state", sa.Text))


def downgrade() -> None:
    op.drop_column("verifications", "state")
    op.drop_column("payers", "state")
    op.drop_column("providers", "exclusions")
    op.drop_column("exclusion_matches", "differs")
    op.drop_column("exclusion_matches", "matched")
    op.drop_index("exclusions_family_key_idx", "exclusions")
    op.drop_column("exclusions", "family_key")
    op.drop_column("exclusion_lists", "source")
