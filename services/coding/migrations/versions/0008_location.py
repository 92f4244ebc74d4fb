"""A visit names where it was by the practice's own code of the place."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("encounters", "encounter_history")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("location_code", sa.Text))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "location_code")
