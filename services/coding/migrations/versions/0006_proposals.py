"""What an EHR proposes as codes stands beside what the engine finds, with every version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("encounters", "encounter_history")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("proposed", JSONB))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "proposed")
