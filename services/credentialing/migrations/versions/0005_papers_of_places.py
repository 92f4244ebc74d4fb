"""Groups and locations have papers too: credentials, documents and verifications of one of three holders."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("credentials", "documents", "verifications")
HOLDERS = {"group_id": "groups", "location_id": "locations"}


def upgrade() -> None:
    op.add_column("locations", sa.Column("laboratory", sa.Boolean))
    for table in TABLES:
        op.alter_column(table, "provider_id", nullable=True, existing_type=sa.Uuid)
        for column, holder in HOLDERS.items():
            # With its key in the same statement: a new column holds nothing that the key could be held against.
            op.execute(
                f"ALTER TABLE {table} ADD COLUMN {column} uuid "
                f"CONSTRAINT {table}_{column}_fkey REFERENCES {holder} (id)"
            )
            op.create_index(f"{table}_{column.removesuffix('_id')}_idx", table, [column])


def downgrade() -> None:
    for table in TABLES:
        for column in HOLDERS:
            op.drop_column(table, column)
        op.alter_column(table, "provider_id", nullable=False, existing_type=sa.Uuid)
    op.drop_column("locations", "laboratory")
