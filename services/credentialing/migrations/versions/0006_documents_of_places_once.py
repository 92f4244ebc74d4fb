"""The same file of a group or a location is kept once, as a clinician's is. The version before writes neither."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEYS = {"documents_group_id_sha256_key": "group_id", "documents_location_id_sha256_key": "location_id"}


def upgrade() -> None:
    for key, column in KEYS.items():
        op.create_unique_constraint(key, "documents", [column, "sha256"])


def downgrade() -> None:
    for key in KEYS:
        op.drop_constraint(key, "documents", type_="unique")
